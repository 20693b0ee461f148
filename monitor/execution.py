"""One run of one step: the program (and those it transfers or links to), then everything sealed as one unit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import datetime
from inspect import isawaitable
from typing import Any, NamedTuple, cast

from monitor.area import Area, NoArea, decode_area
from monitor.clock import Clock
from monitor.conversation import TerminalState
from monitor.deadline import Deadlines
from monitor.ending import (
    Dump,
    Ending,
    abend_notice,
    area_of,
    code_of,
    masked_input,
    message_of,
    monitor_rows,
    stored_area,
    traceback_of,
)
from monitor.errors import Abend, AreaError, Deadlock, LimitExceeded
from monitor.exchange import Inbound, Presentation, Received, Send
from monitor.files import Files, FilesFromThread, Reports
from monitor.layouts import learn
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.log import Log
from monitor.offload import Processes
from monitor.outcome import Converse, Finish, Outcome, Park, Resume, TransferTo
from monitor.parking import Parked, park, resume
from monitor.program import Program, ProgramTable
from monitor.runaway import Runaway, Watchdog, Watched
from monitor.store import Key, Row, Unit
from monitor.task import Task, Wait
from monitor.threads import ProgramThread, Threads
from monitor.unit_of_work import Overlay, UnitOfWork, hold_in_order
from monitor.units import UnitIds, unit_name


class Engine(NamedTuple):
    """What every step of a region uses; none of it belongs to a conversation."""

    programs: ProgramTable
    presentation: Presentation
    loader: Loader
    reports: Reports
    overlay: Overlay
    locks: UpdateLocks
    units: UnitIds
    watchdog: Watchdog
    deadlines: Deadlines
    log: Log
    threads: Threads
    processes: Processes
    clock: Clock
    random: random.Random
    limits: Limits


class Sealed(NamedTuple):
    """A step that ran: its unit, and the screen to show once that is durable."""

    unit: Unit
    screen: str


class RunAgain(Exception):
    """This run cannot count; `claims` are the records to hold from the start next time."""

    def __init__(self, claims: tuple[Key, ...]) -> None:
        super().__init__()
        self.claims = claims


class Execution:
    """One run of one input on one terminal's state."""

    def __init__(
        self, engine: Engine, state: TerminalState, inbound: Inbound, received: Received, runs: int
    ) -> None:
        self._engine = engine
        self._state = state
        self._inbound = inbound
        self._received = received
        self._runs = runs
        self._arrived = engine.clock.monotonic()
        self._now = engine.clock.now()
        self._seed = (state.seed if state.open else None) or engine.random.getrandbits(62)
        self._number = (state.number or 0) + 1 if state.open else 1
        self._passed = 0
        limits = engine.limits
        self._work = UnitOfWork(
            engine.units.new(),
            engine.loader,
            engine.overlay,
            engine.locks,
            records_max=limits.records_max,
            writes_max=limits.writes_max,
        )
        self._work.saw(Key("terminal", state.terminal), state.version)
        if state.open and state.conversation is not None:
            self._work.saw(Key("conversation", state.conversation), state.step or 0)

    async def run(self, transid: str, first_time: bool, claims: Iterable[Key] = ()) -> Sealed:
        """Run the program of `transid` to its end and seal the step; raises `RunAgain` or `StoreError`."""
        work = self._work
        try:
            ending, dump = await self._guarded(transid, first_time, claims)
            if isinstance(work.trouble, Deadlock):
                raise RunAgain(tuple(work.held))
            if work.trouble is not None:
                raise work.trouble
            if work.doomed():
                raise RunAgain(tuple(work.held))
            return self._seal(ending, dump)
        finally:
            work.release()

    def answer(self, outcome: str, screen: str, keep: bool) -> Sealed:
        """Seal a step in which no program ran; `keep`: the conversation waits on as it did."""
        state = self._state
        if keep and state.open:
            return self._seal(Ending(outcome, screen, next=state.next or "", area=area_of(state)), None)
        return self._seal(Ending(outcome, screen), None)

    def abend(self, transid: str, error: BaseException) -> Sealed:
        """Seal the step as abended before its program could run, or after its unit was rejected."""
        return self._seal(*self._abended(transid, error))

    async def _guarded(
        self, transid: str, first_time: bool, claims: Iterable[Key]
    ) -> tuple[Ending, Dump | None]:
        limits = self._engine.limits
        deadlines = self._engine.deadlines
        task = deadlines.enter()
        try:
            return await Watched(self._performance(transid, first_time, claims), self._engine.watchdog), None
        except asyncio.CancelledError as cancelled:
            if deadlines.expired(task):
                message = f"the step took more than wait_s_max = {limits.wait_s_max} s"
                return self._abended(transid, Abend("EWAI", message), cancelled)
            if task.cancelling():
                raise
            return self._abended(transid, cancelled)
        except (GeneratorExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 a bad program harms only itself, even one that exits
            if _has_run_away(error):
                message = f"the program computed for more than runaway_s_max = {limits.runaway_s_max} s"
                return self._abended(transid, Abend("AICA", message), error)
            return self._abended(transid, error)
        finally:
            deadlines.leave(task)

    async def _performance(self, transid: str, first_time: bool, claims: Iterable[Key]) -> Ending:
        if claims:
            await hold_in_order(self._work, claims)
        program = self._program(transid)
        area = None if first_time else self._stored_area(program)
        while True:
            task, outcome = await self._called(program, area, first_time)
            if isinstance(outcome, Park):
                outcome = await self._park(program, task, outcome)
            if isinstance(outcome, Resume):
                return await self._resume(program, task, outcome)
            if not isinstance(outcome, TransferTo):
                return self._ending(program, task, outcome)
            program = self._program(outcome.transid)
            area, first_time = self._handed(program, outcome.area), True
            self._pass_on()

    async def _link(self, transid: str, area: Area | None) -> Area | None:
        self._pass_on()
        program = self._program(transid)
        _, outcome = await self._called(program, self._handed(program, area), True)
        if not isinstance(outcome, Finish):
            kind = type(outcome).__name__
            raise Abend("EOUT", f"{transid} was linked to, so it can only Finish; it returned a {kind}")
        return outcome.area

    async def _called(
        self, program: Program[Any], area: Area | None, first_time: bool
    ) -> tuple[Task[Any], Any]:
        """The task of a program, and what the program returned; a synchronous one runs in a thread."""
        if not program.in_thread:
            task = self._task(program, area, first_time)
            returned: Any = program.function(task)
            return task, await returned
        thread = ProgramThread(self._engine.threads)
        task = self._task(program, area, first_time, thread.wait)
        returned = await thread.run(program.function, task, program.transid)
        return task, await returned if isawaitable(returned) else returned

    async def _park(self, program: Program[Any], task: Task[Any], outcome: Park) -> Outcome:
        state = self._state
        if not isinstance(outcome.stage, Converse):
            kind = type(outcome.stage).__name__
            raise Abend("EOUT", f"{program.transid} parked a {kind}; a stage to come back to is a Converse")
        parked = Parked.of(
            self._ending(program, task, outcome.stage),
            self._work.id,
            terminal=state.terminal,
            user=state.user,
            title=outcome.title,
            parked_at=self._now,
        )
        await park(task.files, parked, self._engine.limits.parked_max)
        return outcome.go_on

    async def _resume(self, program: Program[Any], task: Task[Any], outcome: Resume) -> Ending:
        parked = await resume(task.files, outcome.parked, self._state.terminal, self._state.user)
        await learn(self._engine.presentation, self._engine.loader, parked.screen)
        return parked.stage(program.transid)

    def _pass_on(self) -> None:
        self._passed += 1
        if self._passed > self._engine.limits.transfers_max:
            raise LimitExceeded("transfers_max", self._passed, self._engine.limits.transfers_max)

    def _task(
        self, program: Program[Any], area: Area | None, first_time: bool, wait: Wait | None = None
    ) -> Task[Any]:
        engine = self._engine
        files = Files(self._work, engine.reports)
        return Task(
            transid=program.transid,
            terminal=self._state.terminal,
            user=self._state.user,
            received=self._received,
            area=self._fresh(program) if area is None else area,
            files=FilesFromThread(self._work, engine.reports, wait) if wait else files,
            step=self._number,
            first_time=first_time,
            now=self._now,
            seed=f"{self._seed}:{self._number}:{self._passed}",
            restart_count=self._runs - 1,
            link=self._link,
            offload=engine.processes.run,
            wait=wait,
        )

    def _program(self, transid: str) -> Program[Any]:
        program = self._engine.programs.get(transid)
        if program is None:
            known = ", ".join(sorted(known.transid for known in self._engine.programs))
            raise Abend("APCT", f"there is no transaction {transid}; this region knows {known}")
        return program

    def _stored_area(self, program: Program[Any]) -> Area:
        name, version, encoded = area_of(self._state)
        area: Area = decode_area(program.area_type, name, version, encoded)
        return area

    @staticmethod
    def _handed(program: Program[Any], area: Area | None) -> Area | None:
        if area is None or type(area) is program.area_type:
            return area
        raise AreaError(
            "EART",
            f"{program.transid} expects an area {program.area_type.__name__}, not a {type(area).__name__}",
        )

    def _ending(self, program: Program[Any], task: Task[Any], outcome: object) -> Ending:
        match outcome:
            case Finish(screen=None):
                return Ending("finish", self._engine.presentation.blank(), program.transid)
            case Finish(screen=send) if send is not None:
                return Ending("finish", self._composed(send), program.transid)
            case Converse(screen=send, then=then, area=area):
                successor = self._program(then or program.transid)
                next_area = self._next_area(successor, task.area, area)
                shown = self._composed(send)
                return Ending(
                    "converse",
                    shown,
                    program.transid,
                    next=successor.transid,
                    area=stored_area(next_area, self._engine.limits),
                )
            case _:
                kind = type(outcome).__name__
                raise Abend(
                    "EOUT",
                    f"{program.transid} returned a {kind}; return Converse(...), Finish(...) or TransferTo(...)",
                )

    def _composed(self, send: Send) -> str:
        presentation, bytes_max = self._engine.presentation, self._engine.limits.screen_bytes_max
        shown = presentation.compose(self._state.screen or presentation.blank(), self._received, send)
        size = len(shown) if shown.isascii() else len(shown.encode())
        if size > bytes_max:
            raise LimitExceeded("screen_bytes_max", size, bytes_max)
        return shown

    def _next_area(self, successor: Program[Any], own: Area, given: Area | None) -> Area:
        area, wanted = own if given is None else given, cast("type[Area]", successor.area_type)
        if type(area) is wanted:
            return area
        if successor.area_type is NoArea:
            return NoArea()
        if given is None and isinstance(own, NoArea):
            return self._fresh(successor)
        raise AreaError(
            "EART",
            f"{successor.transid} expects an area {successor.area_type.__name__}, not a {type(area).__name__}",
        )

    @staticmethod
    def _fresh(program: Program[Any]) -> Area:
        area: Area = program.area_type()
        return area

    def _abended(
        self, transid: str, error: BaseException, cause: BaseException | None = None
    ) -> tuple[Ending, Dump]:
        self._work.back_out()
        chars_max = self._engine.limits.dump_chars_max
        code, message = code_of(error), message_of(error, chars_max)
        detail = traceback_of(cause or error, chars_max)
        state = self._state
        text = abend_notice(transid, code, unit_name(self._work.id))
        shown = self._engine.presentation.notice(
            state.screen or self._engine.presentation.blank(), self._received, text
        )
        area = area_of(state)
        waits_on = (state.next or "") if state.open else ""
        ending = Ending("abend", shown, transid, code, waits_on, area)
        self._engine.log.warning(
            "abend",
            code=code,
            transid=transid,
            terminal=state.terminal,
            unit=unit_name(self._work.id),
            message=message,
        )
        return ending, Dump(code, message, detail, area)

    def _seal(self, ending: Ending, dump: Dump | None) -> Sealed:
        state, work = self._state, self._work
        conversation, rows = monitor_rows(state, work.id, ending, self._seed)
        taken_in = masked_input(self._inbound, self._received)
        started = self._now.isoformat(timespec="milliseconds")
        if dump is not None:
            work.appended.append(("dump", self._dump_row(dump, ending.transid, conversation, taken_in)))
        area_type, area_version, area = ending.area
        elapsed_us = int((self._engine.clock.monotonic() - self._arrived) * 1_000_000)
        step: Row = (
            work.id,
            conversation,
            self._number,
            state.step if self._number > 1 else 0,
            state.terminal,
            self._inbound.sequence,
            state.user,
            ending.transid,
            taken_in,
            ending.outcome,
            ending.code,
            ending.next,
            area_type,
            area_version,
            area,
            ending.screen,
            started,
            elapsed_us,
            self._runs,
        )
        return Sealed(work.seal(rows, ("step", step)), ending.screen)

    def _dump_row(self, dump: Dump, transid: str, conversation: int, taken_in: str) -> Row:
        area_type, _, area = dump.area
        return (
            self._work.id,
            self._state.terminal,
            self._state.user,
            conversation,
            transid,
            dump.code,
            dump.message,
            dump.detail,
            taken_in,
            area_type,
            area,
            _iso(self._now),
        )


def _has_run_away(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):  # a task group was interrupted
        return error.subgroup(Runaway) is not None
    return isinstance(error, Runaway)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")

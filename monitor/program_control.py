"""Program control: a step's program, and those it transfers or links to, from the first to how it all ends.

In the field's words: attach, LINK, XCTL and RETURN, and what a returned outcome means for the next input.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from inspect import isawaitable
from typing import Any

import msgspec

from monitor.area import Area, NoArea, decode_area
from monitor.conversation import TerminalState
from monitor.ending import Ending, Given, area_of, given_to, stored_area
from monitor.engine import Engine
from monitor.errors import Abend, AreaError, LimitExceeded
from monitor.exchange import Received, Send
from monitor.files import Files, FilesFromThread
from monitor.layouts import learn
from monitor.outcome import Converse, Finish, Outcome, Park, Resume, TransferTo
from monitor.parking import Parked, park, resume
from monitor.program import Program
from monitor.store import Key
from monitor.task import Task
from monitor.threads import Lending, ProgramThread
from monitor.unit_of_work import UnitOfWork, hold_in_order


class Step(msgspec.Struct, frozen=True, gc=False):
    """One run of one step, as its programs are told of it."""

    state: TerminalState
    received: Received
    number: int
    """Within its conversation, from 1."""
    runs: int
    now: datetime
    seed: int


class ProgramControl:
    """The programs of one run of one step, all in one unit of work."""

    given: Given | None = None
    """The program transferred to last; None: it is still the first."""
    _failed: tuple[tuple[BaseException, Given], ...] = ()
    """What ended programs that were linked to, the innermost first, whether or not it was caught there."""

    def __init__(self, engine: Engine, work: UnitOfWork, step: Step) -> None:
        self._engine = engine
        self._work = work
        self._step = step
        self._state = step.state
        self._passed = 0
        self._lending: Lending | None = None

    async def run(self, transid: str, first_time: bool, claims: Iterable[Key]) -> Ending:
        """Run the program of `transid`, and whatever it transfers to; raises what ends a program badly."""
        if claims:
            await hold_in_order(self._work, claims)
        program = self._program(transid)
        area = None if first_time else self._stored_area(program)
        while True:
            if program.in_thread:
                task, outcome = await self._called_in_thread(program, area, first_time)
            else:
                task = self._task(program, area, first_time)
                returned: Any = program.function(task)
                outcome = await returned
            self._work.check_calls()
            if isinstance(outcome, Converse):  # first: it is what nearly all programs return
                return self._ending(program, task, outcome)
            if isinstance(outcome, Park):
                outcome = await self._park(program, task, outcome)
            if isinstance(outcome, Resume):
                return await self._resume(program, task, outcome)
            if not isinstance(outcome, TransferTo):
                return self._ending(program, task, outcome)
            program = self._program(outcome.transid)
            area, first_time = self._handed(program, outcome.area), True
            self._pass_on()
            self.given = given_to(program.transid, area)

    def ended_by(self, error: BaseException) -> Given | None:
        """The program that `error` has ended: the innermost linked one it came through; None: the step's first."""
        return next((given for failed, given in self._failed if _is_in(failed, error)), self.given)

    async def _link(self, transid: str, area: Area | None) -> Area | None:
        self._pass_on()
        program = self._program(transid)
        handed = self._handed(program, area)
        given = given_to(program.transid, handed)
        try:
            if program.in_thread:
                _, outcome = await self._called_in_thread(program, handed, True)
            else:
                returned: Any = program.function(self._task(program, handed, True))
                outcome = await returned
        except BaseException as error:
            self._failed = (*self._failed, (error, given))
            raise
        if not isinstance(outcome, Finish):
            kind = type(outcome).__name__
            raise Abend("EOUT", f"{transid} was linked to, so it can only Finish; it returned a {kind}")
        return outcome.area

    async def _link_from(self, thread: ProgramThread, transid: str, area: Area | None) -> Area | None:
        return await thread.host(self._link(transid, area))

    async def _called_in_thread(
        self, program: Program[Any], area: Area | None, first_time: bool
    ) -> tuple[Task[Any], Any]:
        """The task of a synchronous program, and what it returned."""
        if self._lending is None:
            self._lending = Lending()
        thread = ProgramThread(self._engine.threads, self._lending)
        task = self._task(program, area, first_time, thread)
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
            parked_at=self._step.now,
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
        self, program: Program[Any], area: Area | None, first_time: bool, thread: ProgramThread | None = None
    ) -> Task[Any]:
        engine, step, state = self._engine, self._step, self._state
        wait = None if thread is None else thread.wait
        work, reports = self._work, engine.reports
        return Task(  # by position: named, they cost three times as much
            program.transid,
            state.terminal,
            step.received,
            self._fresh(program) if area is None else area,
            Files(work, reports) if wait is None else FilesFromThread(work, reports, wait),
            step.now,
            state.user,
            step.number,
            first_time,
            f"{step.seed}:{step.number}:{self._passed}",
            step.runs - 1,
            self._link if thread is None else partial(self._link_from, thread),
            engine.processes.run,
            wait,
        )

    def _program(self, transid: str) -> Program[Any]:
        program = self._engine.programs.get(transid) if isinstance(transid, str) else None
        if program is None:
            _check_transid(transid)
            known = ", ".join(sorted(known.transid for known in self._engine.programs))
            raise Abend("APCT", f"there is no transaction {transid}; this region knows {known}")
        return program

    def _stored_area(self, program: Program[Any]) -> Area:
        name, version, encoded = area_of(self._state)
        area: Area = decode_area(program.area_type, name, version, encoded)
        return area

    def _handed(self, program: Program[Any], area: Area | None) -> Area:
        if area is None:
            return self._fresh(program)
        if type(area) is program.area_type:
            return area
        raise AreaError(
            "EART",
            f"{program.transid} expects an area {program.area_type.__name__}, not a {type(area).__name__}",
        )

    def _ending(self, program: Program[Any], task: Task[Any], outcome: object) -> Ending:
        match outcome:
            case Converse(screen=send, then=then, area=area):
                successor = self._program(then) if then else program
                next_area = self._next_area(successor, task.area, area)
                shown = self._composed(send)
                kept = stored_area(next_area, self._engine.limits)
                return Ending("converse", shown, program.transid, "", successor.transid, kept)
            case Finish(screen=None):
                return Ending("finish", self._engine.presentation.blank(), program.transid)
            case Finish(screen=send) if send is not None:
                return Ending("finish", self._composed(send), program.transid)
            case _:
                kind = type(outcome).__name__
                raise Abend(
                    "EOUT",
                    f"{program.transid} returned a {kind}; return Converse(...), Finish(...) or TransferTo(...)",
                )

    def _composed(self, send: Send) -> str:
        if send.__class__ is not Send:
            raise Abend(
                "EOUT", f"{_kind(send)} is no screen: return what a map shows, as Finish(MAP.show(...))"
            )
        presentation, bytes_max = self._engine.presentation, self._engine.limits.screen_bytes_max
        shown = presentation.compose(self._state.screen or presentation.blank(), self._step.received, send)
        size = len(shown) if shown.isascii() else len(shown.encode())
        if size > bytes_max:
            raise LimitExceeded("screen_bytes_max", size, bytes_max)
        return shown

    def _next_area(self, successor: Program[Any], own: Area, given: Area | None) -> Area:
        area = own if given is None else given
        if area.__class__ is successor.area_type:
            return area
        if successor.area_type is NoArea:
            _check_not_lost(successor.transid, given)
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


def _is_in(failed: BaseException, error: BaseException) -> bool:
    """True if `error` is this one, or a task group's that holds it; groups in groups are not looked into."""
    return error is failed or (
        isinstance(error, BaseExceptionGroup) and any(one is failed for one in error.exceptions)
    )


def _check_not_lost(transid: str, given: object) -> None:
    """Refuse an area that the next step's program would never see."""
    if given is not None and not isinstance(given, NoArea):
        name = type(given).__name__
        raise AreaError(
            "EART", f"{transid} has no area, so the {name} would be lost: declare it with area={name}"
        )


def _check_transid(given: object) -> None:
    """Refuse what is no transaction id, above all the program itself."""
    if not isinstance(given, str):
        wanted = given.transid if isinstance(given, Program) else "MENU"
        raise Abend("EOUT", f"{_kind(given)} is no transaction id: write one, as {wanted!r}")


def _kind(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"

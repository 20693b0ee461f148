"""One run of one step: its programs, guarded against what they may do, then everything sealed as one unit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

import msgspec

from monitor.clock import stamp
from monitor.conversation import OPEN, TerminalState
from monitor.ending import (
    Dump,
    Ending,
    Given,
    Told,
    abend_notice,
    area_of,
    masked_input,
    monitor_rows,
    secrets_of,
    tell,
    without_secrets,
)
from monitor.engine import Engine
from monitor.errors import Abend, Deadlock
from monitor.exchange import Inbound, Received
from monitor.program_control import ProgramControl, Step
from monitor.runaway import Runaway, Watched
from monitor.store import Key, Row, Unit
from monitor.unit_of_work import UnitOfWork
from monitor.units import unit_name


class Sealed(msgspec.Struct, frozen=True, gc=False):
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
        self._late = False
        self._arrived = engine.clock.monotonic()
        self._now = engine.clock.now()
        goes_on = state.state == OPEN
        kept = state.seed if goes_on else None
        self._seed = engine.random.getrandbits(62) if kept is None else kept
        self._number = (state.number or 0) + 1 if goes_on else 1
        reads = {Key("terminal", state.terminal): state.version}
        if goes_on and state.conversation is not None:
            reads[Key("conversation", state.conversation)] = state.step or 0
        self._work = UnitOfWork(
            engine.units.new, reads, engine.loader, engine.overlay, engine.locks, engine.limits
        )
        step = Step(state, received, self._number, runs, self._now, self._seed)
        self._control = ProgramControl(engine, self._work, step)

    async def run(
        self, transid: str, first_time: bool, due: float, late: bool, claims: Iterable[Key] = ()
    ) -> Sealed:
        """Run the program of `transid` to its end and seal the step; raises `RunAgain` or `StoreError`.

        `due`: when the step has to be done (`Deadlines`). `late`: most of its time was gone before this run, so that
        it is no fault of the program's if that does not do.
        """
        self._late = late
        deadlines, dump = self._engine.deadlines, None
        task = deadlines.enter(due)
        program = self._control.run(transid, first_time, claims)
        watched = Watched(program, self._engine.watchdog, task, deadlines.ignored)
        try:
            try:
                try:
                    ending = await watched
                finally:
                    self._work.end()
            except BaseException as error:  # a bad program harms only itself, even one that exits
                if watched.closing:
                    raise
                await _take_back(task, watched.own_cancellations, watched.settled)
                ending, dump = self._ended_badly(transid, error, task, watched.settled)
            else:
                if watched.own_cancellations:
                    await _take_back(task, watched.own_cancellations, watched.settled)
            finally:
                deadlines.leave(task)
            if self._work.trouble is not None or self._work.doomed():
                self._refuse_troubled()
            return self._seal(ending, dump)
        finally:
            self._work.release()

    def _refuse_troubled(self) -> NoReturn:
        trouble = self._work.trouble
        if trouble is None or isinstance(trouble, Deadlock):
            raise RunAgain(tuple(self._work.held))
        raise trouble

    def answer(self, outcome: str, screen: str) -> Sealed:
        """Seal a step in which no program ran, and after which no conversation waits."""
        return self._seal(Ending(outcome, screen), None)

    @property
    def given(self) -> Given | None:
        """The program transferred to last; None: none was."""
        return self._control.given

    def abend(self, transid: str, given: Given | None, error: BaseException) -> Sealed:
        """Seal the step as abended after the unit of another run of it, which came to `given`, was rejected."""
        self._control.given = given
        return self._seal(*self._abended(transid, error))

    def _ended_badly(
        self, transid: str, error: BaseException, task: asyncio.Task[Any], settled: int
    ) -> tuple[Ending, Dump]:
        """The abend that an error of the program comes to; a cancellation from outside goes on up."""
        limits = self._engine.limits
        if isinstance(error, asyncio.CancelledError):
            if self._engine.deadlines.expired(task, settled):
                if self._late:
                    raise RunAgain(())
                message = f"the step took more than wait_s_max = {limits.wait_s_max} s"
                return self._abended(transid, Abend("EWAI", message), error)
            if task.cancelling() > settled:
                raise error
        elif _has_run_away(error):
            message = (
                f"the program did not come back to the monitor for runaway_s_max = {limits.runaway_s_max} s"
            )
            return self._abended(transid, Abend("AICA", message), error)
        return self._abended(transid, error)

    def _abended(
        self, transid: str, error: BaseException, cause: BaseException | None = None
    ) -> tuple[Ending, Dump]:
        self._work.back_out()
        code, message, detail = self._told(error, cause or error)
        state = self._state
        waits_on, area = (state.next or "") if state.open else "", area_of(state)
        dump = Dump(code, message, detail, area)
        if given := self._control.ended_by(cause or error):
            transid, dump = given.transid, dump._replace(area=self._shown(given.area))
        text = abend_notice(transid, code, unit_name(self._work.id))
        shown = self._engine.presentation.notice(
            state.screen or self._engine.presentation.blank(), self._received, text
        )
        ending = Ending("abend", shown, transid, code, waits_on, area)
        self._engine.log.warning(
            "abend",
            code=code,
            transid=transid,
            terminal=state.terminal,
            unit=unit_name(self._work.id),
            message=message,
        )
        return ending, dump

    def _shown(self, area: tuple[str, int, str]) -> tuple[str, int, str]:
        """An area that was handed on within the step: no limit was put to it, and it may have what was typed."""
        (name, version, text), secrets = area, secrets_of(self._received)
        return name, version, without_secrets(text, secrets, slice(self._engine.limits.area_bytes_max))

    def _told(self, error: BaseException, cause: BaseException) -> tuple[str, str, str]:
        """Code, message and detail, without secrets.

        What an error says its own code may make as long, or as wrong, as any other of the program's.
        """
        secrets, chars_max = secrets_of(self._received), self._engine.limits.dump_chars_max
        told, with_the_last = Told(), chars_max + len(secrets[0] if secrets else "")
        with suppress(BaseException):
            self._engine.watchdog.slice(tell, told, error, cause, with_the_last)
        message = without_secrets(told.message, secrets, slice(chars_max))
        return told.code, message, without_secrets(told.detail, secrets, slice(-chars_max, None))

    def _seal(self, ending: Ending, dump: Dump | None) -> Sealed:
        state, work = self._state, self._work
        unit = work.id
        conversation, rows = monitor_rows(state, unit, ending, self._seed)
        taken_in = masked_input(self._inbound, self._received)
        started = stamp(self._now)
        if dump is not None:
            work.appended.append(("dump", self._dump_row(dump, ending.transid, conversation, taken_in)))
        area_type, area_version, area = ending.area
        elapsed_us = int((self._engine.clock.monotonic() - self._arrived) * 1_000_000)
        step: Row = (
            unit,
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
            stamp(self._now),
        )


async def _take_back(task: asyncio.Task[Any], times: int, settled: int) -> None:
    """Undo it that a program has cancelled the task it runs in: that task is the terminal's."""
    for _ in range(times):
        task.uncancel()
    if times and task.cancelling() <= settled:
        with suppress(asyncio.CancelledError):  # due here, if the program did not wait for it
            await asyncio.sleep(0)
        if task.cancelling() > settled:
            raise asyncio.CancelledError


def _has_run_away(error: BaseException) -> bool:
    """Also if a task group was interrupted; each error is looked at once, however often it is in the group."""
    seen, left = dict[int, BaseException](), [error]
    while left:
        one = left.pop()
        if isinstance(one, Runaway):
            return True
        if isinstance(one, BaseExceptionGroup) and id(one) not in seen:
            seen[id(one)] = one
            left += BaseExceptionGroup.exceptions.__get__(
                one
            )  # its own, whatever the program makes of the name
    return False

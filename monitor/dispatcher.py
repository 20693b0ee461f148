"""The dispatcher: from an input to its durable answer, and then nothing of it is left.

load, choose, admit, run, seal, commit, answer: the decisions are plain functions elsewhere; this is the short
loop around them.
"""

from __future__ import annotations

import asyncio
from functools import partial

from msgspec.structs import replace

from monitor.admission import Admission
from monitor.committer import Committer
from monitor.conversation import (
    Blank,
    Notice,
    Repeat,
    Run,
    TerminalState,
    choose,
)
from monitor.ending import Given
from monitor.engine import Engine
from monitor.errors import Abend, StoreBroken, StoreBusy, StoreError, StoreFull, StoreProcessLost
from monitor.exchange import (
    Aid,
    Attachment,
    Inbound,
    Outbound,
    Reason,
    Received,
    Refused,
    UnknownLayout,
    is_terminal_id,
)
from monitor.execution import Execution, RunAgain, Sealed
from monitor.layouts import learn
from monitor.loader import Records
from monitor.store import ABSENT, COMMITTED, Conflict, Key, Rejected, Unit
from monitor.values import has_half_characters

_PASSING = (StoreBusy, StoreFull, StoreProcessLost)
"""What may be over when the key is pressed again."""
_RUNS_AT_ONCE = 2
_PAUSE_S = 0.002
"""A later run waits up to so long for each before it: who changes the same records elsewhere may keep its pace."""
_SHARE_OF_A_RUN = 0.5
"""Of `wait_s_max`: where a run began with no more of it, it is no abend of its program's if that does not do."""


class Dispatcher:
    """Steps and attachments of one region."""

    def __init__(
        self, engine: Engine, committer: Committer, admission: Admission, *, good_morning: str, user: str
    ) -> None:
        self._engine = engine
        self._committer = committer
        self._admission = admission
        self._good_morning = good_morning
        self._user = user

    async def attach(self, terminal: str) -> Attachment | Refused:
        """Raise the terminal's epoch, so that older attachments are told, and say where it stands.

        A terminal never seen before begins with the good-morning transaction, if the region has one.
        """
        if refused := _bad_terminal(terminal):
            return refused
        try:
            state = await self._raise_epoch(terminal)
            if state is None:
                return _too_contended()
            if state.screen is None and self._good_morning:
                first = Inbound(terminal, state.epoch, 1, Aid.NONE)
                answer = await self.step(first, start=self._good_morning)
                if isinstance(answer, Refused):
                    return answer
                return Attachment(terminal, state.epoch, answer.sequence, answer.screen)
            screen = state.screen or self._engine.presentation.blank()
            await self._learn(screen)
            return Attachment(terminal, state.epoch, state.sequence or 0, screen)
        except StoreError as error:
            return self._store_failed(terminal, error)

    async def step(self, inbound: Inbound, start: str = "") -> Outbound | Refused:
        """Run one input; returns once its answer is durable. `start`: what an idle terminal begins with."""
        terminal, admission = inbound.terminal, self._admission
        if refused := _bad_terminal(terminal) or self._bad_input(inbound):
            return refused
        found, due = None, self._engine.deadlines.due()
        try:
            if not admission.enter_now(terminal):
                answer = await self._wait_for_place(terminal, due)
                if isinstance(answer, Refused):
                    return answer
                found = answer
            try:
                return await self._step(inbound, start, due, found)
            finally:
                admission.leave(terminal)
        except StoreError as error:
            return self._store_failed(terminal, error)

    async def _wait_for_place(self, terminal: str, due: float) -> Records | Refused:
        """Wait for a place, then for the terminal's state."""
        ask = partial(self._engine.loader.ask, (Key("terminal_state", terminal),))
        deadlines = self._engine.deadlines
        task = deadlines.enter(due)
        settled = task.cancelling()
        try:
            found = await self._admission.enter(terminal, ask)
        except asyncio.CancelledError:
            if not deadlines.expired(task, settled):
                raise
            return _waited_too_long()
        finally:
            deadlines.leave(task)
        return _busy("The region has more inputs waiting than waiting_max.") if found is None else found

    async def _step(
        self, inbound: Inbound, start: str, due: float, found: Records | None
    ) -> Outbound | Refused:
        """`due`: when it has to be done, all its runs; `found`: the terminal's state, if it was read already."""
        claims: set[Key] = set()
        rejected: str | None = None
        given: Given | None = None
        waited, late = found is not None, False
        engine = self._engine
        keys = (Key("terminal_state", inbound.terminal),)
        for run in range(1, engine.limits.reruns_max + 2):
            if run > _RUNS_AT_ONCE:
                await asyncio.sleep(engine.random.random() * run * _PAUSE_S)
            if run > 1 or waited:
                late = (left := engine.deadlines.left(due)) <= _SHARE_OF_A_RUN
                if left <= 0 and not rejected:
                    break
            (stored,) = found or await engine.loader.read(keys)
            found = None
            state = TerminalState.of(inbound.terminal, stored)
            screen = state.screen or engine.presentation.blank()
            try:
                received = engine.presentation.receive(screen, inbound)
            except UnknownLayout:
                received = await self._received_when_learnt(screen, inbound)
            choice = choose(state, inbound, received, engine.programs, start)
            if not isinstance(choice, Run):
                if isinstance(choice, Repeat):
                    return Outbound(inbound.terminal, inbound.sequence, state.screen or "")
                if isinstance(choice, Refused):
                    return choice
            execution = Execution(engine, state, inbound, received, run)
            try:
                if isinstance(choice, Run) and rejected is None:
                    sealed = await execution.run(choice.transid, choice.first_time, due, late, claims)
                else:
                    sealed = self._answer(execution, choice, state, received, rejected, given)
            except RunAgain as again:
                claims.update(again.claims)
                continue
            promise = self._committer.submit(sealed.unit)
            self._admission.give_up_place(inbound.terminal)
            verdict = await promise
            if verdict is COMMITTED:
                return Outbound(inbound.terminal, inbound.sequence, sealed.screen)
            if isinstance(verdict, Rejected):
                if rejected is not None:  # the abend itself could not be stored: it is no program's fault
                    raise _broken_by(verdict)
                rejected, given = verdict.text, execution.given
            elif isinstance(verdict, Conflict):
                claims.add(verdict.key)
        return _waited_too_long() if waited and late else _too_contended()

    def _answer(
        self,
        execution: Execution,
        choice: Run | Blank | Notice,
        state: TerminalState,
        received: Received,
        rejected: str | None,
        given: Given | None,
    ) -> Sealed:
        presentation = self._engine.presentation
        match choice:
            case Run(transid):
                broken = Abend("ECON", f"a constraint of a table was broken: {rejected}")
                return execution.abend(transid, given, broken)
            case Notice(text):
                screen = presentation.notice(state.screen or presentation.blank(), received, text)
                return execution.answer("notice", screen)
            case Blank():
                return execution.answer("blank", presentation.blank())

    async def _state(self, terminal: str) -> TerminalState:
        (stored,) = await self._engine.loader.read((Key("terminal_state", terminal),))
        return TerminalState.of(terminal, stored)

    def _store_failed(self, terminal: str, error: StoreError) -> Refused:
        self._engine.log.warning(
            "store failed", terminal=terminal, error=type(error).__name__, message=str(error)
        )
        return Refused(Reason.STORE if isinstance(error, _PASSING) else Reason.BROKEN, str(error))

    async def _received_when_learnt(self, screen: str, inbound: Inbound) -> Received:
        await self._learn(screen)
        return self._engine.presentation.receive(screen, inbound)

    async def _learn(self, screen: str) -> None:
        await learn(self._engine.presentation, self._engine.loader, screen)

    async def _raise_epoch(self, terminal: str) -> TerminalState | None:
        for _ in range(self._engine.limits.reruns_max + 1):
            state = await self._state(terminal)
            if state.version == ABSENT:
                state = replace(state, user=self._user)
            attached = replace(state, epoch=state.epoch + 1)
            key, unit = Key("terminal", terminal), self._engine.units.new()
            row = (terminal, attached.epoch, attached.user, attached.conversation, unit)
            reads = {key: state.version}
            if state.conversation is not None:  # a step under way may not change what the attachment shows
                reads[Key("conversation", state.conversation)] = state.step or ABSENT
            verdict = await self._committer.submit(Unit(unit, reads, {key: row}, []))
            if verdict is COMMITTED:
                return attached
            if isinstance(verdict, Rejected):
                raise _broken_by(verdict)
        return None

    def _bad_input(self, inbound: Inbound) -> Refused | None:
        if not inbound.fields and not inbound.text:
            return None
        limits = self._engine.limits
        if len(inbound.fields) > limits.input_fields_max:
            return Refused(
                Reason.INPUT, f"An input may have input_fields_max = {limits.input_fields_max} fields."
            )
        typed = "".join([inbound.text, *[text for _, text in inbound.fields]])
        if len(typed) > limits.input_chars_max:
            return Refused(
                Reason.INPUT, f"An input may have input_chars_max = {limits.input_chars_max} characters."
            )
        if not typed.isascii() and has_half_characters(typed):
            return Refused(Reason.INPUT, "An input may not have half a character (a lone surrogate) in it.")
        return None


def _bad_terminal(terminal: str) -> Refused | None:
    if is_terminal_id(terminal):
        return None
    return Refused(Reason.INPUT, f"Terminal id {terminal!r} must be 1 to 8 letters or digits.")


def _broken_by(verdict: Rejected) -> StoreBroken:
    """What a table of the monitor's own refuses."""
    return StoreBroken(
        f"the store failed ({verdict.text}); run `entracte doctor`, then start the region again"
    )


def _too_contended() -> Refused:
    return _busy("What this step needs is being changed by others all the time.")


def _waited_too_long() -> Refused:
    return _busy("The region has so many inputs waiting that this one took longer than wait_s_max.")


def _busy(text: str) -> Refused:
    return Refused(Reason.BUSY, f"{text} Press the key again.")

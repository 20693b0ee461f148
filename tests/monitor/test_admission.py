"""Admission: so many tasks at once, one a terminal, in the order they came, and nobody for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from monitor.admission import Admission, may_start
from tests.monitor.bed import cancelled, settle

TERMINALS = ("A", "B", "C", "D")


def granted(turn: asyncio.Future[bool | None]) -> None:
    """What begins with a place: here, no more than to say so."""
    turn.set_result(True)


@given(st.integers(0, 9), st.integers(1, 9), st.booleans())
def test_rule_is_a_free_place_and_an_idle_terminal(running: int, tasks_max: int, busy: bool) -> None:
    """A task starts if there is a place and its terminal runs no other, and only then."""
    assert may_start(running, tasks_max, busy) == (running < tasks_max and not busy)


async def test_places_are_given_in_order_of_arrival() -> None:
    """With one place, three terminals get it one after the other as they came."""
    admission, order = Admission(1, 10), list[str]()

    async def work(terminal: str) -> None:
        await admission.enter(terminal, granted)
        order.append(terminal)
        await asyncio.sleep(0)
        admission.leave(terminal)

    await asyncio.gather(*(work(name) for name in "BCA"))
    assert order == ["B", "C", "A"]


async def test_waiting_terminal_does_not_hold_up_others() -> None:
    """A second input of a busy terminal waits behind; another terminal's passes it."""
    admission = Admission(2, 10)
    assert await admission.enter("A", granted)
    again = asyncio.create_task(admission.enter("A", granted))
    await settle()
    assert await asyncio.wait_for(admission.enter("B", granted), 1)
    assert not again.done()
    admission.leave("A")
    assert await again


async def test_place_given_up_is_free_while_the_terminal_stays_busy() -> None:
    """After its program a task lets another in, but not one of its own terminal."""
    admission = Admission(1, 10)
    await admission.enter("A", granted)
    admission.give_up_place("A")
    again = asyncio.create_task(admission.enter("A", granted))
    assert await asyncio.wait_for(admission.enter("B", granted), 1)
    assert not again.done()
    admission.leave("B")
    admission.leave("A")
    assert await again


async def test_one_more_than_waiting_max_is_told_at_once() -> None:
    """A full queue refuses without waiting, and only those beyond it."""
    admission = Admission(1, 1)
    await admission.enter("A", granted)
    waiting = asyncio.create_task(admission.enter("B", granted))
    await settle()
    assert not await asyncio.wait_for(admission.enter("C", granted), 1)
    admission.leave("A")
    assert await waiting


async def test_place_granted_to_a_cancelled_step_goes_to_the_next() -> None:
    """A step cancelled in the same moment as its turn comes gives the place back."""
    admission = Admission(1, 10)
    await admission.enter("A", granted)
    unlucky = asyncio.create_task(admission.enter("B", granted))
    next_one = asyncio.create_task(admission.enter("C", granted))
    await settle()
    admission.leave("A")
    await cancelled(unlucky)
    assert await asyncio.wait_for(next_one, 1)
    assert admission.running == 1


async def test_a_failure_of_what_begins_gives_the_place_back() -> None:
    """The task wakes up to the error, and the next in line gets the place; so it does after a cancellation."""
    admission = Admission(1, 10)
    begun: list[asyncio.Future[bool | None]] = []
    await admission.enter("A", granted)
    unlucky = asyncio.create_task(admission.enter("B", begun.append))
    given_up = asyncio.create_task(admission.enter("C", begun.append))
    next_one = asyncio.create_task(admission.enter("D", granted))
    await settle()
    admission.leave("A")
    begun[0].set_exception(OSError("no"))
    with pytest.raises(OSError, match="no"):
        await unlucky
    await cancelled(given_up)
    assert await asyncio.wait_for(next_one, 1)
    assert (admission.running, admission.waiting) == (1, 0)


async def test_inputs_of_one_terminal_keep_their_order() -> None:
    """However often others come and go while they wait, the first of them is the first that starts."""
    admission, order = Admission(2, 10), list[int]()
    await admission.enter("A", granted)

    async def again(number: int) -> None:
        await admission.enter("A", granted)
        order.append(number)

    waiting = [asyncio.create_task(again(number)) for number in (1, 2, 3)]
    await settle()
    assert admission.enter_now("A") is False
    await asyncio.wait_for(admission.enter("B", granted), 1)
    admission.leave("B")
    for _ in waiting:
        admission.leave("A")
        await settle()
    assert order == [1, 2, 3]


async def test_step_cancelled_while_a_place_becomes_free_takes_nothing_of_its_terminal() -> None:
    """It goes away as it waits behind its own terminal's task: that one keeps its place, and stays alone."""
    admission = Admission(2, 10)
    await admission.enter("A", granted)
    await admission.enter("B", granted)
    gone = asyncio.create_task(admission.enter("A", granted))
    await settle()
    gone.cancel()
    admission.leave("B")
    await cancelled(gone)
    assert (admission.running, admission.waiting) == (1, 0)
    assert not admission.enter_now("A")
    assert admission.enter_now("B")


class Places(RuleBasedStateMachine):
    """Any order of entering, ending, answering and cancelling keeps the rule, and empties in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.admission = Admission(tasks_max=2, waiting_max=6)
        self.asking: list[tuple[str, asyncio.Task[bool | None]]] = []
        self.running: list[str] = []
        self.ended: list[str] = []

    def run(self, awaitable: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        """Let the loop do one thing, and all that follows from it."""

        async def both() -> Any:
            result = await awaitable
            await settle(5)
            return result

        return self.loop.run_until_complete(both())

    def collect(self) -> None:
        """Note who has got in."""
        for entry in [entry for entry in self.asking if entry[1].done()]:
            self.asking.remove(entry)
            if entry[1].result():
                self.running.append(entry[0])

    @rule(terminal=st.sampled_from(TERMINALS))
    def ask(self, terminal: str) -> None:
        """An input comes."""
        self.asking.append((terminal, self.loop.create_task(self.admission.enter(terminal, granted))))
        self.run(settle(5))
        self.collect()

    @precondition(lambda self: self.running)
    @rule(choice=st.integers(0, 9))
    def end(self, choice: int) -> None:
        """A program ends; its terminal waits for the commit."""
        terminal = self.running.pop(choice % len(self.running))
        self.admission.give_up_place(terminal)
        self.ended.append(terminal)
        self.run(settle(5))
        self.collect()

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9))
    def answer(self, choice: int) -> None:
        """A terminal is answered."""
        self.admission.leave(self.ended.pop(choice % len(self.ended)))
        self.run(settle(5))
        self.collect()

    @precondition(lambda self: self.asking)
    @rule(choice=st.integers(0, 9))
    def cancel(self, choice: int) -> None:
        """A terminal goes away while it waits."""
        _, task = self.asking.pop(choice % len(self.asking))
        self.run(cancelled(task))
        self.collect()

    @precondition(lambda self: self.running and self.asking)
    @rule(choice=st.integers(0, 9))
    def answer_and_cancel_at_once(self, choice: int) -> None:
        """A place is passed on, and who gets it goes away before it knows."""
        _, task = self.asking.pop(choice % len(self.asking))

        async def both() -> None:
            self.admission.leave(self.running.pop())
            await cancelled(task)

        self.run(both())
        self.collect()

    @invariant()
    def never_too_many(self) -> None:
        """No more programs than places, and no terminal has two tasks."""
        assert len(self.running) == self.admission.running <= 2
        busy = self.running + self.ended
        assert sorted(set(busy)) == sorted(busy)

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        """Whoever waits, waits for a place or for its own terminal."""
        assert len(self.asking) == self.admission.waiting
        if len(self.running) < 2:
            assert {terminal for terminal, _ in self.asking} <= {*self.running, *self.ended}

    def teardown(self) -> None:
        """Once all are answered, all that waited got in, and nothing is left."""
        while self.running or self.ended:
            self.admission.leave((self.running or self.ended).pop())
            self.run(settle(5))
            self.collect()
        assert not self.asking
        assert self.admission.running == self.admission.waiting == 0
        self.loop.close()


TestPlaces = Places.TestCase

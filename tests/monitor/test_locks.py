"""Update locks: first come, first served; a cycle is found when it would close; nothing is left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from monitor.errors import Deadlock
from monitor.locks import UpdateLocks
from tests.monitor.bed import cancelled, settle


async def test_waiting_steps_are_served_in_order() -> None:
    """Who asked first holds the record first."""
    locks, order = UpdateLocks(), list[str]()

    async def hold(owner: str) -> None:
        await locks.acquire(owner, "R")
        order.append(owner)
        await asyncio.sleep(0)
        locks.release(owner, "R")

    await asyncio.gather(*(hold(owner) for owner in "bca"))
    assert order == ["b", "c", "a"]
    assert len(locks) == 0


async def test_holder_may_ask_again() -> None:
    """A record held already is granted at once, and one release lets it go."""
    locks = UpdateLocks()
    await locks.acquire("a", "R")
    await locks.acquire("a", "R")
    locks.release("a", "R")
    assert len(locks) == 0


async def test_release_by_another_does_nothing() -> None:
    """Only the holder lets go."""
    locks = UpdateLocks()
    await locks.acquire("a", "R")
    locks.release("b", "R")
    assert len(locks) == 1


@pytest.mark.parametrize("length", [2, 3, 7])
async def test_cycle_is_refused_the_moment_it_would_close(length: int) -> None:
    """The last of a ring of steps is told; once it lets go, all the others get through."""
    locks = UpdateLocks()
    for place in range(length):
        await locks.acquire(place, place)
    waiting = [asyncio.create_task(locks.acquire(place, place + 1)) for place in range(length - 1)]
    await settle()
    with pytest.raises(Deadlock):
        await locks.acquire(length - 1, 0)
    locks.release(length - 1, length - 1)
    for place in reversed(range(length - 1)):
        await waiting[place]
        locks.release(place, place + 1)
        locks.release(place, place)
    assert len(locks) == 0


async def test_step_that_just_got_its_turn_does_not_look_as_if_it_waits_for_itself() -> None:
    """A record passed on, and asked for before its new holder has run: the walk along holders ends."""
    locks, order = UpdateLocks(), list[str]()
    await locks.acquire("a", "R")

    async def wait_and_let_go() -> None:
        await locks.acquire("b", "R")
        order.append("b")
        locks.release("b", "R")

    waiting = asyncio.create_task(wait_and_let_go())
    await settle()
    locks.release("a", "R")
    await locks.acquire("c", "R")
    order.append("c")
    await waiting
    assert order == ["b", "c"]


async def test_cancelled_wait_leaves_the_queue_as_it_was() -> None:
    """A step that goes away while it waits is passed over."""
    locks = UpdateLocks()
    await locks.acquire("a", "R")
    gone = asyncio.create_task(locks.acquire("b", "R"))
    stays = asyncio.create_task(locks.acquire("c", "R"))
    await settle()
    await cancelled(gone)
    locks.release("a", "R")
    await asyncio.wait_for(stays, 1)
    locks.release("c", "R")
    assert len(locks) == 0


async def test_turn_that_comes_together_with_a_cancellation_is_passed_on() -> None:
    """A record granted to a step in the moment it is cancelled goes to the next."""
    locks = UpdateLocks()
    await locks.acquire("a", "R")
    unlucky = asyncio.create_task(locks.acquire("b", "R"))
    stays = asyncio.create_task(locks.acquire("c", "R"))
    await settle()
    locks.release("a", "R")
    await cancelled(unlucky)
    await asyncio.wait_for(stays, 1)
    locks.release("c", "R")
    assert len(locks) == 0


@pytest.mark.parametrize("gives_up", [False, True])
async def test_nothing_is_kept_of_a_record_that_was_contended(gives_up: bool) -> None:
    """Once all have let go, nothing is left: a region does not grow by the records it has ever locked."""
    locks = UpdateLocks()
    for record in range(3):
        await locks.acquire("a", record)
        waits = asyncio.create_task(locks.acquire("b", record))
        await settle()
        if gives_up:
            await cancelled(waits)
        locks.release("a", record)
        if not gives_up:
            await asyncio.wait_for(waits, 1)
        locks.release("b", record)
    assert {name: kept for name, kept in vars(locks).items() if kept} == {}


class Locking(RuleBasedStateMachine):
    """Any order of asking, letting go and going away keeps one holder a record, and lets all through."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.locks = UpdateLocks()
        self.held: dict[str, set[str]] = {owner: set() for owner in "abcd"}
        self.waiting: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self.queue: dict[str, list[str]] = {record: [] for record in "RST"}

    def turn(self, awaitable: Any = None) -> None:
        """Let everything happen that can, and note who got what."""
        self.loop.run_until_complete(awaitable or settle(5))
        self.loop.run_until_complete(settle(5))
        for owner, (record, task) in list(self.waiting.items()):
            if not task.done():
                continue
            del self.waiting[owner]
            first = self.queue[record]
            if task.exception() is None:
                assert first[0] == owner, "the first that waits is served first"
                self.held[owner].add(record)
            else:
                assert isinstance(task.exception(), Deadlock)
            first.remove(owner)

    def waits_for(self, owner: str) -> set[str]:
        """Everyone `owner` waits for, directly or not."""
        found, wanted = set[str](), self.waiting.get(owner)
        while wanted:
            holder = next((name for name, held in self.held.items() if wanted[0] in held), None)
            if holder is None or holder in found:
                break
            found.add(holder)
            wanted = self.waiting.get(holder)
        return found

    @rule(owner=st.sampled_from("abcd"), record=st.sampled_from("RST"))
    def ask(self, owner: str, record: str) -> None:
        """A step asks for a record; it is told of a deadlock exactly if there would be one."""
        if owner in self.waiting or record in self.held[owner]:
            return
        holder = next((name for name, held in self.held.items() if record in held), None)
        closes = holder is not None and owner in {holder, *self.waits_for(holder)}
        task = self.loop.create_task(self.locks.acquire(owner, record))
        self.queue[record].append(owner)
        self.waiting[owner] = (record, task)
        self.turn()
        assert closes == (task.done() and task.exception() is not None)
        assert (holder is None) == (task.done() and task.exception() is None)

    @precondition(lambda self: any(self.held.values()))
    @rule(owner=st.sampled_from("abcd"), at_once=st.booleans())
    def let_go(self, owner: str, at_once: bool) -> None:
        """A step is sealed, if it does not wait."""
        if owner in self.waiting:
            return
        for record in sorted(self.held[owner]):
            self.locks.release(owner, record)
            if not at_once:
                self.held[owner].discard(record)
                self.turn()
        self.held[owner].clear()
        self.turn()

    @precondition(lambda self: self.waiting)
    @rule(choice=st.integers(0, 9), after_release=st.booleans())
    def go_away(self, choice: int, after_release: bool) -> None:
        """A waiting step is cancelled, perhaps just as the record is passed to it."""
        owner = sorted(self.waiting)[choice % len(self.waiting)]
        record, task = self.waiting.pop(owner)
        self.queue[record].remove(owner)
        holder = next((name for name, held in self.held.items() if record in held), None)

        async def both() -> None:
            if after_release and holder is not None and holder not in self.waiting:
                self.locks.release(holder, record)
                self.held[holder].discard(record)
            await cancelled(task)

        self.loop.run_until_complete(both())
        for mine in self.held[owner]:
            self.locks.release(owner, mine)
        self.held[owner].clear()
        self.turn()

    @invariant()
    def one_holder_a_record(self) -> None:
        """No record is held twice, and the locks know no more than the steps do."""
        everything = [record for held in self.held.values() for record in held]
        assert sorted(set(everything)) == sorted(everything)
        assert len(self.locks) == len(everything)

    def teardown(self) -> None:
        """Once every step lets go in turn, all that waited are served and nothing is held."""
        for _ in range(20):
            for owner in self.held:
                self.let_go(owner, at_once=True)
        assert not self.waiting
        assert len(self.locks) == 0
        self.loop.close()


TestLocking = Locking.TestCase

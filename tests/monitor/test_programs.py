"""Programs use asyncio as they like: task groups, timeouts, tasks left behind, errors caught; the rules hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from monitor import Converse, Finish, NoArea, Outcome, Send, Task, changed, transaction
from monitor.errors import Deadlock, StoreBusy, TaskOver
from monitor.exchange import Reason
from monitor.startup import Region
from monitor.store import Key, Unit
from tests.monitor.bed import QUIET, Disk, Terminal, cancelled, dumps, region_on, settle
from tests.monitor.hooked import Hook
from tests.monitor.plain import Shown
from tests.monitor.records import Account, Entry
from tests.simulation.virtual_time import run_virtually


def note(text: object) -> Send:
    """A screen with one text."""
    return Send("NOTE", {"text": str(text)})


async def terminals(region: Region, count: int) -> list[Terminal]:
    """So many attached terminals."""
    made = [Terminal(region, f"T{number:03}") for number in range(count)]
    await asyncio.gather(*(terminal.attach() for terminal in made))
    return made


async def add(task: Task[Any], number: int, amount: int) -> None:
    """Put money on an account."""
    account = await task.files[Account].read(number, update=True)
    assert account
    await task.files[Account].rewrite(changed(account, balance=account.balance + amount))


@transaction("GRP")
async def grouped(task: Task[NoArea]) -> Outcome:
    """Ask for one record twice at once, and for another, from a task group."""
    async with asyncio.TaskGroup() as group:
        for number in (1, 1, 2):
            group.create_task(task.files[Account].read(number, update=True))
    await add(task, 1, 1)
    await add(task, 2, 1)
    return Finish(note("done"))


@transaction("BACK")
async def backwards(task: Task[NoArea]) -> Outcome:
    """The same records in the other order."""
    await add(task, 2, 1)
    await add(task, 1, 1)
    return Finish(note("done"))


def test_parts_of_a_program_ask_for_the_same_record(disk: Disk) -> None:
    """A task group may hold a record twice: nobody waits for himself, and no update is lost."""

    async def main() -> None:
        async with region_on(disk, grouped, backwards) as region:
            disk.accounts({1: 0, 2: 0})
            operators = await terminals(region, 12)
            answers = await asyncio.gather(
                *(operator.press(text=("GRP", "BACK")[place % 2]) for place, operator in enumerate(operators))
            )
            assert [Shown("NOTE", {"text": "done"})] * 12 == answers
            assert disk.balance(1) == disk.balance(2) == 12
            assert len(region.engine.locks) == 0
            assert asyncio.get_running_loop().time() < QUIET.wait_s_max

    run_virtually(main())


async def test_reads_of_one_record_in_one_step_agree(disk: Disk) -> None:
    """Two parts of a program that read a record while it changes see one version of it, or the step re-runs."""

    @transaction("TWO")
    async def two(task: Task[NoArea]) -> Outcome:
        seen = list[int]()

        async def look() -> None:
            account = await task.files[Account].read(1)
            assert account
            seen.append(account.balance)
            if task.restart_count == 0 and not seen[1:]:
                disk.ask("UPDATE account SET balance = balance + 1, written_by = written_by + 1")

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(look())
                await asyncio.sleep(0)
        assert len(set(seen)) == 1
        await add(task, 1, 10)
        return Finish(note(task.restart_count))

    async with region_on(disk, two) as region:
        disk.accounts({1: 100})
        (operator,) = await terminals(region, 1)
        assert (await operator.press(text="TWO")).values == {"text": "1"}
        assert disk.balance(1) == 111


async def test_timeout_inside_a_program_is_its_own(disk: Disk) -> None:
    """A program that gives up waiting for a record goes on; it neither holds nor has lost anything."""
    holding, go_on = asyncio.Event(), asyncio.Event()

    @transaction("HOLD")
    async def hold(task: Task[NoArea]) -> Outcome:
        await add(task, 1, 1)
        holding.set()
        await go_on.wait()
        return Finish(note("held"))

    @transaction("TRY")
    async def attempt(task: Task[NoArea]) -> Outcome:
        try:
            async with asyncio.timeout(0):
                await task.files[Account].read(1, update=True)
        except TimeoutError:
            go_on.set()
        await add(task, 1, 10)
        return Finish(note("tried"))

    async with region_on(disk, hold, attempt) as region:
        disk.accounts({1: 0})
        first, second = await terminals(region, 2)
        held = asyncio.create_task(first.press(text="HOLD"))
        await holding.wait()
        assert (await second.press(text="TRY")).values == {"text": "tried"}
        assert (await held).values == {"text": "held"}
        assert disk.balance(1) == 11
        assert len(region.engine.locks) == 0


async def test_what_a_program_leaves_running_has_no_effect(disk: Disk) -> None:
    """A task that outlives its step can neither write, nor read, nor hold a record any more."""
    left: list[asyncio.Task[None]] = []
    ended = asyncio.Event()

    @transaction("LEAV")
    async def leave(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1)
        assert account

        async def later() -> None:
            await ended.wait()
            attempts: tuple[Callable[[], Awaitable[object]], ...] = (
                lambda: task.files[Account].rewrite(changed(account, balance=999)),
                lambda: task.files[Account].read(2, update=True),
                lambda: task.files[Account].read(2),
            )
            for attempt in attempts:
                with pytest.raises(TaskOver):
                    await attempt()
            with pytest.raises(TaskOver):
                task.files.append(Entry(1, 2, 3, "late"))

        left.append(asyncio.create_task(later()))
        return Finish(note("gone"))

    async with region_on(disk, leave) as region:
        disk.accounts({1: 100, 2: 0})
        (operator,) = await terminals(region, 1)
        await operator.press(text="LEAV")
        ended.set()
        await left[0]
        assert len(region.engine.locks) == len(region.engine.overlay) == 0
        assert disk.balance(1) == 100
        assert disk.one("SELECT count(*) FROM ledger") == 0


async def test_wait_for_a_record_that_outlives_its_step_ends_empty(disk: Disk) -> None:
    """A task left behind in the queue for a record does not keep it when its turn comes."""
    holding, go_on = asyncio.Event(), asyncio.Event()
    left: list[asyncio.Task[Any]] = []

    @transaction("HOLD")
    async def hold(task: Task[NoArea]) -> Outcome:
        await add(task, 1, 1)
        holding.set()
        await go_on.wait()
        return Finish(note("held"))

    @transaction("LEAV")
    async def leave(task: Task[NoArea]) -> Outcome:
        left.append(asyncio.create_task(task.files[Account].read(1, update=True)))
        await asyncio.sleep(0)
        return Finish(note("gone"))

    async with region_on(disk, hold, leave) as region:
        disk.accounts({1: 0})
        first, second = await terminals(region, 2)
        held = asyncio.create_task(first.press(text="HOLD"))
        await holding.wait()
        await second.press(text="LEAV")
        go_on.set()
        await held
        await asyncio.wait(left)
        assert left[0].exception() is not None
        assert len(region.engine.locks) == 0


@pytest.mark.parametrize("names", ["AB", "BA"])
async def test_program_that_swallows_a_deadlock_runs_again(disk: Disk, names: str) -> None:
    """Whatever a program makes of the error, a step that met a deadlock counts only once it ran without."""

    @transaction("SWAL")
    async def swallow(task: Task[NoArea]) -> Outcome:
        numbers = (1, 2) if task.terminal.endswith("0") else (2, 1)
        await add(task, numbers[0], 1)
        await asyncio.sleep(0)
        try:
            await add(task, numbers[1], 1)
        except Deadlock:
            await add(task, numbers[0], 1000)
        return Finish(note("done"))

    async with region_on(disk, swallow) as region:
        disk.accounts({1: 0, 2: 0})
        operators = await terminals(region, 2)
        await asyncio.gather(*(operator.press(text="SWAL") for operator in operators))
        assert disk.balance(1) == disk.balance(2) == 2
        assert len(region.engine.locks) == 0


@pytest.mark.parametrize("browse", [False, True])
async def test_program_that_swallows_a_store_error_is_refused(disk: Disk, browse: bool) -> None:
    """A step whose read failed is not committed, whatever the program went on to do; the key may be repeated."""

    @transaction("GO")
    async def go_on(task: Task[NoArea]) -> Outcome:
        task.files.append(Entry(1, 2, 3, "half"))
        with suppress(Exception):
            if browse:
                await task.files[Account].browse(limit=1)
            else:
                await task.files[Account].read(1)
        return Finish(note("done"))

    async def fail(asked: Sequence[Key] | str) -> None:
        if failing and (isinstance(asked, str) or any(key.table == "account" for key in asked)):
            raise StoreBusy("held")

    hook, failing = Hook(), True
    async with region_on(disk, go_on, around=hook) as region:
        disk.accounts({1: 0})
        (operator,) = await terminals(region, 1)
        hook.store.before_read = hook.store.before_search = fail
        assert (await operator.refused(text="GO")).reason is Reason.STORE
        assert disk.one("SELECT count(*) FROM ledger") == 0
        failing = False
        assert await operator.press(text="GO") == Shown("NOTE", {"text": "done"})
        assert disk.one("SELECT count(*) FROM ledger") == 1


async def test_reading_first_and_updating_then_gets_through_in_a_crowd(disk: Disk) -> None:
    """A hundred terminals that look at a record before they take it for update all succeed, and none is lost."""

    @transaction("LOOK")
    async def look(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1)
        await asyncio.sleep(0)
        await add(task, 1, 1)
        return Finish(note("done"))

    async with region_on(disk, look) as region:
        disk.accounts({1: 0})
        operators = await terminals(region, 100)
        answers = await asyncio.gather(*(operator.press(text="LOOK") for operator in operators))
        assert [Shown("NOTE", {"text": "done"})] * 100 == answers
        assert disk.balance(1) == 100


async def test_step_that_is_cancelled_leaves_nothing_behind(disk: Disk) -> None:
    """A connection that breaks at any await of a step: no place, lock or pending write stays, and the
    terminal goes on when it comes back.
    """

    @transaction("BUSY")
    async def busy(task: Task[NoArea]) -> Outcome:
        await add(task, 1, 1)
        await asyncio.sleep(0)
        await add(task, 2, 1)
        return Converse(note("done"))

    for turns in range(40):
        async with region_on(Disk() if turns else disk, busy) as region:
            database = region.store
            await database.commit([account(1), account(2)])
            (operator,) = await terminals(region, 1)
            inbound = operator.input(text="BUSY")
            broken = asyncio.create_task(operator.send(inbound))
            await settle(turns)
            await cancelled(broken)
            await settle()
            assert region.admission.running == region.admission.waiting == 0
            assert len(region.engine.locks) == len(region.engine.overlay) == 0
            await operator.attach()
            if operator.sequence == 0:
                await operator.press(text="BUSY")
            (first, second) = await database.read([Key("account", 1), Key("account", 2)])
            assert first is not None
            assert second is not None
            assert (first.row[2], second.row[2]) == (1, 1)


def account(number: int) -> Unit:
    """A unit that opens an account."""
    unit = 1 << 60 | number
    return Unit(unit, {}, {Key("account", number): (number, "X", 0, unit)}, [])


async def test_program_may_swallow_its_cancellation(disk: Disk) -> None:
    """A program that catches CancelledError at its deadline and returns is taken at its word, once."""

    @transaction("STAY")
    async def stay(task: Task[NoArea]) -> Outcome:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return Finish(note("stayed"))

    limits = type(QUIET)(runaway_s_max=0, wait_s_max=0.05)
    async with region_on(disk, stay, limits=limits) as region:
        (operator,) = await terminals(region, 1)
        for _ in range(2):
            assert await operator.press(text="STAY") == Shown("NOTE", {"text": "stayed"})
        current = asyncio.current_task()
        assert current
        assert current.cancelling() == 0
        assert dumps(disk) == []

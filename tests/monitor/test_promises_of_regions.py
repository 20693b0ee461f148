"""The promises of regions, one section each; every test here fails without the mechanism that keeps its promise."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor import Finish, NoArea, Outcome, Program, Task, changed, transaction
from monitor.clock import SystemClock
from monitor.exchange import Outbound, Reason, Refused
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import Region, prepare_schema, start
from monitor.store import Key, Unit
from monitor.store.connection import connect
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import QUIET, Disk, Terminal, application_of, region_on, settle
from tests.monitor.hooked import Hook
from tests.monitor.plain import Shown
from tests.monitor.promising import (
    Gate,
    attached,
    deposit,
    note,
    pay,
)
from tests.monitor.records import TABLES, Account, Entry

# 5. Any process may run the next step


async def test_terminal_taken_over_is_told_at_its_next_key(disk: Disk) -> None:
    """The later attachment has the terminal; the earlier one's key is refused and changes nothing."""
    async with region_on(disk, pay) as region, region_on(disk, pay) as other:
        disk.accounts({1: 0})
        (early,) = await attached(region, "T1")
        await early.press(text="PAY")
        (late,) = await attached(other, "T1")
        refused = await early.refused()
        assert refused.reason is Reason.TAKEN_OVER
        assert "taken over" in refused.text
        assert await late.press() == Shown("NOTE", {"text": "2"})
        assert disk.balance(1) == 2


async def test_attachments_at_once_leave_one_owner(disk: Disk) -> None:
    """Two regions attach a new terminal at once, with a good-morning screen: exactly one may go on."""
    async with (
        region_on(disk, pay, good_morning="PAY") as region,
        region_on(disk, pay, good_morning="PAY") as other,
    ):
        disk.accounts({1: 0})
        answers = await asyncio.gather(region.attach("T1"), other.attach("T1"))
        epochs = [getattr(answer, "epoch", 0) for answer in answers]
        assert disk.one("SELECT epoch FROM terminal") == max(epochs) == 2
        assert disk.one("SELECT count(*) FROM step") <= 1
        (operator,) = await attached(region, "T1")
        assert operator.sequence == 1
        await operator.press()
        assert disk.balance(1) == 2


@pytest.mark.parametrize("same_region", [False, True])
async def test_attachment_during_a_step_shows_where_the_terminal_really_stands(
    disk: Disk, same_region: bool
) -> None:
    """A step is being committed while its terminal is attached again: either the new attachment shows its
    screen, or the step does not count; the operator's next input is never mistaken for the old one.
    """
    hook = Hook()
    async with region_on(disk, pay, around=hook) as region, region_on(disk, pay) as second:
        disk.accounts({1: 0})
        (early,) = await attached(region, "T1")
        await early.press(text="PAY")
        gate = Gate()
        hook.store.before_commit = gate.wait
        under_way = asyncio.create_task(early.send(early.input()))
        await gate.reached.wait()
        late = Terminal(region if same_region else second, "T1")
        attaching = asyncio.create_task(late.attach())
        await settle()
        gate.opened.set()
        screen, answer = await attaching, await under_way
        counted = isinstance(answer, Outbound)
        assert screen == Shown("NOTE", {"text": "2" if counted else "1"})
        assert late.sequence == (2 if counted else 1)
        assert await late.press() == Shown("NOTE", {"text": "3" if counted else "2"})
        assert disk.balance(1) == disk.one("SELECT count(*) FROM step")


async def test_two_regions_on_one_file_lose_no_update(tmp_path: Path) -> None:
    """Two regions over real connections to one file add to the same account: every single one counts."""
    async with on_file(tmp_path / "store.db", pay) as region, on_file(tmp_path / "store.db", pay) as other:
        await region.store.commit([Unit(9, {}, {Key("account", 1): (1, "X", 0, 9)}, [])])
        operators = [
            *await attached(region, *(f"A{number}" for number in range(8))),
            *await attached(other, *(f"B{number}" for number in range(8))),
        ]

        async def work(operator: Terminal) -> None:
            await operator.press(text="PAY")
            for _ in range(4):
                await operator.press()

        await asyncio.gather(*(work(operator) for operator in operators))
        (account,) = await other.store.read([Key("account", 1)])
        assert account is not None
        assert account.row[2] == len(operators) * 5
        counted = await other.store.select("SELECT count(*), count(DISTINCT unit) FROM step", {}, 1)
        assert list(counted) == [(80, 80)]


@asynccontextmanager
async def on_file(path: Path, *programs: Program[Any]) -> AsyncIterator[Region]:
    """A region of its own on a real file, through aiosqlite."""
    application = application_of(programs)
    connections = [
        await connect(path, read_only=read_only, busy_s_max=10, cache_kib=512)
        for read_only in (False, False, False)
    ]
    store = SqliteStore(connections[0], connections[1], connections[2], (*MONITOR_TABLES, *TABLES))
    try:
        await prepare_schema(connections[0], application)
        number = await connections[0].run(
            lambda database: database.execute(
                "INSERT INTO region (started, process) VALUES ('', '') RETURNING number"
            ).fetchone()[0]
        )
        settings = Settings(
            presentation="tests.monitor.plain:PlainPresentation", good_morning_transid="", limits=QUIET
        )
        region = await start(
            settings,
            application,
            store=store,
            number=number,
            clock=SystemClock(),
            randomness=random.Random(number),  # noqa: S311 the same in every run
        )
        yield region
        region.close()
    finally:
        await store.close()


# 6. Isolation


@pytest.mark.parametrize("regions", [1, 2])
async def test_write_skew_is_refused(disk: Disk, regions: int) -> None:
    """Each step reads both accounts, and takes from one only if both together have enough: never below."""

    @transaction("SKEW")
    async def skew(task: Task[NoArea]) -> Outcome:
        one, two = await task.files[Account].read(1), await task.files[Account].read(2)
        assert one
        assert two
        await asyncio.sleep(0)
        if one.balance + two.balance < 100:
            return Finish(note("not enough"))
        mine = one if task.terminal == "T0" else two
        await task.files[Account].rewrite(changed(mine, balance=mine.balance - 60))
        return Finish(note("taken"))

    async with region_on(disk, skew) as region, region_on(disk, skew) as other:
        disk.accounts({1: 60, 2: 60})
        operators = [Terminal((region, other)[number % regions], f"T{number}") for number in range(2)]
        await asyncio.gather(*(operator.attach() for operator in operators))
        screens = await asyncio.gather(*(operator.press(text="SKEW") for operator in operators))
        assert sorted(screen.values["text"] for screen in screens) == ["not enough", "taken"]
        assert disk.balance(1) + disk.balance(2) == 60


async def test_key_of_another_type_is_no_way_around(disk: Disk) -> None:
    """A record read under a key of the wrong type would escape the check: such a key is an abend."""

    @transaction("ODD")
    async def odd(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read("1")
        return Finish(note("found"))

    async with region_on(disk, odd) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        assert "abend EKEY" in (await operator.press(text="ODD")).message


async def test_no_lock_outlives_a_step(disk: Disk) -> None:
    """Between two screens no record is held, in whatever way the step ended."""
    async with region_on(disk, pay) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        await operator.press(text="PAY")
        assert len(region.engine.locks) == 0


# 10. Everything has a limit


def test_every_limit_has_a_name_with_its_unit() -> None:
    """A limit says what it counts or measures: `..._max`, or `..._min`, with one of these words before it."""
    unit = re.compile(
        r"(\w+_)?(tasks|threads|processes|waiting|units|reruns|transfers|records|writes|rows|bytes|parked|fields"
        r"|chars|s|days)_(max|min)"
    )
    names = set(Limits.__struct_fields__) - {"store_cache_kib"}
    assert [name for name in sorted(names) if not unit.fullmatch(name)] == []


async def test_records_and_writes_are_limited(disk: Disk) -> None:
    """A step that reads or writes one record too many abends by the name of the limit."""

    @transaction("READ")
    async def read(task: Task[NoArea]) -> Outcome:
        for number in range(4):
            await task.files[Account].read(number)
        return Finish()

    @transaction("WRIT")
    async def write(task: Task[NoArea]) -> Outcome:
        for _ in range(4):
            task.files.append(Entry(1, 2, 3, "x"))
        return Finish()

    limits = msgspec.structs.replace(QUIET, records_max=3, writes_max=3)
    async with region_on(disk, read, write, limits=limits) as region:
        (operator,) = await attached(region, "T1")
        await operator.press(text="READ")
        await operator.press(text="WRIT")
        messages = [message for (message,) in disk.ask("SELECT message FROM dump ORDER BY number")]
        assert messages == ["records_max is 3, this task came to 4", "writes_max is 3, this task came to 4"]


async def test_region_with_a_full_queue_says_so(disk: Disk) -> None:
    """One input more than may wait is refused as busy, and the others are answered."""
    go_on = asyncio.Event()

    @transaction("WAIT")
    async def wait(task: Task[NoArea]) -> Outcome:
        await go_on.wait()
        return Finish(note("done"))

    limits = msgspec.structs.replace(QUIET, tasks_max=2, waiting_max=3)
    async with region_on(disk, wait, limits=limits) as region:
        operators = await attached(region, *(f"T{number}" for number in range(8)))
        answers = [asyncio.create_task(operator.send(operator.input(text="WAIT"))) for operator in operators]
        await settle()
        refused = [answer for answer in answers if answer.done()]
        assert len(refused) == 3
        go_on.set()
        results = await asyncio.gather(*answers)
        assert [result.reason for result in results if isinstance(result, Refused)] == [Reason.BUSY] * 3


async def test_a_step_that_waited_for_its_place_runs_again_on_fresh_state(disk: Disk) -> None:
    """Its terminal's state was read when it took the place; after a lost race it is read anew."""
    go_on, taken = asyncio.Event(), list[str]()

    @transaction("WAIT")
    async def wait(task: Task[NoArea]) -> Outcome:
        await go_on.wait()
        return Finish(note("done"))

    async def take_over(units: Sequence[Unit]) -> None:
        if not taken and any(Key("terminal", "T2") in unit.reads for unit in units):
            taken.append("T2")
            disk.ask("UPDATE terminal SET epoch = epoch + 1, written_by = written_by + 1 WHERE id = 'T2'")

    hook = Hook()
    async with region_on(
        disk, wait, limits=msgspec.structs.replace(QUIET, tasks_max=1), around=hook
    ) as region:
        first, second = await attached(region, "T1", "T2")
        hook.store.before_commit = take_over
        answers = [asyncio.create_task(each.send(each.input(text="WAIT"))) for each in (first, second)]
        await settle()
        assert region.admission.waiting == 1
        go_on.set()
        answered, refused = await asyncio.gather(*answers)
        assert isinstance(answered, Outbound)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.TAKEN_OVER


async def test_who_ran_into_a_deadlock_begins_again_with_its_locks(disk: Disk) -> None:
    """All that it held or wanted: so it waits for the other step to end before its program runs again."""
    seen = []

    @transaction("BOTH")
    async def both(task: Task[NoArea]) -> Outcome:
        seen.append("begins")
        for number in (1, 2) if task.terminal == "T1" else (2, 1):
            await deposit(task, number, 1)
        await settle()  # time enough to begin again, were it not for the locks
        seen.append("ends")
        return Finish(note("done"))

    async with region_on(disk, both) as region:
        disk.accounts({1: 0, 2: 0})
        operators = await attached(region, "T1", "T2")
        await asyncio.gather(*(operator.press(text="BOTH") for operator in operators))
        assert seen == ["begins", "begins", "ends", "begins", "ends"]
        assert disk.balance(1) == disk.balance(2) == 2

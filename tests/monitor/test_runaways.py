"""A program that never comes back, and one that waits too long: both are ended, and the others go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor import Finish, NoArea, Outcome, Query, Record, Send, Task, transaction
from monitor.errors import TaskOver
from monitor.exchange import Aid
from monitor.limits import Limits
from monitor.locks import UpdateLocks
from monitor.runaway import Runaway, Watchdog
from monitor.startup import prepare_schema
from monitor.store.connection import connect
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import Disk, Terminal, application_of, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import TABLES, Account
from tests.simulation.virtual_time import run_virtually


@pytest.mark.parametrize("inner", [False, True], ids=["plain", "in a task group"])
async def test_endless_loop_is_interrupted_while_others_work(disk: Disk, inner: bool) -> None:
    """A loop that never returns to the monitor abends AICA; its lock is free again and others go on."""
    rounds = 0

    @transaction("LOOP")
    async def loop(task: Task[NoArea]) -> Outcome:
        nonlocal rounds
        await task.files[Account].read(1, update=True)
        async with asyncio.TaskGroup() as group:
            if inner:
                group.create_task(asyncio.sleep(0))
            while True:
                rounds += 1

    @transaction("PLN")
    async def plain(task: Task[NoArea]) -> Outcome:
        nonlocal rounds
        while True:
            rounds += 1

    @transaction("EASY")
    async def easy(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        return Finish(Send("NOTE", {"text": "easy"}))

    bad_one = loop if inner else plain
    async with region_on(disk, bad_one, easy, limits=Limits(runaway_s_max=0.1)) as region:
        disk.accounts({1: 100})
        looping, others = Terminal(region), [Terminal(region, f"T1{place}") for place in range(5)]
        await asyncio.gather(looping.attach(), *(other.attach() for other in others))
        answers = await asyncio.gather(
            looping.press(text=bad_one.transid), *(other.press(text="EASY") for other in others)
        )
        assert "abend AICA" in answers[0].message
        assert answers[1:] == [Shown("NOTE", {"text": "easy"})] * 5
        assert await others[0].press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert rounds > 0
        assert "runaway_s_max" in dumps(disk)[0][2]


async def test_program_that_catches_everything_is_interrupted_too(disk: Disk) -> None:
    """`except Exception` inside the loop does not keep a runaway alive."""

    @transaction("LOOP")
    async def loop(task: Task[NoArea]) -> Outcome:
        while True:
            with suppress(Exception):
                list(range(1000))

    async with region_on(disk, loop, limits=Limits(runaway_s_max=0.1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend AICA" in (await terminal.press(text="LOOP")).message


async def test_program_that_sleeps_on_its_own_is_no_runaway(disk: Disk) -> None:
    """Many short slices, longer together than `runaway_s_max`, are allowed."""

    @transaction("SLOW")
    async def slow(task: Task[NoArea]) -> Outcome:
        for _ in range(20):
            await asyncio.sleep(0.01)
        return Finish(Send("NOTE", {"text": "done"}))

    async with region_on(disk, slow, limits=Limits(runaway_s_max=0.1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="SLOW") == Shown("NOTE", {"text": "done"})


def test_record_of_a_step_that_waits_too_long_is_free_again(disk: Disk) -> None:
    """The step that sits on a record abends EWAI, and who waited for the record gets it."""

    @transaction("SIT")
    async def sit(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        await asyncio.Event().wait()
        return Finish()

    @transaction("WANT")
    async def want(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        return Finish(Send("NOTE", {"text": "got it"}))

    async def main() -> None:
        async with region_on(disk, sit, want, limits=Limits(runaway_s_max=0, wait_s_max=10)) as region:
            disk.accounts({1: 100})
            sits, wants = Terminal(region), Terminal(region, "T002")
            await asyncio.gather(sits.attach(), wants.attach())
            first = asyncio.create_task(sits.press(text="SIT"))
            await asyncio.sleep(8)
            assert (await wants.press(text="WANT")).values == {"text": "got it"}
            assert "abend EWAI" in (await first).message
            assert 10 <= asyncio.get_running_loop().time() <= 11

    run_virtually(main())


async def test_an_interruption_while_a_lock_is_taken_leaves_none(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the lock and the line after it, too: nobody waits for a step that is over."""

    class Interrupted(UpdateLocks):
        def take(self, owner: object, record: object) -> bool:
            super().take(owner, record)
            raise Runaway

    @transaction("LOCK")
    async def lock(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        return Finish()

    monkeypatch.setattr("monitor.startup.UpdateLocks", Interrupted)
    async with region_on(disk, lock) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend AICA" in (await terminal.press(text="LOCK")).message
        assert len(region.engine.locks) == 0


def test_a_process_that_stood_still_has_no_runaway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that passed while nothing here could run, as for a process that was stopped, does not count."""
    stood_still_s = 0.0
    clock = SimpleNamespace(
        monotonic=lambda: time.monotonic() + stood_still_s, process_time=time.process_time
    )
    monkeypatch.setattr("monitor.runaway.time", clock)
    watchdog = Watchdog(0.5)

    def work() -> str:
        nonlocal stood_still_s
        time.sleep(0.1)
        stood_still_s = 60
        time.sleep(0.1)
        return "done"

    assert watchdog.slice(work) == "done"
    watchdog.close()


class Count(Record, frozen=True):
    """A number."""

    number: int


ENDLESS = Query(
    "endless", "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", Count
)
ONE = Query("one", "SELECT 1", Count)


async def waits(task: Task[NoArea]) -> None:
    """Wait for it, as one does."""
    await task.files.select(ENDLESS, limit=1)


async def fails_beside_it(task: Task[NoArea]) -> None:
    """End by another error, and leave it running."""

    async def fails() -> None:
        await asyncio.sleep(0.05)
        raise ValueError

    await asyncio.gather(task.files.select(ENDLESS, limit=1), fails())


async def goes_on_without_it(task: Task[NoArea]) -> None:
    """Leave it running, and finish."""
    asked = asyncio.create_task(task.files.select(ENDLESS, limit=1))
    await asyncio.wait([asked], timeout=0.05)
    asked.add_done_callback(lambda asked: told.append(type(asked.exception())))


async def asks_again(task: Task[NoArea]) -> None:
    """Take no cancellation for an answer."""
    while True:
        with suppress(asyncio.CancelledError):
            await task.files.select(ENDLESS, limit=1)


told: list[type[BaseException | None]] = []


@pytest.mark.parametrize(
    ("body", "code"),
    [(waits, "EWAI"), (fails_beside_it, "ASRA"), (goes_on_without_it, ""), (asks_again, "EWAI")],
)
async def test_a_query_without_end_ends_with_its_step(
    disk: Disk, tmp_path: Path, body: Callable[[Task[NoArea]], Awaitable[None]], code: str
) -> None:
    """However the step ends, the query does not go on in the connection that others use for theirs."""

    @transaction("LONG")
    async def long(task: Task[NoArea]) -> Outcome:
        await body(task)
        return Finish()

    @transaction("SHRT")
    async def short(task: Task[NoArea]) -> Outcome:
        (count,) = await task.files.select(ONE, limit=1)
        return Finish(Send("NOTE", {"text": str(count.number)}))

    told.clear()
    path = tmp_path / "store.db"
    writer = await connect(path, read_only=False, busy_s_max=5, cache_kib=256)
    await prepare_schema(writer, application_of([long, short]))
    browser = await connect(path, read_only=True, busy_s_max=5, cache_kib=256)
    store = SqliteStore(writer, writer, browser, (*MONITOR_TABLES, *TABLES))
    limits = Limits(runaway_s_max=0, wait_s_max=0.5)
    async with region_on(disk, long, short, limits=limits, around=lambda _: store) as region:
        slow, quick = Terminal(region), Terminal(region, "T002")
        await asyncio.gather(slow.attach(), quick.attach())
        assert (await slow.press(text="LONG")).message[5:].removeprefix("abend ")[:4] == code
        assert await quick.press(text="SHRT") == Shown("NOTE", {"text": "1"})
    assert told == ([TaskOver] if body is goes_on_without_it else [])
    await browser.close()
    await writer.close()


async def test_what_a_step_left_running_reads_no_more(disk: Disk) -> None:
    """A browse or a query that it asks for when the step is over is refused."""
    refused: list[type[BaseException]] = []

    async def later(task: Task[NoArea]) -> None:
        await asyncio.sleep(0.05)
        for ask in (task.files[Account].browse(limit=1), task.files.select(ONE, limit=1)):
            with suppress(TaskOver):
                await ask
                continue
            refused.append(TaskOver)

    @transaction("LEAV")
    async def leaves(task: Task[NoArea]) -> Outcome:
        left.append(asyncio.create_task(later(task)))
        return Finish()

    left: list[asyncio.Task[None]] = []
    async with region_on(disk, leaves) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="LEAV")
        await asyncio.wait(left)
    assert refused == [TaskOver, TaskOver]


async def test_a_task_group_that_failed_leaves_the_terminal_as_it_was(disk: Disk) -> None:
    """Before Python 3.13 a group that waits for a child that fails leaves a cancellation behind in the task."""

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError

    async def in_a_group() -> None:
        with suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())

    @transaction("GRUP")
    async def handles(task: Task[NoArea]) -> Outcome:
        await in_a_group()
        return Finish(Send("NOTE", {"text": "handled"}))

    @transaction("SITS")
    async def sits(task: Task[NoArea]) -> Outcome:
        await in_a_group()
        await asyncio.Event().wait()
        return Finish()

    async with region_on(disk, handles, sits, limits=Limits(runaway_s_max=0, wait_s_max=0.2)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        for _ in range(2):
            assert await terminal.press(text="GRUP") == Shown("NOTE", {"text": "handled"})
            assert "abend EWAI" in (await terminal.press(text="SITS")).message
            await terminal.press(Aid.CLEAR)
        pressed = asyncio.create_task(terminal.press(text="SITS"))
        await asyncio.sleep(0.05)
        pressed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pressed

"""A synchronous program runs in a thread: it may compute and block, and the rules of a step hold for it too."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from monitor import (
    Area,
    Converse,
    Finish,
    NoArea,
    Outcome,
    Send,
    Task,
    TransferTo,
    changed,
    transaction,
)
from monitor.errors import MonitorError
from monitor.exchange import Aid
from monitor.limits import Limits
from monitor.threads import NICENESS
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account, Entry

HASTY = Limits(runaway_s_max=0.1)


class Count(Area):
    """What the tests keep."""

    steps: int = 0


def note(text: object) -> Send:
    """A screen with one text."""
    return Send("NOTE", {"text": str(text)})


@transaction("POST", area=Count)
def posts(task: Task[Count]) -> Outcome:
    """Read, rewrite and append from a thread."""
    account = task.wait(task.files[Account].read(1, update=True))
    assert account
    task.wait(task.files[Account].rewrite(changed(account, balance=account.balance + 1)))
    task.files.append(Entry(1, 2, 1, "sync"))
    task.area.steps += 1
    return Converse(note(f"{task.area.steps} {threading.current_thread().name}"))


@transaction("EASY")
async def easy(task: Task[NoArea]) -> Outcome:
    """Anything of the others'."""
    return Finish(note("easy"))


async def attached(region: object, name: str = "T001") -> Terminal:
    """A terminal on the region."""
    terminal = Terminal(region, name)  # type: ignore[arg-type]
    await terminal.attach()
    return terminal


async def test_synchronous_program_works_as_any_other(disk: Disk) -> None:
    """Files, ledger, area and screen, one unit of work a step; and the thread is its own."""
    async with region_on(disk, posts) as region:
        disk.accounts({1: 0})
        terminal = await attached(region)
        assert (await terminal.press(text="POST")).values == {"text": "1 entracte-POST"}
        assert (await terminal.press()).values == {"text": "2 entracte-POST"}
        assert disk.balance(1) == disk.one("SELECT count(*) FROM ledger") == 2
        assert len(region.engine.locks) == 0


async def test_synchronous_programs_conflict_and_none_is_lost(disk: Disk) -> None:
    """Twenty at once on one record: it counts twenty."""
    async with region_on(disk, posts) as region:
        disk.accounts({1: 0})
        terminals = [await attached(region, f"T{place}") for place in range(20)]
        await asyncio.gather(*(terminal.press(text="POST") for terminal in terminals))
        assert disk.balance(1) == 20


async def test_a_process_that_stood_still_has_no_runaway(disk: Disk) -> None:
    """The timer comes late, for the loop could not run either: the program has the time it would have had."""
    goes_on = threading.Event()

    @transaction("SLOW")
    def slow(task: Task[NoArea]) -> Outcome:
        while not goes_on.is_set():
            time.sleep(0.005)
        return Finish(note("done"))

    def stand_still() -> None:
        time.sleep(1)
        goes_on.set()

    async with region_on(disk, slow, limits=Limits(runaway_s_max=0.3)) as region:
        terminal = await attached(region)
        asyncio.get_running_loop().call_later(0.05, stand_still)
        assert (await terminal.press(text="SLOW")).values == {"text": "done"}


async def test_the_files_are_open_to_a_program_whose_decorator_hides_that_it_is_asynchronous(
    disk: Disk,
) -> None:
    """It looks like a `def`, and then returns something to await."""

    def plain(program: Callable[..., Any]) -> Callable[..., Any]:
        return lambda task: program(task)

    @transaction("HIDE")
    @plain
    async def hidden(task: Task[NoArea]) -> Outcome:
        task.files.append(Entry(1, 2, 1, "hidden"))
        return Finish(note("done"))

    async with region_on(disk, hidden) as region:
        terminal = await attached(region)
        assert (await terminal.press(text="HIDE")).values == {"text": "done"}
        assert disk.one("SELECT reference FROM ledger") == "hidden"


async def test_another_thread_of_a_program_cannot_wait(disk: Disk) -> None:
    """It is told so, and not that the task has ended."""
    told: list[str] = []

    @transaction("HELP")
    def helped(task: Task[NoArea]) -> Outcome:
        def ask() -> None:
            try:
                task.wait(task.files[Account].read(1))
            except MonitorError as error:
                told.append(str(error))

        helper = threading.Thread(target=ask)
        helper.start()
        helper.join()
        return Finish(note(told[0]))

    async with region_on(disk, helped) as region:
        terminal = await attached(region)
        assert "is for the program's own thread" in str((await terminal.press(text="HELP")).values)


async def test_synchronous_program_is_transferred_and_linked_to(disk: Disk) -> None:
    """Each kind of program may go on with, or call, the other kind."""

    @transaction("ASY")
    async def asynchronous(task: Task[NoArea]) -> Outcome:
        return TransferTo("SYN")

    @transaction("SYN")
    def synchronous(task: Task[NoArea]) -> Outcome:
        done = task.wait(task.link("SUB", Count(6)))
        return Finish(note(done.steps))

    @transaction("SUB", area=Count)
    def subroutine(task: Task[Count]) -> Outcome:
        return Finish(area=Count(task.area.steps * 7))

    async with region_on(disk, asynchronous, synchronous, subroutine) as region:
        assert (await (await attached(region)).press(text="ASY")).values == {"text": "42"}


async def test_others_go_on_while_a_thread_blocks(disk: Disk) -> None:
    """A step that blocks its thread holds up nobody."""
    free = threading.Event()

    @transaction("BLOK")
    def blocks(task: Task[NoArea]) -> Outcome:
        free.wait(10)
        return Finish(note("free"))

    async with region_on(disk, blocks, easy) as region:
        blocked, other = await attached(region), await attached(region, "T002")
        waiting = asyncio.create_task(blocked.press(text="BLOK"))
        assert await other.press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert not waiting.done()
        free.set()
        assert (await waiting).values == {"text": "free"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
async def test_a_thread_gives_way_to_the_event_loop(disk: Disk) -> None:
    """The program's thread has a lower priority than the region, and leaves the region's as it was."""

    @transaction("PRIO")
    def priority(task: Task[NoArea]) -> Outcome:
        return Finish(note(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    async with region_on(disk, priority) as region:
        shown = await (await attached(region)).press(text="PRIO")
        assert shown.values == {"text": str(min(before + NICENESS, 19))}
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


async def test_runaway_thread_is_interrupted(disk: Disk) -> None:
    """An endless loop abends AICA, its writes are backed out, its lock is free, and the thread is gone."""
    ended = threading.Event()

    @transaction("LOOP")
    def loops(task: Task[NoArea]) -> Outcome:
        account = task.wait(task.files[Account].read(1, update=True))
        assert account
        task.wait(task.files[Account].rewrite(changed(account, balance=0)))
        task.files.append(Entry(1, 2, 1, "lost"))
        try:
            while True:
                with suppress(Exception):
                    list(range(100))
        finally:
            ended.set()

    async with region_on(disk, loops, posts, easy, limits=HASTY) as region:
        disk.accounts({1: 100})
        looping, other = await attached(region), await attached(region, "T002")
        failed = asyncio.create_task(looping.press(text="LOOP"))
        assert await other.press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert "LOOP abend AICA" in (await failed).message
        assert ended.wait(1)
        assert (disk.balance(1), disk.one("SELECT count(*) FROM ledger")) == (100, 0)
        assert (await other.press(text="POST")).values["text"].startswith("1 ")


async def test_thread_that_cannot_be_stopped_is_left_behind(disk: Disk) -> None:
    """One call that does not return abends AICA all the same; what the thread wants later is refused."""
    free, refused = threading.Event(), threading.Event()

    @transaction("HANG")
    def hangs(task: Task[NoArea]) -> Outcome:
        try:
            free.wait(10)
        finally:
            try:
                task.files.append(Entry(1, 2, 1, "late"))
            except BaseException:
                refused.set()
                raise
        return Finish()

    async with region_on(disk, hangs, posts, limits=Limits(runaway_s_max=0.05, threads_max=2)) as region:
        disk.accounts({1: 0})
        terminal = await attached(region)
        began = time.monotonic()
        assert "HANG abend AICA" in (await terminal.press(text="HANG")).message
        assert time.monotonic() - began < 5
        assert (await terminal.press(text="POST")).message == ""
        free.set()
        assert refused.wait(2)
        await terminal.press()
        assert disk.ask("SELECT reference FROM ledger") == [("sync",), ("sync",)]


async def test_thread_that_waits_too_long_is_given_up(disk: Disk) -> None:
    """A wait in the loop, or a computation past `wait_s_max`, abends EWAI."""

    @transaction("SITS")
    def sits(task: Task[NoArea]) -> Outcome:
        task.wait(asyncio.sleep(60))
        return Finish()

    @transaction("LONG")
    def long(task: Task[NoArea]) -> Outcome:
        while True:
            time.sleep(0.001)

    limits = Limits(runaway_s_max=0, wait_s_max=0.1)
    async with region_on(disk, sits, long, limits=limits) as region:
        terminals = [await attached(region, name) for name in ("T1", "T2")]
        answers = await asyncio.gather(terminals[0].press(text="SITS"), terminals[1].press(text="LONG"))
        assert [answer.message[:15] for answer in answers] == ["SITS abend EWAI", "LONG abend EWAI"]


async def test_error_in_a_thread_is_dumped_with_its_line(disk: Disk) -> None:
    """An exception abends ASRA; what a wait raises is raised in the program."""

    @transaction("BAD")
    def bad(task: Task[NoArea]) -> Outcome:
        with suppress(ZeroDivisionError):
            task.wait(divide())
        raise RuntimeError("the line to find")

    async def divide() -> float:
        return 1 / 0

    async with region_on(disk, bad) as region:
        assert "BAD abend ASRA" in (await (await attached(region)).press(text="BAD")).message
        assert dumps(disk) == [("BAD", "ASRA", "RuntimeError: the line to find")]
        assert "in bad" in disk.one("SELECT detail FROM dump")


async def test_it_is_known_when_a_thread_is_in_the_way(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a program is at work in one for long, and a little after; a short one is never felt."""
    monkeypatch.setattr("monitor.threads.FELT_FOR_S", 0.05)
    go_on = threading.Event()

    @transaction("WORK")
    def works(task: Task[NoArea]) -> Outcome:
        go_on.wait(10)
        return Finish()

    async with region_on(disk, works, posts) as region:
        disk.accounts({1: 0})
        contend = region.engine.threads.contend
        terminal = await attached(region)
        assert not contend()
        working = asyncio.create_task(terminal.press(text="WORK"))
        await asyncio.sleep(0.05)
        assert contend()
        go_on.set()
        await working
        assert contend()
        await asyncio.sleep(0.1)
        assert not contend()
        monkeypatch.setattr("monitor.threads.FELT_S", 10.0)
        await terminal.press(text="POST")
        assert not contend()


async def test_a_thread_that_is_left_behind_is_in_the_way(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its step has ended without it; as long as it computes it is counted, and then no more."""
    monkeypatch.setattr("monitor.threads.FELT_FOR_S", 0.05)
    monkeypatch.setattr("monitor.threads.GRACE_S", 0.1)
    go_on = threading.Event()

    @transaction("HANG")
    def hangs(task: Task[NoArea]) -> Outcome:
        while not go_on.is_set():
            with suppress(BaseException):
                go_on.wait(0.05)
        return Finish()

    async with region_on(disk, hangs, limits=HASTY) as region:
        terminal = await attached(region)
        assert "abend AICA" in (await terminal.press(text="HANG")).message
        await asyncio.sleep(0.2)
        assert region.engine.threads.contend()
        go_on.set()
        await asyncio.sleep(0.3)
        assert not region.engine.threads.contend()


async def test_a_thread_that_cannot_be_started_keeps_no_place(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step abends; once there can be threads again, so there are."""

    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async with region_on(disk, posts, limits=Limits(threads_max=1, wait_s_max=2)) as region:
        disk.accounts({1: 0})
        terminal = await attached(region)
        with monkeypatch.context() as changes:
            changes.setattr("threading.Thread.start", no_more)
            assert "abend ASRA" in (await terminal.press(text="POST")).message
        await terminal.press(Aid.CLEAR)
        assert (await terminal.press(text="POST")).values["text"].startswith("1 ")


def test_synchronous_program_is_a_plain_function_in_a_test() -> None:
    """Without a region `wait` runs what does not really wait."""

    async def answer() -> int:
        return 42

    @transaction("UNIT")
    def unit(task: Task[NoArea]) -> Outcome:
        return Finish(note(task.wait(answer())))

    task = object.__new__(Task)
    task._wait = None
    assert unit.function(task) == Finish(note(42))

"""A program that never comes back, and one that waits too long: both are ended, and the others go on."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.limits import Limits
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account
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

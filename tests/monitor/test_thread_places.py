"""Places of threads: a program has one while it runs, and lends it to the program it waits for."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any

from monitor import Abend, Finish, NoArea, Outcome, Task, transaction
from monitor.limits import Limits
from monitor.startup import Region
from tests.monitor.bed import Disk, region_on
from tests.monitor.records import Account
from tests.monitor.test_threads import Count, attached, note


async def settled(region: Region) -> None:
    """The only place is free again, and there is no other."""
    places = region.engine.threads.places
    async with asyncio.timeout(5):
        await places.acquire()
    assert places.locked()
    places.release()


async def test_a_linked_program_has_the_place_of_the_one_that_waits_for_it(disk: Disk) -> None:
    """With one place for all, several that link to a synchronous program come to their end."""

    @transaction("INNR", area=Count)
    def inner(task: Task[Count]) -> Outcome:
        return Finish(area=one_more(task.area))

    @transaction("MIDL", area=Count)
    async def middle(task: Task[Count]) -> Outcome:
        return Finish(area=await task.link("INNR", task.area))

    @transaction("OUTR")
    def outer(task: Task[NoArea]) -> Outcome:
        area = Count()
        for transid in ("INNR", "MIDL", "NONE"):
            with suppress(Abend):
                area = task.wait(task.link(transid, area))
        return Finish(note(area.steps))

    limits = Limits(threads_max=1, wait_s_max=5)
    async with region_on(disk, outer, middle, inner, limits=limits) as region:
        terminals = [await attached(region, f"T{place}") for place in range(3)]
        answers = await asyncio.gather(*(terminal.press(text="OUTR") for terminal in terminals))
        assert [answer.values for answer in answers] == [{"text": "2"}] * 3
        await settled(region)


@transaction("ASUB", area=Count)
async def subroutine(task: Task[Count]) -> Outcome:
    """Take a while, without a thread."""
    await asyncio.sleep(0.05)
    return Finish(area=task.area)


async def test_a_program_that_waits_for_another_keeps_its_place_from_other_steps(disk: Disk) -> None:
    """They may wait for a record that this step holds: it would never get its place back."""

    @transaction("OUTR")
    def outer(task: Task[NoArea]) -> Outcome:
        task.wait(task.files[Account].read(1, update=True))
        task.wait(task.link("ASUB", Count()))
        return Finish(note("outer"))

    @transaction("HOT")
    def hot(task: Task[NoArea]) -> Outcome:
        task.wait(task.files[Account].read(1, update=True))
        return Finish(note("hot"))

    limits = Limits(threads_max=1, wait_s_max=5)
    async with region_on(disk, outer, hot, subroutine, limits=limits) as region:
        disk.accounts({1: 0})
        terminals = [await attached(region, f"T{place}") for place in range(3)]
        answers = await asyncio.gather(
            terminals[0].press(text="OUTR"), *(one.press(text="HOT") for one in terminals[1:])
        )
        assert [answer.values["text"] for answer in answers] == ["outer", "hot", "hot"]
        await settled(region)


async def test_every_place_comes_back_however_a_link_ends(disk: Disk) -> None:
    """One of two at once fails, and the program is over before the other; or it links after its thread has ended."""

    @transaction("BAD", area=Count)
    def bad(task: Task[Count]) -> Outcome:
        raise Abend("XXXX", "no")

    @transaction("BOTH")
    def both(task: Task[NoArea]) -> Outcome:
        async def links() -> None:
            await asyncio.gather(task.link("ASUB", Count()), task.link("BAD", Count()))

        with suppress(Abend):
            task.wait(links())
        return Finish(note("both"))

    async def late(task: Task[NoArea]) -> Outcome:
        await task.link("ASUB", Count())
        with suppress(Abend):
            await task.link("BAD", Count())
        return Finish(note("late"))

    def looks_synchronous(task: Task[NoArea]) -> Any:
        return late(task)

    programs = (both, transaction("LATE")(looks_synchronous), bad, subroutine)
    async with region_on(disk, *programs, limits=Limits(threads_max=1, wait_s_max=5)) as region:
        terminal = await attached(region)
        for text in ("BOTH", "LATE", "BOTH", "LATE"):
            assert (await terminal.press(text=text)).values == {"text": text.lower()}
        await asyncio.sleep(0.1)  # what was left running has ended
        await settled(region)


def one_more(area: Count) -> Count:
    """One more."""
    return Count(steps=area.steps + 1)


async def test_more_threads_than_places_wait(disk: Disk) -> None:
    """With two places, six programs run two at a time, and all of them run."""
    now, most, lock = 0, 0, threading.Lock()

    @transaction("BUSY")
    def busy(task: Task[NoArea]) -> Outcome:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return Finish(note("done"))

    async with region_on(disk, busy, limits=Limits(threads_max=2)) as region:
        terminals = [await attached(region, f"T{place}") for place in range(6)]
        await asyncio.gather(*(terminal.press(text="BUSY") for terminal in terminals))
        assert most == 2

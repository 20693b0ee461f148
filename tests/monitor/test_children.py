"""The tasks a program starts itself: what they do wrong is the program's, and nobody else's."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.children import Child, watch_children
from monitor.exchange import Aid
from monitor.limits import Limits
from monitor.runaway import Watchdog
from tests.monitor.bed import QUIET, Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account

SHORT = Limits(runaway_s_max=0.1)
EASY = Shown("NOTE", {"text": "easy"})


@transaction("EASY")
async def easy(task: Task[NoArea]) -> Outcome:
    """Read the record that the bad ones lock."""
    await task.files[Account].read(1, update=True)
    return Finish(Send("NOTE", {"text": "easy"}))


async def in_a_group(work: Coroutine[Any, Any, Any]) -> None:
    """As a program would."""
    async with asyncio.TaskGroup() as group:
        group.create_task(work)


async def gathered(work: Coroutine[Any, Any, Any]) -> None:
    """As a program would."""
    await asyncio.gather(work, asyncio.sleep(0))


async def created(work: Coroutine[Any, Any, Any]) -> None:
    """As a program would."""
    await asyncio.create_task(work, name="child")


WAYS = [in_a_group, gathered, created]


async def spin() -> None:
    """Never return."""
    await asyncio.sleep(0)
    while True:
        pass


async def leave() -> None:
    """Never say goodbye."""
    await asyncio.sleep(0)
    sys.exit(3)


async def grandchild() -> None:
    """Have somebody else not return."""
    await asyncio.create_task(spin())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("work", [spin, grandchild])
async def test_an_endless_child_is_interrupted_while_others_work(
    disk: Disk, way: Callable[[Coroutine[Any, Any, Any]], Awaitable[None]], work: Callable[[], Any]
) -> None:
    """It abends AICA as the program itself would; its lock is free again."""

    @transaction("LOOP")
    async def loop(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        await way(work())
        return Finish()

    async with region_on(disk, loop, easy, limits=SHORT) as region:
        disk.accounts({1: 100})
        looping, other = Terminal(region, "T1"), Terminal(region, "T2")
        await asyncio.gather(looping.attach(), other.attach())
        answer, fine = await asyncio.gather(looping.press(text="LOOP"), other.press(text="EASY"))
        assert "abend AICA" in answer.message
        assert fine == EASY
        assert "runaway_s_max" in dumps(disk)[0][2]


async def interrupt() -> None:
    """As if the operator of the machine had."""
    await asyncio.sleep(0)
    raise KeyboardInterrupt


async def close() -> None:
    """As if the coroutine were being closed: who waits for it would be."""
    await asyncio.sleep(0)
    raise GeneratorExit


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("work", "told"),
    [(leave, "SystemExit(3)"), (interrupt, "KeyboardInterrupt()"), (close, "GeneratorExit()")],
)
async def test_a_child_that_exits_ends_its_own_step_only(
    disk: Disk,
    way: Callable[[Coroutine[Any, Any, Any]], Awaitable[None]],
    work: Callable[[], Coroutine[Any, Any, None]],
    told: str,
) -> None:
    """What would end the process is an error like any other."""

    @transaction("EXIT")
    async def exits(task: Task[NoArea]) -> Outcome:
        await way(work())
        return Finish()

    async with region_on(disk, exits, easy, limits=QUIET) as region:
        disk.accounts({1: 100})
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend ASRA" in (await terminal.press(text="EXIT")).message
        await terminal.press(Aid.CLEAR)
        assert await terminal.press(text="EASY") == EASY
        assert f"raised {told}" in str(disk.ask("SELECT detail FROM dump"))


async def test_what_a_program_leaves_running_is_watched_as_well(disk: Disk) -> None:
    """The step is over and answered; the loop it left behind is interrupted all the same."""
    left: list[asyncio.Task[None]] = []

    @transaction("LEAV")
    async def leaves(task: Task[NoArea]) -> Outcome:
        left.append(asyncio.create_task(spin()))
        return Finish(Send("NOTE", {"text": "left"}))

    async with region_on(disk, leaves, easy, limits=SHORT) as region:
        disk.accounts({1: 100})
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="LEAV") == Shown("NOTE", {"text": "left"})
        assert await terminal.press(text="EASY") == EASY
        await asyncio.wait(left)
        assert type(left[0].exception()).__name__ == "Runaway"


async def test_a_child_is_what_the_program_made(disk: Disk) -> None:
    """Its name, its value, its context and its cancellation are as asyncio has them; one never begun says nothing."""
    seen: list[object] = []

    async def value(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def never() -> None:
        seen.append("begun")

    class Odd:
        """An awaitable that is no coroutine."""

        def __await__(self) -> Generator[Any, Any, int]:
            return value(3).__await__()

    @transaction("KIND")
    async def kind(task: Task[NoArea]) -> Outcome:
        child = asyncio.create_task(value(1), name="one")
        seen.extend([child.get_name(), "value" in repr(child), await child])
        seen.append(await asyncio.gather(value(2), Odd()))
        unborn = asyncio.create_task(never())
        unborn.cancel()
        (result,) = await asyncio.gather(unborn, return_exceptions=True)
        seen.append(type(result))
        async with asyncio.timeout(5):
            seen.append(await asyncio.wait_for(value(4), 5))
        with pytest.raises(TypeError):
            await asyncio.create_task(5)  # type: ignore[arg-type]
        return Finish()

    async with region_on(disk, kind, limits=QUIET) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="KIND")
        assert dumps(disk) == []
        gc.collect()  # a coroutine that was never awaited would be a warning here
    assert seen == ["one", True, 1, [2, 3], asyncio.CancelledError, 4]


LARGE, LESS = 7**350_000, 3**260_000 + 1


def seen_by_the_watchdog() -> None:
    """Compute for long enough to be noticed, and not yet interrupted."""
    end = time.monotonic() + 0.06
    while time.monotonic() < end:
        pass


async def ends_with_an_operator() -> int:
    """One long instruction, and nothing after it."""
    seen_by_the_watchdog()
    return LARGE % LESS


async def ends_with_a_call() -> tuple[int, int]:
    """The same, as later Pythons see it."""
    seen_by_the_watchdog()
    return divmod(LARGE, LESS)


@pytest.mark.parametrize("work", [ends_with_an_operator, ends_with_a_call])
async def test_an_interrupt_that_comes_late_stays_with_its_child(disk: Disk, work: Callable[[], Any]) -> None:
    """It cannot be raised within the last instruction; it is raised before anybody else's begins."""

    @transaction("LATE")
    async def late(task: Task[NoArea]) -> Outcome:
        await asyncio.gather(work(), work())
        return Finish()

    async with region_on(disk, late, easy, limits=SHORT) as region:
        disk.accounts({1: 100})
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend AICA" in (await terminal.press(text="LATE")).message
        await asyncio.sleep(0.1)
        assert not region.engine.watchdog.watching
        await terminal.press(Aid.CLEAR)
        assert await terminal.press(text="EASY") == EASY


async def test_a_cancelled_child_keeps_nothing_alive(disk: Disk) -> None:
    """What it held is free at once, without the garbage collector."""

    class Held:
        """Something large."""

    held: list[weakref.ref[Held]] = []

    async def holds() -> None:
        large = Held()
        held.append(weakref.ref(large))
        await asyncio.Event().wait()

    @transaction("HOLD")
    async def hold(task: Task[NoArea]) -> Outcome:
        child = asyncio.create_task(holds())
        await asyncio.sleep(0)
        child.cancel()
        await asyncio.wait([child])
        return Finish()

    async with region_on(disk, hold, limits=QUIET) as region:
        terminal = Terminal(region)
        await terminal.attach()
        gc.disable()
        try:
            await terminal.press(text="HOLD")
            assert held[0]() is None
        finally:
            gc.enable()


async def test_regions_of_one_loop_come_and_go_in_any_order(disk: Disk) -> None:
    """They share one factory; after the last of them the loop has its own."""
    loop = asyncio.get_running_loop()
    leaves = []
    for _ in range(5):
        watchdog = Watchdog(0)
        leaves.append(watch_children(watchdog))
        assert len({id(getattr(loop.get_task_factory(), "__self__", None)) for _ in leaves}) == 1
    factory = loop.get_task_factory()
    for leave in leaves:
        assert loop.get_task_factory() == factory
        leave()
    assert loop.get_task_factory() is None


async def test_a_factory_that_wraps_coroutines_itself_is_served(disk: Disk) -> None:
    """What it awaits is awaited as the program's own coroutine would be."""

    async def traced(coroutine: Awaitable[Any]) -> Any:
        return await coroutine

    def tracing(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(traced(coroutine), loop=loop, **options)

    async def value() -> int:
        await asyncio.sleep(0)
        return 5

    @transaction("WRAP")
    async def wraps(task: Task[NoArea]) -> Outcome:
        return Finish(Send("NOTE", {"text": str(await asyncio.create_task(value()))}))

    asyncio.get_running_loop().set_task_factory(tracing)
    async with region_on(disk, wraps, limits=QUIET) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="WRAP") == Shown("NOTE", {"text": "5"})


async def test_the_loop_has_its_own_factory_back(disk: Disk) -> None:
    """Closing the region takes its factory away; one that somebody put over it stays, and works."""
    loop = asyncio.get_running_loop()
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        made.append(type(coroutine).__name__)
        return asyncio.Task(coroutine, loop=loop, **options)

    loop.set_task_factory(factory)
    try:

        @transaction("CHLD")
        async def starts_one(task: Task[NoArea]) -> Outcome:
            await asyncio.create_task(asyncio.sleep(0))
            return Finish()

        async with region_on(disk, starts_one, limits=QUIET) as region:
            assert loop.get_task_factory() != factory
            terminal = Terminal(region)
            await terminal.attach()
            await terminal.press(text="CHLD")
        assert made.count("Child") == 1
        assert loop.get_task_factory() == factory
        async with region_on(disk, starts_one, limits=QUIET):
            loop.set_task_factory(factory)
        assert loop.get_task_factory() == factory
    finally:
        loop.set_task_factory(None)


async def test_a_child_that_starts_at_once_is_watched(disk: Disk) -> None:
    """With an eager factory, such as asyncio's own from 3.12 on, it begins within the program's own slice."""

    def eager(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        if isinstance(coroutine, Child):
            coroutine.send(None)
        return asyncio.Task(coroutine, loop=loop, **options)

    async def at_once() -> None:
        while True:
            pass

    @transaction("EAGR")
    async def starts_one(task: Task[NoArea]) -> Outcome:
        await asyncio.create_task(at_once())
        return Finish()

    asyncio.get_running_loop().set_task_factory(eager)
    async with region_on(disk, starts_one, easy, limits=SHORT) as region:
        disk.accounts({1: 100})
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend AICA" in (await terminal.press(text="EAGR")).message
        await terminal.press(Aid.CLEAR)
        assert await terminal.press(text="EASY") == EASY

"""Deadlines: a step that takes too long is cancelled, again and again if it will not hear."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from monitor.deadline import Deadlines
from tests.simulation.virtual_time import run_virtually


def test_a_step_that_swallows_its_cancellation_is_cancelled_again() -> None:
    """A loop that catches each cancellation is at its end soon after the limit, not after all its waits."""

    async def main() -> float:
        deadlines = Deadlines(10.0)
        task = deadlines.enter(deadlines.due())
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(5):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(100)
        ended = loop.time() - began
        assert deadlines.expired(task)
        deadlines.leave(task)
        assert not task.cancelling()
        return ended

    assert run_virtually(main()) < 20


def test_a_cancellation_from_outside_is_not_taken_back() -> None:
    """Who cancels a step from outside is heard, even when the limit has passed as well."""

    async def step(deadlines: Deadlines, said: list[bool]) -> None:
        task = deadlines.enter(deadlines.due())
        try:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(100)
            await asyncio.sleep(100)
        finally:
            said.append(deadlines.expired(task))

    async def main() -> list[bool]:
        said: list[bool] = []
        task = asyncio.create_task(step(Deadlines(10.0), said))
        await asyncio.sleep(10.5)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return said

    assert run_virtually(main()) == [False]

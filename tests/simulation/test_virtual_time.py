"""The virtual loop itself: time passes in order and costs none, and a standstill is told."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.simulation.virtual_time import Stuck, run_virtually


def test_hours_pass_in_no_time_and_in_order() -> None:
    """Sleepers wake in the order of their times, and a day takes no second."""
    woken: list[tuple[float, str]] = []

    async def sleeper(hours: int, name: str) -> None:
        await asyncio.sleep(hours * 3600)
        woken.append((asyncio.get_running_loop().time(), name))

    async def main() -> None:
        await asyncio.gather(sleeper(24, "day"), sleeper(1, "hour"), sleeper(12, "noon"))

    began = time.monotonic()
    run_virtually(main())
    assert [name for _, name in woken] == ["hour", "noon", "day"]
    assert [round(at) for at, _ in woken] == [3600, 12 * 3600, 24 * 3600]
    assert time.monotonic() - began < 5


def test_timeout_ends_a_wait() -> None:
    """`asyncio.timeout` works on virtual time."""

    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1000):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_virtually(main()) == pytest.approx(1000)


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_standstill_is_told() -> None:
    """A wait that nothing can end is an error, not a test that hangs."""

    async def main() -> None:
        waiting = asyncio.ensure_future(asyncio.Event().wait())
        await asyncio.wait([waiting])

    with pytest.raises(Stuck):
        run_virtually(main())

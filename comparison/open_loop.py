"""Open-loop terminals: inputs arrive at a fixed rate, whether or not the ones before were answered.

Latency is counted from when an input was due, not from when it could be sent, so that a competitor that stands
still is charged for everyone who had to wait (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from comparison.closed_loop import percentile
from comparison.workload import Session, Transfer

BEHIND_S_MAX = 1.0
"""An input this long overdue ends the run: the rate is past saturation."""
TURN_S = 0.001


class Arrivals(NamedTuple):
    """One run at one rate."""

    rate: float
    answered: int
    posted: int
    seconds: float
    saturated: bool
    latencies_ms: Sequence[float]
    """From the due time of each input to its answer, sorted; of all that were answered."""

    def percentile_ms(self, percent: float) -> float:
        """The latency that `percent` of the inputs did not exceed."""
        return percentile(self.latencies_ms, percent)


class _Desk:
    """The idle terminals, and what each does next."""

    def __init__(
        self, sessions: Sequence[Session], work: Sequence[Iterator[Transfer]], measure_from: float
    ) -> None:
        self.idle = deque(zip(sessions, work, [False] * len(sessions), strict=True))
        self.latencies_ms: list[float] = []
        self.posted = 0
        self._measure_from = measure_from

    async def step(self, due: float) -> None:
        """The next step of the terminal that has been idle longest."""
        session, typed, checked = self.idle.popleft()
        if checked:
            await session.post()
            self.posted += 1
        else:
            await session.check(next(typed))
        if due >= self._measure_from:
            self.latencies_ms.append((time.perf_counter() - due) * 1e3)
        self.idle.append((session, typed, not checked))


async def run(
    sessions: Sequence[Session],
    work: Sequence[Iterator[Transfer]],
    rate: float,
    seconds: float,
    warm_up_s: float = 0.0,
) -> Arrivals:
    """Let inputs arrive `rate` times a second for `seconds`, or until they are too far behind."""
    start = time.perf_counter()
    desk = _Desk(sessions, work, start + warm_up_s)
    issued, saturated, count = 0, False, int(rate * (warm_up_s + seconds))
    async with asyncio.TaskGroup() as group:
        while issued < count and not saturated:
            due = start + issued / rate
            now = time.perf_counter()
            saturated = now - due > BEHIND_S_MAX
            if now < due or not desk.idle:
                await asyncio.sleep(min(TURN_S, due - now) if now < due else TURN_S)
                continue
            group.create_task(desk.step(due))
            issued += 1
            await asyncio.sleep(0)  # the task takes its terminal
    took = max(seconds, time.perf_counter() - start)
    return Arrivals(rate, issued, desk.posted, took, saturated, sorted(desk.latencies_ms))

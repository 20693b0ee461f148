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

SHARE_MIN = 0.95
"""Of the inputs offered in the measured time; who answers fewer in it is saturated, however long it is."""
PROMPT_S = 0.05
"""An answer this soon after its input is no backlog, though the measured time may end between the two."""
BEHIND_S_MAX = 1.0
"""An input this long overdue ends the run of a competitor that is saturated: it would only get longer."""
TURN_S = 0.001


class Arrivals(NamedTuple):
    """One run at one rate."""

    rate: float
    answered: int
    posted: int
    seconds: float
    share: float
    """Answers in the measured time, or prompt after it, over inputs that were due in it; at most 1."""
    latencies_ms: Sequence[float]
    """From the due time of each input to its answer, sorted; of all that were answered."""

    cut_short: bool = False
    """The run was ended; whoever had not been answered would have waited longer."""

    @property
    def saturated(self) -> bool:
        """Whether the rate is more than can be answered."""
        return self.share < SHARE_MIN

    def percentile_ms(self, percent: float) -> float:
        """The latency that `percent` of the inputs did not exceed."""
        return percentile(self.latencies_ms, percent)


def in_time(due: float, answered: float, measure_from: float, measure_until: float) -> bool:
    """Whether an answer is one of the measured time: given in it, or promptly to an input from before its end."""
    return measure_from <= answered < measure_until or due < measure_until <= answered < due + PROMPT_S


class _Desk:
    """The idle terminals, and what each does next."""

    def __init__(
        self,
        sessions: Sequence[Session],
        work: Sequence[Iterator[Transfer]],
        measure_from: float,
        measure_until: float,
    ) -> None:
        self.idle = deque(zip(sessions, work, [False] * len(sessions), strict=True))
        self.latencies_ms: list[float] = []
        self.posted = 0
        self._measure_from = measure_from
        self._measure_until = measure_until
        self._in_time = 0

    async def step(self, due: float) -> None:
        """The next step of the terminal that has been idle longest."""
        session, typed, checked = self.idle.popleft()
        if checked:
            await session.post()
            self.posted += 1
        else:
            await session.check(next(typed))
        now = time.perf_counter()
        self._in_time += in_time(due, now, self._measure_from, self._measure_until)
        if due >= self._measure_from:
            self.latencies_ms.append((now - due) * 1e3)
        self.idle.append((session, typed, not checked))

    def share(self, rate: float, now: float) -> float:
        """Of what was offered in the measured time so far, what was answered in it."""
        offered = rate * (min(now, self._measure_until) - self._measure_from)
        return min(1.0, self._in_time / offered) if offered >= 1 else 1.0


async def run(
    sessions: Sequence[Session],
    work: Sequence[Iterator[Transfer]],
    rate: float,
    seconds: float,
    warm_up_s: float = 0.0,
) -> Arrivals:
    """Let inputs arrive `rate` times a second for `seconds`, or until they are too far behind."""
    start = time.perf_counter()
    until = start + warm_up_s + seconds
    desk = _Desk(sessions, work, start + warm_up_s, until)
    issued, count, ended = 0, int(rate * (warm_up_s + seconds)), None
    async with asyncio.TaskGroup() as group:
        while issued < count and ended is None:
            due = start + issued / rate
            now = time.perf_counter()
            if now - due > BEHIND_S_MAX and desk.share(rate, now) < SHARE_MIN:
                ended = desk.share(rate, now)
            elif now < due or not desk.idle:
                await asyncio.sleep(min(TURN_S, due - now) if now < due else TURN_S)
            else:
                group.create_task(desk.step(due))
                issued += 1
                await asyncio.sleep(0)  # the task takes its terminal
    took = max(seconds, time.perf_counter() - start)
    share = desk.share(rate, until) if ended is None else ended
    return Arrivals(rate, issued, desk.posted, took, share, sorted(desk.latencies_ms), ended is not None)

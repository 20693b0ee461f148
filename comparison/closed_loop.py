"""Closed-loop terminals: each sends its next step as soon as the last is answered, for a given time."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from comparison.workload import Session, Transfer


class Measurement(NamedTuple):
    """One run of one competitor at one number of terminals."""

    steps: int
    posted: int
    seconds: float
    cpu_s: float
    latencies_ms: Sequence[float]
    """Of every step of the measured time, sorted."""
    posted_each: Sequence[int] = ()
    """Transfers each session posted in the whole run, in the order of the sessions."""

    @property
    def steps_per_s(self) -> float:
        """Steps answered a second."""
        return self.steps / self.seconds

    @property
    def cpu_us_per_step(self) -> float:
        """Processor time a step of all processes at work, in microseconds; the simulated terminals' included."""
        return self.cpu_s / max(self.steps, 1) * 1e6

    def percentile_ms(self, percent: float) -> float:
        """The latency that `percent` of the steps did not exceed."""
        return percentile(self.latencies_ms, percent)


def percentile(sorted_values: Sequence[float], percent: float) -> float:
    """The least value that `percent` of the values do not exceed; not a number if there are none."""
    if not sorted_values:
        return float("nan")
    return sorted_values[max(1, math.ceil(len(sorted_values) * percent / 100)) - 1]


class _Tally:
    def __init__(self, measure_from: float, stop_at: float) -> None:
        self.measure_from = measure_from
        self.stop_at = stop_at
        self.steps = 0
        self.posted = 0
        self.latencies_ms: list[float] = []

    def count(self, began: float, now: float) -> None:
        if now >= self.measure_from and now < self.stop_at:
            self.steps += 1
            self.latencies_ms.append((now - began) * 1e3)


def elsewhere_of(opened: object) -> Callable[[], float]:
    """How to ask a competitor for the processor time it uses in other processes; most use none."""
    asked: Callable[[], float] = getattr(opened, "elsewhere_cpu_s", float)
    return asked


async def run(
    sessions: Sequence[Session],
    work: Sequence[Iterator[Transfer]],
    seconds: float,
    warm_up_s: float = 0.5,
    *,
    elsewhere_cpu_s: Callable[[], float] = float,
) -> tuple[Measurement, int, int]:
    """Drive all sessions; returns the measurement, and the steps and postings of the whole run for the audit.

    `elsewhere_cpu_s`: processor time used so far by other processes that do part of the work.
    """
    start = time.perf_counter()
    tally = _Tally(start + warm_up_s, start + warm_up_s + seconds)
    posted_each = [0] * len(sessions)
    cpu = [0.0, 0.0]

    async def clock_cpu() -> None:
        await asyncio.sleep(warm_up_s)
        cpu[0] = time.process_time() + elsewhere_cpu_s()
        await asyncio.sleep(max(0.0, tally.stop_at - time.perf_counter()))
        cpu[1] = time.process_time() + elsewhere_cpu_s()

    async def operate(place: int, session: Session, typed: Iterator[Transfer]) -> None:
        began = time.perf_counter()
        while began < tally.stop_at:
            await session.check(next(typed))
            middle = time.perf_counter()
            tally.count(began, middle)
            await session.post()
            posted_each[place] += 1
            now = time.perf_counter()
            tally.count(middle, now)
            began = now

    async with asyncio.TaskGroup() as group:
        group.create_task(clock_cpu())
        for place, (session, typed) in enumerate(zip(sessions, work, strict=True)):
            group.create_task(operate(place, session, typed))
    posted, latencies_ms = sum(posted_each), sorted(tally.latencies_ms)
    measured = Measurement(tally.steps, posted, seconds, cpu[1] - cpu[0], latencies_ms, posted_each)
    return measured, 2 * posted, posted

"""Steps a second and latency: all competitors in turns, round by round, so that ratios hold when the machine drifts."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

from comparison import closed_loop, open_loop
from comparison.audit import Expected, audit
from comparison.bank_store import copied
from comparison.compare.plan import Plan
from comparison.compare.results import Latency, Speed, Spread
from comparison.competitor import Competitor, Keyboard
from comparison.workload import transfers


class Measured(NamedTuple):
    """One competitor at one number of terminals in one round."""

    competitor: Competitor
    terminals: int
    round: int
    measured: closed_loop.Measurement


class Bench:
    """Competitors with a store each, and what they acknowledged."""

    def __init__(self, plan: Plan, competitors: Sequence[Competitor], template: Path) -> None:
        self.plan = plan
        self.competitors = competitors
        self._stores = {one.name: copied(template, one.name) for one in competitors}
        self._acknowledged = {one.name: Expected(0, 0) for one in competitors}
        self._runs = 0

    async def closed(self) -> AsyncIterator[Measured]:
        """Every closed-loop figure as it comes."""
        plan = self.plan
        for terminals in plan.terminals:
            for number in range(plan.rounds):
                for competitor in self._turn(number):
                    if terminals > self.most(competitor):
                        continue
                    async with competitor.opened(self._store(competitor), plan.commit_delay_s) as opened:
                        keyboards, seeds = await self._keyboards(competitor, opened, terminals)
                        work = [transfers(plan.seed, seed) for seed in seeds]
                        measured, steps, posted = await closed_loop.run(
                            keyboards,
                            work,
                            plan.seconds,
                            plan.warm_up_s,
                            elsewhere_cpu_s=closed_loop.elsewhere_of(opened),
                        )
                    self._note(competitor, steps, posted, keyboards, seeds)
                    yield Measured(competitor, terminals, number, measured)

    async def open(self) -> AsyncIterator[Latency]:
        """Open-loop latency at each rate, until a competitor is saturated."""
        plan, done = self.plan, set[str]()
        for rate in plan.rates:
            for competitor in self.competitors:
                if competitor.name in done:
                    continue
                async with competitor.opened(self._store(competitor), plan.commit_delay_s) as opened:
                    keyboards, seeds = await self._keyboards(
                        competitor, opened, min(plan.pool, self.most(competitor))
                    )
                    work = [transfers(plan.seed, seed) for seed in seeds]
                    found = await open_loop.run(keyboards, work, rate, plan.seconds, plan.warm_up_s)
                self._note(competitor, found.answered, found.posted, keyboards, seeds)
                if found.saturated:
                    done.add(competitor.name)
                figures = [found.percentile_ms(percent) for percent in (50, 99, 100)]
                p50, p99, most = figures if found.latencies_ms else (None, None, None)
                yield Latency(competitor.name, rate, found.saturated, p50, p99, most, found.share)

    def audited(self) -> list[str]:
        """What is wrong with the stores, by competitor."""
        return [
            f"{one.name}: {finding}"
            for one in self.competitors
            for finding in audit(self._store(one), self._acknowledged[one.name], history=one.steps_kept)
        ]

    def most(self, competitor: Competitor) -> int:
        """Terminals this competitor is measured with at most."""
        most = competitor.terminals_max
        return min(most, self.plan.heavy_terminals_max) if competitor.heavy else most

    def _turn(self, number: int) -> list[Competitor]:
        """The order of a round; every other one backwards, so that nobody always follows the same."""
        return list(self.competitors) if number % 2 == 0 else list(reversed(self.competitors))

    def _store(self, competitor: Competitor) -> Path:
        return self._stores[competitor.name]

    async def _keyboards(
        self, competitor: Competitor, opened: object, count: int
    ) -> tuple[list[Keyboard], list[int]]:
        self._runs += 1
        seeds = [self._runs * 10_000 + place for place in range(count)]
        return [await competitor.keyboard(opened, f"{seed:08}") for seed in seeds], seeds

    def _note(
        self,
        competitor: Competitor,
        steps: int,
        posted: int,
        keyboards: Sequence[Keyboard],
        seeds: Sequence[int],
    ) -> None:
        seed, before = self.plan.seed, self._acknowledged[competitor.name]
        told = (keyboard.answered(seed, number) for keyboard, number in zip(keyboards, seeds, strict=True))
        self._acknowledged[competitor.name] = before.and_then(Expected(steps, posted, tuple(told)))


def spread(values: Sequence[float]) -> Spread:
    """Median and range."""
    return Spread(statistics.median(values), min(values), max(values))


def summary(found: Sequence[Measured], ours: str) -> list[Speed]:
    """One row a competitor and number of terminals; a round in which nothing was answered counts as one of them."""
    speed = {(one.competitor.name, one.terminals, one.round): one.measured for one in found}
    rows = []
    for name, terminals in dict.fromkeys((one.competitor.name, one.terminals) for one in found):
        rounds = {key[2]: value for key, value in speed.items() if key[:2] == (name, terminals)}
        values = list(rounds.values())
        ratios = [
            _pace(speed[ours, terminals, number]) / _pace(value)
            for number, value in rounds.items()
            if (ours, terminals, number) in speed
        ]
        rows.append(
            Speed(
                name,
                terminals,
                spread([one.steps_per_s for one in values]),
                spread([_waited_ms(one, 50) for one in values]),
                spread([_waited_ms(one, 95) for one in values]),
                spread([_waited_ms(one, 99) for one in values]),
                spread([one.cpu_us_per_step for one in values]),
                spread(ratios) if ratios else None,
                sum(not one.steps for one in values),
            )
        )
    return rows


def _pace(measured: closed_loop.Measurement) -> float:
    """Steps a second to divide by: one a round at least."""
    return max(1, measured.steps) / measured.seconds


def _waited_ms(measured: closed_loop.Measurement, percent: float) -> float:
    """A percentile of the latencies; the length of the round if nothing was answered, for it was at least that."""
    return measured.percentile_ms(percent) if measured.steps else measured.seconds * 1e3

"""The bench: both variants in turns in one run, so that the ratio holds when the machine's speed drifts."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from comparison import entracte, per_step
from comparison.audit import Answered, Expected, audit
from comparison.bank_store import copied, make_template
from comparison.closed_loop import Measurement, elsewhere_of, run
from comparison.workload import Session, transfers
from monitor.startup import Region

COUNTS_MAX = 10
"""Different numbers of terminals in one run: a terminal's id has one digit for which of them it is of."""
BASELINE = "one transaction a step"
OURS = "entracte"
FIRST = 2
"""Sequence of a terminal's first check: the one before began the conversation."""


class Variant(NamedTuple):
    """One way to do the work."""

    name: str
    opened: Callable[[Path, float], AbstractAsyncContextManager[Any]]
    session: Callable[[Any, str], Awaitable[Session]]


VARIANTS = (
    Variant(OURS, entracte.opened, entracte.session),
    Variant(BASELINE, per_step.opened, per_step.session),
)


class Figure(NamedTuple):
    """One variant at one number of terminals in one round."""

    variant: str
    terminals: int
    round: int
    measured: Measurement
    mean_batch: float


class Plan(NamedTuple):
    """What to run."""

    terminals: Sequence[int]
    seconds: float
    rounds: int
    commit_delay_s: float
    seed: int = 1


async def prepare(folder: Path) -> dict[str, Path]:
    """A bank with the accounts of the workload, once for each variant."""
    template = await make_template(folder)
    return {variant.name: copied(template, str(number)) for number, variant in enumerate(VARIANTS)}


async def measure(plan: Plan, stores: dict[str, Path]) -> AsyncIterator[Figure | str]:
    """Every figure as it comes; then, as text, whatever the audit of a store finds."""
    acknowledged = {variant.name: Expected(0, 0) for variant in VARIANTS}
    for place, terminals in enumerate(plan.terminals):
        for number in range(plan.rounds):
            for variant in VARIANTS:
                async with variant.opened(stores[variant.name], plan.commit_delay_s) as opened:
                    prefix = f"{place}{number % 100:02}"
                    figure, expected = await _one(plan, variant, opened, terminals, number, prefix)
                acknowledged[variant.name] = acknowledged[variant.name].and_then(expected)
                yield figure
    for variant in VARIANTS:
        for finding in audit(stores[variant.name], acknowledged[variant.name]):
            yield f"{variant.name}: {finding}"


async def _one(
    plan: Plan, variant: Variant, opened: Any, terminals: int, number: int, prefix: str
) -> tuple[Figure, Expected]:
    names = [f"{prefix}{terminal:05}" for terminal in range(terminals)]
    sessions = [await variant.session(opened, name) for name in names]
    work = [transfers(plan.seed, int(name)) for name in names]
    async with _batches(opened) as batches:
        measured, steps, posted = await run(
            sessions, work, plan.seconds, elsewhere_cpu_s=elsewhere_of(opened)
        )
    answered = tuple(
        Answered(name, plan.seed, int(name), FIRST, FIRST - 1 + 2 * count, count)
        for name, count in zip(names, measured.posted_each, strict=True)
    )
    return Figure(variant.name, terminals, number, measured, batches()), Expected(steps, posted, answered)


@asynccontextmanager
async def _batches(opened: Any) -> AsyncIterator[Callable[[], float]]:
    if not isinstance(opened, Region):
        yield lambda: 1.0
        return
    committer = opened.committer
    units, batches = committer.units, committer.batches
    yield lambda: (committer.units - units) / max(1, committer.batches - batches)


def fsync_ms(folder: Path) -> float:
    """Median of what one small write that must reach the disk costs here, in milliseconds."""
    taken = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(25):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)

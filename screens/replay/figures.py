"""What a load measures: how long each step takes, and what went wrong in it."""

from __future__ import annotations

import statistics
from array import array
from collections import Counter
from collections.abc import Sequence

import msgspec

from screens.replay.scenario import Scenario


class Figures:
    """What was measured so far."""

    def __init__(self, steps: int) -> None:
        self.elapsed_ms = [array("d") for _ in range(steps)]
        self.errors: list[Counter[str]] = [Counter() for _ in range(steps)]
        self.rounds = 0
        self.active = 0
        self.elapsed_s = 0.0

    @property
    def steps(self) -> int:
        """Steps done."""
        return sum(len(measured) for measured in self.elapsed_ms)

    @property
    def failed(self) -> int:
        """Steps that went wrong."""
        return sum(counter.total() for counter in self.errors)


class StepFigures(msgspec.Struct, frozen=True):
    """One step, under load."""

    step: int
    note: str
    count: int
    errors: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


def step_figures(scenario: Scenario, figures: Figures) -> list[StepFigures]:
    """Percentiles and errors of each step."""
    return [
        StepFigures(
            number + 1,
            step.note,
            len(figures.elapsed_ms[number]),
            figures.errors[number].total(),
            *_percentiles(figures.elapsed_ms[number]),
        )
        for number, step in enumerate(scenario.steps)
    ]


def _percentiles(measured: Sequence[float]) -> tuple[float, float, float, float]:
    if len(measured) < 2:
        only = measured[0] if measured else 0.0
        return only, only, only, only
    cuts = statistics.quantiles(measured, n=100, method="inclusive")
    return round(cuts[49], 3), round(cuts[89], 3), round(cuts[98], 3), round(max(measured), 3)

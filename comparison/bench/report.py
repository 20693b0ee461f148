"""The bench's figures as a table for people and as JSON for programs."""

from __future__ import annotations

import math
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from typing import Any

from comparison.bench.rounds import BASELINE, OURS, Figure, Plan


def summary(plan: Plan, figures: Sequence[Figure], findings: Sequence[str], fsync: float) -> dict[str, Any]:
    """Everything measured: medians over the rounds, the ratios of each round, and the audit's verdict."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fsync_ms": round(fsync, 3),
        "commit_delay_ms": plan.commit_delay_s * 1e3,
        "seconds": plan.seconds,
        "rounds": plan.rounds,
        "results": [
            _row(variant, terminals, [f for f in figures if (f.variant, f.terminals) == (variant, terminals)])
            for terminals in plan.terminals
            for variant in (OURS, BASELINE)
        ],
        "ratio": {str(terminals): _ratio(figures, terminals) for terminals in plan.terminals},
        "ratio_range": {str(terminals): _range(_ratios(figures, terminals)) for terminals in plan.terminals},
        "audit": "ok" if not findings else list(findings),
    }


def _row(variant: str, terminals: int, figures: Sequence[Figure]) -> dict[str, Any]:
    def median(values: list[float], digits: int) -> float | None:
        known = [value for value in values if math.isfinite(value)]
        return round(statistics.median(known), digits) if known else None

    return {
        "variant": variant,
        "terminals": terminals,
        "steps_per_s": median([f.measured.steps_per_s for f in figures], 1),
        "steps_per_s_range": _range([f.measured.steps_per_s for f in figures]),
        "p50_ms": median([f.measured.percentile_ms(50) for f in figures], 3),
        "p99_ms": median([f.measured.percentile_ms(99) for f in figures], 3),
        "cpu_us_per_step": median([f.measured.cpu_us_per_step for f in figures if f.measured.steps], 1),
        "mean_batch": median([f.mean_batch for f in figures], 2),
    }


def _ratios(figures: Sequence[Figure], terminals: int) -> list[float]:
    speed = {(f.variant, f.round): f.measured.steps_per_s for f in figures if f.terminals == terminals}
    rounds = sorted({number for _, number in speed})
    return [speed[OURS, number] / speed[BASELINE, number] for number in rounds if speed[BASELINE, number]]


def _ratio(figures: Sequence[Figure], terminals: int) -> float | None:
    """None: the baseline finished no step in any round."""
    ratios = _ratios(figures, terminals)
    return round(statistics.median(ratios), 2) if ratios else None


def _range(values: list[float]) -> list[float] | None:
    return [round(min(values), 2), round(max(values), 2)] if values else None


def unfinished(figures: Sequence[Figure]) -> list[str]:
    """Where no step was finished in the time: there is nothing to compare."""
    return [
        f"{f.variant}: no step was finished in {f.measured.seconds:g} s at {f.terminals} terminals, round {f.round + 1}"
        for f in figures
        if not f.measured.steps
    ]


HEAD = (
    f"{'terminals':>9}  {'variant':<22} {'steps/s':>9} {'p50 ms':>8} {'p99 ms':>9} {'cpu us':>7} {'batch':>6}"
)


def line(figure: Figure) -> str:
    """One figure as it comes."""
    measured = figure.measured
    if not measured.steps:
        return f"{figure.terminals:>9}  {figure.variant:<22} {0:>9} {'-':>8} {'-':>9} {'-':>7} {'-':>6}"
    return (
        f"{figure.terminals:>9}  {figure.variant:<22} {measured.steps_per_s:>9,.0f} "
        f"{measured.percentile_ms(50):>8.2f} {measured.percentile_ms(99):>9.2f} "
        f"{measured.cpu_us_per_step:>7.0f} {figure.mean_batch:>6.1f}"
    )


def closing_lines(result: dict[str, Any]) -> list[str]:
    """The ratios, and what the audit says."""
    lines = [f"a small write reaches the disk in {result['fsync_ms']:.2f} ms here"]
    if result["commit_delay_ms"]:
        lines[0] += f"; every commit was made {result['commit_delay_ms']:g} ms slower"
    for terminals, ratio in result["ratio"].items():
        if ratio is None:
            lines.append(f"{terminals:>9} terminals: nothing to compare, for the baseline finished no step")
            continue
        low, high = result["ratio_range"][terminals]
        lines.append(f"{terminals:>9} terminals: {ratio:6.1f} times the baseline  [{low} .. {high}]")
    return lines

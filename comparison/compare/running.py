"""One run of the comparison, from the machine's own speed to the last experiment."""

from __future__ import annotations

import asyncio
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from comparison.bank_store import make_template
from comparison.bench.rounds import fsync_ms
from comparison.compare import deploy, idle, lines, neighbour, survival
from comparison.compare.plan import Plan
from comparison.compare.results import About, Result
from comparison.compare.speed import Bench, summary
from comparison.competitor import Competitor
from comparison.open_files import allow_open_files
from comparison.table import ENTRACTE
from monitor.tuning import tune_process

Progress = Callable[[str], None]
PARTS = ("speed", "latency", "idle", "survival", "deploy", "neighbour")
HEAVY_KILLED_TERMINALS = 5
REACHED_OTHERWISE = ("entracte over TCP", "tornado, saved", "tornado, in memory")
"""As far as a kill or a deploy goes, another competitor is the same."""
_NOTED = ("aiosqlite", "dbos", "langgraph", "numpy", "starlette", "tornado", "uvicorn")


async def run(
    plan: Plan,
    competitors: Sequence[Competitor],
    parts: Sequence[str],
    folder: Path,
    progress: Progress,
    quick: bool = False,
) -> Result:
    """Run the parts asked for, and tell `progress` of each figure."""
    began = time.perf_counter()
    allow_open_files()
    template = await make_template(folder)
    installed = [one for one in competitors if not one.missing()]
    result = _about(plan, competitors, quick, fsync_ms(folder))
    if "idle" in parts:
        # first, while the process is as small as those it starts
        some = _light(installed) if quick else installed
        async for cost in idle.measure(some, plan.idle, folder, plan.commit_delay_s):
            progress(f"idle: {cost.name}, {cost.conversations:,}")
            result.idle.append(cost)
    for one in installed:
        if not plan.everything and (one.name in REACHED_OTHERWISE or one.terminals_max < 1_000):
            continue
        await _experiments(result, plan, one, parts, template, folder, progress)
    if "neighbour" in parts and any(one.name == ENTRACTE for one in installed):
        async for beside in neighbour.measure(template, plan):
            progress(f"bad neighbour: {beside.name}, {beside.kind}")
            result.neighbour.append(beside)
    await _speed(result, Bench(plan, installed, template), parts, progress)
    result.spin_after = spin()
    result.seconds = time.perf_counter() - began
    return result


async def _experiments(
    result: Result,
    plan: Plan,
    one: Competitor,
    parts: Sequence[str],
    template: Path,
    folder: Path,
    progress: Progress,
) -> None:
    if "survival" in parts:
        progress(f"survival: {one.name}")
        terminals = HEAVY_KILLED_TERMINALS if one.terminals_max < 1_000 else survival.TERMINALS
        row = await survival.measure(
            one, template, plan.kills, plan.answers_before_kill, terminals, plan.commit_delay_s
        )
        result.survival.append(row)
        result.findings += [f"{one.name}, killed: {finding}" for finding in row.findings]
    if "deploy" in parts:
        progress(f"deploy: {one.name}")
        release = folder / deploy.RELEASE
        if not release.is_dir():
            await asyncio.to_thread(deploy.next_release, folder)
        result.deploy.append(await deploy.measure(one, template, release, plan.commit_delay_s))


async def _speed(result: Result, bench: Bench, parts: Sequence[str], progress: Progress) -> None:
    tune_process()
    found = []
    if "speed" in parts:
        async for figure in bench.closed():
            found.append(figure)
            speed = figure.measured.steps_per_s
            progress(f"steps: {figure.competitor.name}, {figure.terminals} terminals, {speed:,.0f}/s")
        result.speed = summary(found, ENTRACTE)
    if "latency" in parts:
        async for latency in bench.open():
            progress(f"open loop: {latency.name}, {latency.rate:,} inputs/s")
            result.latency.append(latency)
    result.findings += bench.audited()


def _light(competitors: Sequence[Competitor]) -> list[Competitor]:
    return [one for one in competitors if one.name in {ENTRACTE, "threads, saved"} or not one.saves]


def _about(plan: Plan, competitors: Sequence[Competitor], quick: bool, fsync: float) -> Result:
    return Result(
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count() or 1,
        fsync_ms=fsync,
        commit_delay_ms=plan.commit_delay_s * 1e3,
        quick=quick,
        spin_before=spin(),
        spin_after=0.0,
        versions={name: found for name in _NOTED if (found := _version(name))},
        about=[
            About(one.name, one.saves, one.durability, one.over, one.by_hand, lines.of(one), one.missing())
            for one in competitors
        ],
    )


def spin(seconds: float = 0.2) -> float:
    """Millions of turns of an empty loop a second."""
    turns, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        for _ in range(1_000):
            pass
        turns += 1_000
    return turns / seconds / 1e6


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""

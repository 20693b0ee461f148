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
from typing import NamedTuple

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
    running = _Run(plan, parts, folder, template, progress, result)
    # first, while the process is as small as those it starts
    await running.idle(_light(installed) if quick else installed)
    for one in installed:
        if plan.everything or not (one.name in REACHED_OTHERWISE or one.heavy):
            await running.survival(one)
            await running.deploy(one)
    if any(one.name == ENTRACTE for one in installed):
        await running.neighbour()
    await running.speed(installed)
    result.spin_after = spin()
    result.seconds = time.perf_counter() - began
    return result


class _Run(NamedTuple):
    """The parts of a run; each does nothing if it is not asked for."""

    plan: Plan
    parts: Sequence[str]
    folder: Path
    template: Path
    progress: Progress
    result: Result

    async def idle(self, competitors: Sequence[Competitor]) -> None:
        if "idle" not in self.parts:
            return
        costs = idle.measure(competitors, self.plan.idle, self.folder, self.plan.commit_delay_s)
        async for cost in costs:
            self.progress(f"idle: {cost.name}, {cost.conversations:,}")
            self.result.idle.append(cost)

    async def survival(self, one: Competitor) -> None:
        if "survival" not in self.parts:
            return
        self.progress(f"survival: {one.name}")
        plan = self.plan
        terminals = HEAVY_KILLED_TERMINALS if one.heavy else survival.TERMINALS
        row = await survival.measure(
            one, self.template, plan.kills, plan.answers_before_kill, terminals, plan.commit_delay_s
        )
        self.result.survival.append(row)
        self.result.findings += [f"{one.name}, killed: {finding}" for finding in row.findings]

    async def deploy(self, one: Competitor) -> None:
        if "deploy" not in self.parts:
            return
        self.progress(f"deploy: {one.name}")
        release = self.folder / deploy.RELEASE
        if not release.is_dir():
            await asyncio.to_thread(deploy.next_release, self.folder)
        row = await deploy.measure(one, self.template, release, self.plan.commit_delay_s)
        self.result.deploy.append(row)

    async def neighbour(self) -> None:
        if "neighbour" not in self.parts:
            return
        async for beside in neighbour.measure(self.template, self.plan):
            self.progress(f"bad neighbour: {beside.name}, {beside.kind}")
            self.result.neighbour.append(beside)

    async def speed(self, competitors: Sequence[Competitor]) -> None:
        """Both loops, and what the audit of the stores they worked on finds."""
        bench = Bench(self.plan, competitors, self.template)
        tune_process()
        found = []
        if "speed" in self.parts:
            async for figure in bench.closed():
                found.append(figure)
                steps_per_s = figure.measured.steps_per_s
                self.progress(
                    f"steps: {figure.competitor.name}, {figure.terminals} terminals, {steps_per_s:,.0f}/s"
                )
            self.result.speed = summary(found, ENTRACTE)
        if "latency" in self.parts:
            async for latency in bench.open():
                self.progress(f"open loop: {latency.name}, {latency.rate:,} inputs/s")
                self.result.latency.append(latency)
        self.result.findings += bench.audited()


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

"""`entracte replay bench`: steps a second through each driver, and of `against`, with its memory."""

from __future__ import annotations

import asyncio
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click
import msgspec

from monitor.cli import Number, region_options
from monitor.settings import Settings
from monitor.startup import open_region
from screens.replay.commands.against import Outcome, run_again
from screens.replay.drivers.ground import load_fixture, region_settings
from screens.replay.loading import Load, Plan
from screens.replay.playing import Way, report_on
from screens.replay.reading import load_scenario
from screens.replay.scenario import Scenario

MEBI = 2**20


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seconds", type=Number(0.1), default=3.0, show_default=True, help="For each driver.")
@click.option(
    "--steps", type=click.IntRange(1), default=10_000, show_default=True, help="Stored, for against."
)
@region_options
def bench(settings: Settings, file: Path, seconds: float, steps: int) -> None:
    """Play FILE again and again through core and store, then run so many stored steps of it again."""
    scenario = load_scenario(file)
    for via in ("core", "store"):
        played, elapsed_s = asyncio.run(_repeat(scenario, settings, via, seconds))
        click.echo(
            f"run --via {via:<5}  {played} steps in {elapsed_s:.2f} s: {played / elapsed_s:.0f} steps/s"
        )
    with tempfile.TemporaryDirectory(prefix="entracte-bench-") as folder:
        stored = msgspec.structs.replace(
            region_settings(scenario, settings), store=str(Path(folder) / "bench.db")
        )
        load_fixture(scenario, stored)
        begun = _copy(stored) if scenario.fixture else None
        made = asyncio.run(_store(scenario, stored, steps))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            before = pool.submit(memory_mib, stored).result()
            outcome, after = pool.submit(run_against, stored, begun).result()
    click.echo(
        f"against          {outcome.steps} of {made} stored steps in {outcome.elapsed_s:.2f} s: "
        f"{outcome.steps / outcome.elapsed_s:.0f} steps/s, {outcome.same} the same; memory {after:.1f} MiB at "
        f"most, {before:.1f} MiB before"
    )


async def _repeat(scenario: Scenario, settings: Settings, via: str, seconds: float) -> tuple[int, float]:
    """Play a scenario until the time is over: (steps, seconds)."""
    played, started = 0, time.perf_counter()
    while (elapsed_s := time.perf_counter() - started) < seconds:
        report = await report_on(scenario, Way(settings, via))
        if report.verdict:
            raise click.ClickException(f"{report.file} does not pass: {report.trouble or 'it differs'}")
        played += len(report.played)
    return played, elapsed_s


async def _store(scenario: Scenario, settings: Settings, steps: int) -> int:
    """Store a history of at least so many steps; returns how many there are."""
    async with open_region(settings) as region:
        work = Load(scenario, region, Plan(sessions=1, ramp_s=0, seconds=0, checked=False))
        while work.figures.steps < steps and not work.figures.failed:
            await work.repeat(1)
        (stored,) = await region.store.select("SELECT count(*) FROM step", {}, 1)
        return int(stored[0])


def _copy(settings: Settings) -> Path:
    """The store as it is now, in a file beside it."""
    return Path(shutil.copy(settings.store, f"{settings.store}.begun"))


def run_against(settings: Settings, begun: Path | None) -> tuple[Outcome, float]:
    """Run the history since `begun` again in this process: what came of it, and the most memory it had."""
    outcome = asyncio.run(run_again(settings, begun))
    return outcome, memory_mib(settings)


def memory_mib(_: Settings) -> float:
    """The most memory this process had so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MEBI if sys.platform == "darwin" else most / 1024

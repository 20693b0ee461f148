"""`entracte replay load`: a scenario as a workload."""

from __future__ import annotations

import asyncio
import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from monitor.cli import region_options
from monitor.settings import Settings
from monitor.startup import open_region
from screens.replay.drivers.ground import load_fixture, region_settings
from screens.replay.loading import Load, Plan, StepFigures, read_rows, step_figures
from screens.replay.reading import load_scenario
from screens.replay.scenario import Scenario

TELL_EVERY_S = 1.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--sessions", type=click.IntRange(1, 100_000), default=10, show_default=True, help="At once.")
@click.option("--ramp", type=click.FloatRange(0), default=0.0, help="Seconds until all sessions have begun.")
@click.option("--seconds", type=click.FloatRange(0.1), default=10.0, show_default=True, help="How long.")
@click.option(
    "--vary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: values by field name, a row a round.",
)
@click.option(
    "--think", type=click.FloatRange(0), default=0.0, help="Keep this much of the scenario's pauses."
)
@click.option("--unchecked", is_flag=True, help="Compare neither texts nor fields; abends still count.")
@click.option("--on-store", is_flag=True, help="Load the store of the settings; else a new one.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Figures as JSON.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Figures as CSV, a line a step.")
@region_options
@click.pass_context
def load(
    ctx: click.Context,
    settings: Settings,
    file: Path,
    sessions: int,
    ramp: float,
    seconds: float,
    vary: Path | None,
    think: float,
    unchecked: bool,
    on_store: bool,
    json_file: Path | None,
    csv_file: Path | None,
) -> None:
    """Run the scenario FILE in many sessions at once; exit 1 if a step went wrong."""
    scenario = load_scenario(file)
    rows = read_rows(vary, scenario) if vary else ()
    plan = Plan(sessions, ramp, seconds, think, rows, checked=not unchecked)
    with tempfile.TemporaryDirectory(prefix="entracte-load-") as folder:
        used = region_settings(scenario, settings)
        if not on_store:
            used = msgspec.structs.replace(used, store=str(Path(folder) / "load.db"))
            load_fixture(scenario, used)
        elif scenario.fixture:
            click.echo(f"{file}: its fixture is not loaded, --on-store takes the store as it is", err=True)
        work, elapsed_s = asyncio.run(_run(scenario, used, plan))
    figures = step_figures(scenario, work.figures)
    summary = {
        "file": str(file),
        "sessions": sessions,
        "seconds": round(elapsed_s, 3),
        "rounds": work.figures.rounds,
        "steps": work.figures.steps,
        "steps_per_s": round(work.figures.steps / elapsed_s, 1),
        "errors": work.figures.failed,
    }
    _print(figures, summary, work)
    if json_file:
        report = {**summary, "by_step": figures}
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    if csv_file:
        _write_csv(csv_file, figures)
    ctx.exit(1 if work.figures.failed else 0)


async def _run(scenario: Scenario, settings: Settings, plan: Plan) -> tuple[Load, float]:
    async with open_region(settings) as region:
        work = Load(scenario, region, plan)
        telling = asyncio.create_task(_tell(work))
        try:
            return work, await work.run()
        finally:
            telling.cancel()


async def _tell(work: Load) -> None:
    """Live progress, a line a second, over itself on a terminal."""
    started, before = time.perf_counter(), 0
    over_itself = sys.stderr.isatty()
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        figures = work.figures
        steps = figures.steps
        line = (
            f"{time.perf_counter() - started:6.0f} s  {figures.active} sessions  {steps} steps  "
            f"{(steps - before) / TELL_EVERY_S:.0f} steps/s  {figures.failed} errors"
        )
        click.echo(f"\r{line}   " if over_itself else line, nl=not over_itself, err=True)
        before = steps


def _print(figures: Sequence[StepFigures], summary: dict[str, object], work: Load) -> None:
    click.echo(
        f"{'step':>4} {'count':>8} {'errors':>6} {'p50 ms':>8} {'p90 ms':>8} {'p99 ms':>8} {'max ms':>8}"
    )
    for one in figures:
        click.echo(
            f"{one.step:>4} {one.count:>8} {one.errors:>6} {one.p50_ms:>8.2f} {one.p90_ms:>8.2f} "
            f"{one.p99_ms:>8.2f} {one.max_ms:>8.2f}  {one.note}".rstrip()
        )
    for place, errors in enumerate(work.figures.errors, start=1):
        for text, count in errors.most_common(3):
            click.echo(f"step {place}: {count} x {text}")
    click.echo(
        f"{summary['steps']} steps in {summary['seconds']} s: {summary['steps_per_s']} steps/s, "
        f"{summary['rounds']} rounds, {summary['errors']} errors"
    )


def _write_csv(file: Path, figures: Sequence[StepFigures]) -> None:
    with file.open("w", encoding="utf-8", newline="") as made:
        writer = csv.writer(made)
        writer.writerow(StepFigures.__struct_fields__)
        writer.writerows([msgspec.structs.astuple(one) for one in figures])

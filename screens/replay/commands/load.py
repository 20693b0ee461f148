"""`entracte replay load`: a scenario as a workload."""

from __future__ import annotations

import asyncio
import csv
import io
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from monitor.cli import Number, region_options
from monitor.report_files import PRINTED, ReportFile, check_reports, write_report
from monitor.settings import Settings
from monitor.startup import open_region
from screens.replay.commands.drawn import is_drawn
from screens.replay.drivers.ground import load_fixture, region_settings
from screens.replay.figures import Figures, StepFigures, step_figures
from screens.replay.loading import Load, Plan
from screens.replay.reading import load_scenario
from screens.replay.scenario import Scenario
from screens.replay.stopping import cancelled_by_signals
from screens.replay.varying import read_rows

TELL_EVERY_S = 1.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--sessions", type=click.IntRange(1, 100_000), default=10, show_default=True, help="At once.")
@click.option("--ramp", type=Number(0), default=0.0, help="Seconds until all sessions have begun.")
@click.option("--seconds", type=Number(0.1), default=10.0, show_default=True, help="How long.")
@click.option(
    "--vary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: values by field name, a row a round.",
)
@click.option("--think", type=Number(0), default=0.0, help="Keep this much of the scenario's pauses.")
@click.option("--unchecked", is_flag=True, help="Compare neither texts nor fields; abends still count.")
@click.option("--on-store", is_flag=True, help="Load the store of the settings; else a new one.")
@click.option("--json", "json_file", type=ReportFile(), help="Figures as JSON; - prints them.")
@click.option("--csv", "csv_file", type=ReportFile(), help="Figures as CSV, a line a step; - prints them.")
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
    """Run the scenario FILE in many sessions at once; exit 1 if a step went wrong.

    Ctrl+C, SIGTERM and SIGHUP end it early: what was measured is told, and the exit code is 128 + the signal.
    """
    if ramp > seconds:
        raise click.UsageError(
            f"some sessions would never begin: --ramp {ramp:g} is more than --seconds {seconds:g}"
        )
    check_reports((json_file, csv_file), [file, *([vary] if vary else [])])
    scenario = load_scenario(file)
    rows = read_rows(vary, scenario) if vary else ()
    plan = Plan(sessions, ramp, seconds, think, rows, checked=not unchecked)
    measured = Figures(len(scenario.steps))
    with tempfile.TemporaryDirectory(prefix="entracte-load-", ignore_cleanup_errors=True) as folder:
        used = region_settings(scenario, settings)
        if not on_store:
            used = msgspec.structs.replace(used, store=str(Path(folder) / "load.db"))
        elif scenario.fixture:
            click.echo(f"{file}: its fixture is not loaded, --on-store takes the store as it is", err=True)
        ended_by = asyncio.run(_run(scenario, used, plan, measured, new=not on_store))
    figures, summary = step_figures(scenario, measured), _summary(file, plan, measured)
    if PRINTED not in (json_file, csv_file):
        _print(figures, summary, measured)
    if json_file is not None:
        write_report(json_file, _as_json({**summary, "by_step": figures}))
    if csv_file is not None:
        write_report(csv_file, _as_csv(figures))
    if ended_by:
        click.echo(f"ended early by {signal.Signals(ended_by).name}", err=True)
    ctx.exit(128 + ended_by if ended_by else 1 if measured.failed else 0)


def _summary(file: Path, plan: Plan, measured: Figures) -> dict[str, object]:
    return {
        "file": str(file),
        "sessions": plan.sessions,
        "seconds": round(measured.elapsed_s, 3),
        "rounds": measured.rounds,
        "steps": measured.steps,
        "steps_per_s": round(measured.steps / max(measured.elapsed_s, 0.001), 1),
        "errors": measured.failed,
    }


async def _run(scenario: Scenario, settings: Settings, plan: Plan, figures: Figures, *, new: bool) -> int:
    """Run the load, on a new store or on one as it is; returns the signal that ended it early, or 0."""
    with cancelled_by_signals() as came:
        try:
            if new:
                load_fixture(scenario, settings)
            async with open_region(settings) as region:
                telling = asyncio.create_task(_tell(figures))
                try:
                    await Load(scenario, region, plan, figures).run()
                finally:
                    telling.cancel()
        except asyncio.CancelledError:
            if not came:
                raise
    return came[0] if came else 0


async def _tell(figures: Figures) -> None:
    """Live progress, a line a second, over itself on a terminal."""
    started, before = time.perf_counter(), 0
    over_itself = is_drawn(sys.stderr)
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        steps = figures.steps
        line = (
            f"{time.perf_counter() - started:6.0f} s  {figures.active} sessions  {steps} steps  "
            f"{(steps - before) / TELL_EVERY_S:.0f} steps/s  {figures.failed} errors"
        )
        click.echo(f"\r{line}   " if over_itself else line, nl=not over_itself, err=True)
        before = steps


def _print(figures: Sequence[StepFigures], summary: dict[str, object], measured: Figures) -> None:
    click.echo(
        f"{'step':>4} {'count':>8} {'errors':>6} {'p50 ms':>8} {'p90 ms':>8} {'p99 ms':>8} {'max ms':>8}"
    )
    for one in figures:
        click.echo(
            f"{one.step:>4} {one.count:>8} {one.errors:>6} {one.p50_ms:>8.2f} {one.p90_ms:>8.2f} "
            f"{one.p99_ms:>8.2f} {one.max_ms:>8.2f}  {one.note}".rstrip()
        )
    for place, errors in enumerate(measured.errors, start=1):
        for text, count in errors.most_common(3):
            click.echo(f"step {place}: {count} x {text}")
    click.echo(
        f"{summary['steps']} steps in {summary['seconds']} s: {summary['steps_per_s']} steps/s, "
        f"{summary['rounds']} rounds, {summary['errors']} errors"
    )


def _as_json(report: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def _as_csv(figures: Sequence[StepFigures]) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(StepFigures.__struct_fields__)
    writer.writerows([msgspec.structs.astuple(one) for one in figures])
    return made.getvalue().encode()

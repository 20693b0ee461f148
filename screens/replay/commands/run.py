"""`entracte replay run`: play scenarios and say what differs; exit 0 same, 1 different, 2 could not run."""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial
from pathlib import Path

import click

from monitor.cli import region_options
from monitor.report_files import PRINTED, ReportFile, check_reports, write_report
from monitor.settings import Settings
from screens.replay.commands.drawn import is_drawn, screen_width
from screens.replay.drivers import VIA
from screens.replay.faults import ScenarioError
from screens.replay.playing import Played, Report, Way
from screens.replay.reading import find_scenarios
from screens.replay.running import STOPPED, one_by_one, side_by_side
from screens.replay.stopping import Stop
from screens.replay.telling import as_json, as_junit, report_lines, step_line


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--via", type=click.Choice(list(VIA)), default="core", show_default=True)
@click.option(
    "--speed",
    type=click.Choice(["max", "1x", "step"]),
    default="max",
    show_default=True,
    help="1x keeps the waits; step waits for Enter after each step.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, help="Scenarios run at once, each in a process."
)
@click.option("--json", "json_file", type=ReportFile(), help="Report as JSON; - prints it.")
@click.option("--junit", type=ReportFile(), help="Report as JUnit XML; - prints it.")
@click.option("--strict-time", is_flag=True, help="A step slower than its within_ms fails.")
@click.option("--attributes", is_flag=True, help="Show all attributes of a step whose attributes differ.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing of scenarios that pass, but a line.")
@region_options
@click.pass_context
def run(
    ctx: click.Context,
    settings: Settings,
    paths: tuple[Path, ...],
    via: str,
    speed: str,
    jobs: int,
    json_file: Path | None,
    junit: Path | None,
    strict_time: bool,
    quiet: bool,
    attributes: bool,
) -> None:
    """Run scenario files, and all those below folders; exit 0: the same, 1: different, 2: could not run.

    Ctrl+C, SIGTERM and SIGHUP end it early: what was run is told, and the exit code is 128 + the signal.
    """
    files = find_scenarios(paths)
    if not files:
        raise click.UsageError("no *.replay.toml file there")
    if speed == "step" and jobs > 1:
        raise click.UsageError("--speed step plays one scenario at a time: leave out --jobs")
    check_reports((json_file, junit), files)
    prints = PRINTED not in (json_file, junit)
    if speed == "step" and not prints:
        raise click.UsageError(
            "--speed step shows its screens on standard output: name a file for the report"
        )
    reports = []
    way = Way(settings, via, strict_time, asyncio.sleep if speed == "1x" else None)
    with Stop() as stop:
        tell = partial(_wait_for_enter, stop) if speed == "step" else None
        for report in (
            side_by_side(stop, files, way, jobs) if jobs > 1 else one_by_one(stop, files, way, tell)
        ):
            reports.append(report)
            if prints:
                _print(report, quiet=quiet, attributes=attributes)
    if json_file is not None:
        write_report(json_file, as_json(reports))
    if junit is not None:
        write_report(junit, as_junit(reports))
    if prints and len(reports) > 1:
        click.echo(_total(reports))
    if stop.by:
        name = signal.Signals(stop.by).name
        click.echo(f"ended early by {name}: {len(reports)} of {len(files)} scenarios begun", err=True)
    ctx.exit(128 + stop.by if stop.by else max(report.verdict for report in reports))


def _wait_for_enter(stop: Stop, file: Path, played: Played) -> None:
    """Show a step, and go on when Enter comes."""
    click.echo("\n".join([*played.seen.rows, step_line(played)]))
    stop.raises = True
    try:
        if not stop.by:
            click.prompt("Enter goes on", default="", show_default=False, prompt_suffix=" ")
    except click.Abort:
        problem = STOPPED if stop.by else f"stopped after step {played.number}: no Enter came"
        raise ScenarioError(file, played.step.line, problem) from None
    finally:
        stop.raises = False


def _print(report: Report, *, quiet: bool, attributes: bool) -> None:
    for line in report_lines(report, screen_width(), quiet=quiet, attributes=attributes):
        click.secho(line, fg=_COLORS.get(line[:6].strip()) if is_drawn(sys.stdout) else None)


_COLORS = {"FAIL": "red", "ERROR": "red", "PASS": "green", "!": "red"}


def _total(reports: list[Report]) -> str:
    verdicts = [report.verdict for report in reports]
    steps = sum(len(report.played) for report in reports)
    return (
        f"{len(reports)} scenarios, {steps} steps: {verdicts.count(0)} same, {verdicts.count(1)} different, "
        f"{verdicts.count(2)} could not run"
    )

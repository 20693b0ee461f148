"""`entracte replay run`: play scenarios and say what differs; exit 0 same, 1 different, 2 could not run."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

import click

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.settings import Settings
from screens.replay.drivers import VIA
from screens.replay.faults import ScenarioError
from screens.replay.playing import Pace, Played, Report, report_on
from screens.replay.reading import find_scenarios, load_scenario
from screens.replay.scenario import Scenario
from screens.replay.telling import as_json, report_lines, step_line, write_junit

WIDTH_WITHOUT_TERMINAL = 170
_PACES: dict[str, Pace | None] = {"max": None, "1x": asyncio.sleep, "step": None}


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
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Report as JSON; - prints it.",
)
@click.option("--junit", type=click.Path(path_type=Path), help="Report as JUnit XML.")
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
    """Run scenario files, and all those below folders; exit 0: the same, 1: different, 2: could not run."""
    files = find_scenarios(paths)
    if not files:
        raise click.UsageError("no *.replay.toml file there")
    if speed == "step" and jobs > 1:
        raise click.UsageError("--speed step plays one scenario at a time: leave out --jobs")
    prints = json_file is None or str(json_file) != "-"
    reports = []
    played = (
        _many(files, settings, via, strict_time, _PACES[speed], jobs)
        if jobs > 1
        else _one_by_one(files, settings, via, strict_time, speed)
    )
    for report in played:
        reports.append(report)
        if prints:
            _print(report, quiet=quiet, attributes=attributes)
    if json_file is not None:
        _write(json_file, as_json(reports))
    if junit is not None:
        write_junit(junit, reports)
    if prints and len(reports) > 1:
        click.echo(_total(reports))
    ctx.exit(max(report.verdict for report in reports))


def run_file(
    file: Path, settings: Settings, via: str, *, strict_time: bool = False, pace: Pace | None = None
) -> Report:
    """The report on a file; one that cannot be read is a report too."""
    try:
        scenario = load_scenario(file)
    except MonitorError as error:
        return Report(str(file), via, trouble=str(error))
    return asyncio.run(report_on(scenario, settings, via, pace=pace, strict_time=strict_time))


def _one_by_one(
    files: list[Path], settings: Settings, via: str, strict_time: bool, speed: str
) -> Iterator[Report]:
    for file in files:
        if speed == "step":
            yield _step_by_step(file, settings, via, strict_time)
        else:
            yield run_file(file, settings, via, strict_time=strict_time, pace=_PACES[speed])


def _many(
    files: list[Path], settings: Settings, via: str, strict_time: bool, pace: Pace | None, jobs: int
) -> Iterator[Report]:
    with ProcessPoolExecutor(min(jobs, len(files)), mp_context=get_context("spawn")) as pool:
        running = [
            pool.submit(run_file, file, settings, via, strict_time=strict_time, pace=pace) for file in files
        ]
        for future in running:
            yield future.result()


def _step_by_step(file: Path, settings: Settings, via: str, strict_time: bool) -> Report:
    def told(played: Played) -> None:
        click.echo("\n".join([*played.seen.rows, step_line(played)]))
        try:
            click.prompt("Enter goes on", default="", show_default=False, prompt_suffix=" ")
        except click.Abort:
            problem = f"stopped after step {played.number}: no Enter came"
            raise ScenarioError(file, played.step.line, problem) from None

    try:
        scenario: Scenario = load_scenario(file)
    except MonitorError as error:
        return Report(str(file), via, trouble=str(error))
    return asyncio.run(report_on(scenario, settings, via, strict_time=strict_time, told=told))


def screen_width() -> int:
    """Columns there are for two screens side by side."""
    return shutil.get_terminal_size().columns if is_drawn(sys.stdout) else WIDTH_WITHOUT_TERMINAL


def is_drawn(stream: TextIO | None) -> bool:
    """True if what is written there is read on a terminal; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


def _print(report: Report, *, quiet: bool, attributes: bool) -> None:
    for line in report_lines(report, screen_width(), quiet=quiet, attributes=attributes):
        click.secho(line, fg=_COLORS.get(line[:6].strip()) if is_drawn(sys.stdout) else None)


_COLORS = {"FAIL": "red", "ERROR": "red", "PASS": "green", "!": "red"}


def _write(file: Path, report: bytes) -> None:
    if str(file) == "-":
        click.echo(report)
    else:
        file.write_bytes(report + b"\n")


def _total(reports: list[Report]) -> str:
    verdicts = [report.verdict for report in reports]
    steps = sum(len(report.played) for report in reports)
    return (
        f"{len(reports)} scenarios, {steps} steps: {verdicts.count(0)} same, {verdicts.count(1)} different, "
        f"{verdicts.count(2)} could not run"
    )

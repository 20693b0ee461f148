"""`entracte replay approve`: take what scenarios show now as what they should show."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.settings import Settings
from screens.replay.approving import approved
from screens.replay.drivers import VIA
from screens.replay.faults import ScenarioError
from screens.replay.playing import Played, Report, Way, report_on
from screens.replay.reading import find_scenarios, load_scenario, read_text
from screens.whole_file import write_text


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--via", type=click.Choice(list(VIA)), default="core", show_default=True)
@click.option("--fill", is_flag=True, help="Also write what steps show that expect nothing yet.")
@click.option(
    "--step", "only", multiple=True, type=click.IntRange(1), help="Only this step; may be given again."
)
@region_options
@click.pass_context
def approve(
    ctx: click.Context,
    settings: Settings,
    paths: tuple[Path, ...],
    via: str,
    fill: bool,
    only: tuple[int, ...],
) -> None:
    """Play scenarios, and write what they show into their files: only what differs, comments and order stay."""
    files = find_scenarios(paths)
    if not files:
        raise click.UsageError("no *.replay.toml file there")
    worst = 0
    for file in files:
        try:
            verdict = approve_file(file, settings, via, fill=fill, only=only)
        except MonitorError as error:
            click.echo(f"ERROR {error}", err=True)
            verdict = 2
        worst = max(worst, verdict)
    ctx.exit(worst)


def approve_file(
    file: Path, settings: Settings, via: str = "core", *, fill: bool = False, only: tuple[int, ...] = ()
) -> int:
    """Approve one file; 0: it passes now, 1: something is left that a person must change, 2: it could not run.

    Raises `ScenarioError` when it cannot be read, or has no such step.
    """
    scenario = load_scenario(file)
    if missing := [number for number in only if number > len(scenario.steps)]:
        raise ScenarioError(file, 0, f"there is no step {missing[0]}, it has {len(scenario.steps)}")
    report = asyncio.run(report_on(scenario, Way(settings, via)))
    played = [step for step in report.played if not only or step.number in only]
    before = read_text(file)
    after, left = approved(before, played, fill=fill)
    if after != before:
        write_text(file, after)
    click.echo(f"{file}: {_found(report, played)}, {'nothing written' if after == before else 'written'}")
    for problem in left:
        click.echo(f"  left as it is: {problem}", err=True)
    if report.trouble:
        click.echo(f"  ERROR {report.trouble}", err=True)
        return 2
    return 1 if left else 0


def _found(report: Report, played: Sequence[Played]) -> str:
    """What the steps that are approved have shown; of one that was not reached nothing is known."""
    changed = [str(step.number) for step in played if step.differences]
    words = f"steps {', '.join(changed)}" if changed else "no differences"
    if not report.trouble:
        return words
    return (
        f"{words} in the first {len(report.played)} of {report.steps}" if report.played else "could not run"
    )

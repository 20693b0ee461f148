"""`entracte replay against`: run what is stored again, on today's programs."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import msgspec

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.recall import layouts, seed_of, steps_in
from monitor.settings import Settings
from monitor.units import unit_name
from screens.replay.commands.drawn import is_drawn, screen_width
from screens.replay.comparison import Seen, changed_cells, side_by_side
from screens.replay.records import Unlike
from screens.replay.rendering import block
from screens.replay.rerunning import Verdict, order_of, rerun_of
from screens.replay.stored import conversation_id, history_of, stored_steps

LABELS = ("stored", "today")


class Outcome(msgspec.Struct):
    """What came of it."""

    steps: int = 0
    same: int = 0
    different: list[Verdict] = []
    records: list[str] = []
    """Records that differ, and that no step is known to have written."""
    unknown: list[str] = []
    """What is told of records, and may as well come of steps that were not run."""
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    elapsed_s: float = 0.0


@click.command()
@click.option("--conversation", metavar="ID", help="Tell of this one only; all are run, for their records.")
@click.option(
    "--from",
    "copy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A copy of the store taken earlier: its records are the beginning, what came later is run.",
)
@click.option("--volatile", multiple=True, help="A field or column not to compare; may be given again.")
@click.option("--shown", default=3, show_default=True, help="Screens that differ to show.")
@region_options
@click.pass_context
def against(
    ctx: click.Context,
    settings: Settings,
    conversation: str | None,
    copy: Path | None,
    volatile: tuple[str, ...],
    shown: int,
) -> None:
    """Run every stored step again on today's programs, and tell which would now answer differently."""
    only = conversation_id(conversation) if conversation else 0
    outcome = asyncio.run(run_again(settings, copy, volatile, only))
    drawn = 0
    for verdict in outcome.different:
        click.echo(line_of(verdict))
        if verdict.found is not None and drawn < shown:
            drawn += 1
            click.echo("\n".join(screens_of(verdict.expected, verdict.found, volatile)))
    for text in (*outcome.records, *outcome.unknown):
        click.echo(text)
    for reason, count in outcome.skipped.items():
        click.echo(f"{count} steps not run: {reason}")
    click.echo(
        f"{outcome.steps} steps: {outcome.same} the same, {len(outcome.different)} different, "
        f"{sum(outcome.skipped.values())} not run; {outcome.elapsed_s:.1f} s, "
        f"{outcome.steps / max(outcome.elapsed_s, 0.001):.0f} steps/s"
    )
    ctx.exit(1 if outcome.different or outcome.records else 0)


async def run_again(
    settings: Settings, copy: Path | None = None, volatile: tuple[str, ...] = (), only: int = 0
) -> Outcome:
    """Run the history again; `only` a conversation's id to tell of."""
    outcome = Outcome()
    started = time.perf_counter()
    known = _units_of(copy) if copy else frozenset()
    with history_of(settings) as (database, _):
        if only:
            stored_steps(database, only)
        async with rerun_of(settings, dict(layouts(database)), copy, volatile) as rerun:
            units = (unit for unit in order_of(database) if unit not in known)
            for step in steps_in(database, _with_progress(units)):
                verdict = await rerun.run(step, seed_of(database, step.conversation))
                if not only or step.conversation == only:
                    _count(outcome, verdict)
            _compare_records(outcome, rerun.records.unlike(Path(settings.store)), database, only)
        if only and not outcome.steps:
            raise MonitorError(f"no step of conversation {unit_name(only)} came after {copy}")
    outcome.elapsed_s = time.perf_counter() - started
    return outcome


def line_of(verdict: Verdict) -> str:
    """A step that differs, in one line."""
    step = verdict.step
    return (
        f"conversation {unit_name(step.conversation)} step {step.number}, {step.transid or '-'} at "
        f"{step.started[:19]} on {step.terminal}: {verdict.unlike}"
    )


def screens_of(stored: tuple[str, ...], today: Seen, volatile: tuple[str, ...]) -> list[str]:
    """Both screens, with what differs marked but for volatile fields."""
    expected = block(stored)
    cells = changed_cells(expected, today, volatile)
    return ["", *side_by_side(expected, today.rows, cells, screen_width(), LABELS), ""]


def _count(outcome: Outcome, verdict: Verdict) -> None:
    outcome.steps += 1
    if verdict.skipped:
        outcome.skipped[verdict.skipped] += 1
    elif verdict.unlike:
        outcome.different.append(verdict)
    else:
        outcome.same += 1


def _compare_records(outcome: Outcome, unlike: Unlike, database: sqlite3.Connection, only: int) -> None:
    """Count the steps that differ in what they wrote, but for those that are told already."""
    told = {verdict.step.unit for verdict in outcome.different}
    for step in steps_in(database, unlike.by_unit):
        if step.unit not in told and only in (0, step.conversation):
            outcome.same -= 1
            outcome.different.append(Verdict(step, unlike.of_unit(step.unit)))
    if not only:
        outcome.records, outcome.unknown = unlike.others, unlike.unknown


def _with_progress(units: Iterator[int]) -> Iterator[int]:
    """Says on a terminal how far it has come."""
    tells = is_drawn(sys.stderr)
    for place, unit in enumerate(units):
        if tells and place % 500 == 0:
            click.echo(f"\r{place} steps", nl=False, err=True)
        yield unit
    if tells:
        click.echo("\r" + " " * 20 + "\r", nl=False, err=True)


def _units_of(copy: Path) -> frozenset[int]:
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return frozenset(order_of(database))
    except sqlite3.Error as error:
        raise MonitorError(f"{copy} is no copy of a store ({error}); make one with VACUUM INTO") from error

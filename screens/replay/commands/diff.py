"""`entracte replay diff`: two sessions, step by step."""

from __future__ import annotations

from itertools import zip_longest

import click

from monitor.cli import region_options
from monitor.settings import Settings
from screens.replay.commands.drawn import screen_width
from screens.replay.comparison import Seen, changed_cells, side_by_side
from screens.replay.filming import frames_of
from screens.replay.filmstrip import Frame
from screens.replay.rendering import block, digest


@click.command()
@click.argument("left")
@click.argument("right")
@click.option("--all", "everything", is_flag=True, help="Show every screen that differs, not the first only.")
@region_options
@click.pass_context
def diff(ctx: click.Context, settings: Settings, left: str, right: str, everything: bool) -> None:
    """Compare two scenarios, as they run now, or stored conversations such as 3-17; exit 1 if they differ."""
    different, shown = 0, False
    pairs = zip_longest(frames_of(left, settings), frames_of(right, settings))
    for number, (one, other) in enumerate(pairs, start=1):
        lines = difference(one, other, (left, right), screen_width())
        if not lines:
            continue
        different += 1
        click.echo(f"step {number} differs: {lines[0]}")
        if everything or not shown:
            click.echo("\n".join(lines[1:]))
        shown = True
    click.echo(f"{different} steps differ" if different else "no step differs")
    ctx.exit(1 if different else 0)


def difference(one: Frame | None, other: Frame | None, names: tuple[str, str], width: int) -> list[str]:
    """What differs between two steps, in one line, and how; empty if nothing does."""
    if one is None or other is None:
        return [f"only {names[0] if other is None else names[1]} has it"]
    reasons = []
    if one.actions != other.actions:
        reasons.append(f"{' / '.join(one.actions)} against {' / '.join(other.actions)}")
    cells = changed_cells(block(one.rows), Seen(other.rows, 80, "", ""))
    if cells:
        reasons.append(f"{len(cells)} cells")
    if digest(one.attributes) != digest(other.attributes):
        reasons.append("attributes of fields")
    if not reasons:
        return []
    shown = side_by_side(block(one.rows), other.rows, cells, width, names) if cells else []
    return ["; ".join(reasons), *shown]

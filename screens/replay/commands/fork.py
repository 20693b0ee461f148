"""`entracte replay fork`: a new conversation from the state after an earlier step."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import click
from msgspec.structs import replace

from monitor.cli import checked_terminal, region_options
from monitor.errors import MonitorError
from monitor.recall import fork as fork_conversation
from monitor.settings import Settings
from monitor.startup import open_region, store_path
from monitor.store.sqlite import translated
from monitor.units import unit_name
from screens.replay.stored import conversation_id

_DAYS_KEPT = 36_500
"""A hundred years: what is forked from may be older than what is kept."""


@click.command()
@click.argument("conversation")
@click.argument("step", type=int)
@click.option(
    "--terminal",
    default="FORK",
    show_default=True,
    callback=checked_terminal,
    help="Terminal the new conversation is on.",
)
@region_options
def fork(settings: Settings, conversation: str, step: int, terminal: str) -> None:
    """Begin a new conversation where CONVERSATION stood after STEP; application records stay as they are."""
    path = store_path(settings)
    if not path.is_file():
        raise MonitorError(f"there is no store {path}")
    unit = asyncio.run(_new_unit(settings))
    with translated(), closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        forked = fork_conversation(database, conversation_id(conversation), step, terminal, unit)
    click.echo(
        f"conversation {unit_name(forked.conversation)} stands after step {forked.number} on terminal "
        f"{terminal}; go on with `entracte run --terminal {terminal}`"
    )


async def _new_unit(settings: Settings) -> int:
    """The id of a unit of work that no other region can have; the region that gives it deletes no history."""
    limits = replace(settings.limits, history_days_max=_DAYS_KEPT)
    async with open_region(replace(settings, limits=limits)) as region:
        return region.engine.units.new()

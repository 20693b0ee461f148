"""`entracte replay record`: a scenario of a session, worked now or stored before."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from monitor.cli import CONSOLE, region_options, terminal_option
from monitor.errors import MonitorError
from monitor.importing import named
from monitor.recall import StoredStep, seed_of, steps_of_terminal
from monitor.settings import Settings
from monitor.startup import open_region
from screens.replay.commands.drawn import is_drawn
from screens.replay.commands.output import check_new, force_option
from screens.replay.drivers.ground import Seeds
from screens.replay.recording import input_of, scenario_of
from screens.replay.running import run_file
from screens.replay.scenario import Scenario
from screens.replay.stored import conversation_id, history_of, stored_steps
from screens.replay.writing import check_writable, text_of_scenario
from screens.whole_file import write_text

Console = Callable[[Any, Any, str], Awaitable[None]]
FIRST_SEED = 1


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--conversation", metavar="ID", help="Record a stored one, such as 3-17, and open no terminal.")
@click.option(
    "--on-store", is_flag=True, help="Work on the store itself; else on a new one, as a replay does."
)
@click.option("--full-attributes", is_flag=True, help="Write all attributes of fields, not their digest.")
@force_option
@terminal_option
@region_options
def record(
    settings: Settings,
    terminal: str,
    file: Path,
    conversation: str | None,
    on_store: bool,
    full_attributes: bool,
    force: bool,
) -> None:
    """Make a scenario of a session: work at a terminal until you quit, or name a stored conversation."""
    check_new(file, force=force)
    check_writable(file)
    if conversation is not None:
        scenario = of_conversation(settings, conversation, file, full_attributes=full_attributes)
    else:
        if not (is_drawn(sys.stdin) and is_drawn(sys.stdout)):
            raise click.UsageError(
                "record needs a terminal to draw on; or name a stored session: --conversation"
            )
        scenario = live(
            settings, terminal, file, console(), on_store=on_store, full_attributes=full_attributes
        )
    write_text(file, text_of_scenario(scenario))
    click.echo(f"{file}: {len(scenario.steps)} steps recorded")
    _check(file, settings)


def of_conversation(settings: Settings, name: str, file: Path, *, full_attributes: bool) -> Scenario:
    """The scenario of a stored conversation."""
    with history_of(settings) as (database, presenter):
        conversation = conversation_id(name)
        steps = stored_steps(database, conversation)
        if steps[0].number != 1:
            raise MonitorError(f"the first steps of conversation {name} are not kept any more")
        if input_of(steps[0]).get("fields"):
            click.echo(
                "it began on a screen with fields, and a scenario begins on a blank one: only the transaction "
                "code is typed there"
            )
        seed = seed_of(database, conversation)
        return scenario_of(steps, presenter, file, seed=seed, full_attributes=full_attributes)


def live(
    settings: Settings,
    terminal: str,
    file: Path,
    work: Console,
    *,
    on_store: bool = False,
    full_attributes: bool = False,
) -> Scenario:
    """Let somebody work at a terminal, and make a scenario of the steps this left in the store."""
    with tempfile.TemporaryDirectory(prefix="entracte-record-") as folder:
        used = settings
        if not on_store:
            used = msgspec.structs.replace(settings, store=str(Path(folder) / "record.db"))
        before = _sequence(used, terminal)
        asyncio.run(_work(used, terminal, work))
        with history_of(used) as (database, presenter):
            steps = steps_of_terminal(database, terminal, before)
            if not steps:
                raise MonitorError("nothing was done, so nothing is recorded")
            if steps[0].number != 1:
                steps = _from_a_beginning(steps)
            seed = seed_of(database, steps[0].conversation)
            return scenario_of(steps, presenter, file, seed=seed, full_attributes=full_attributes)


def console() -> Console:
    """The Textual terminal."""
    found: Console = named(CONSOLE)
    return found


async def _work(settings: Settings, terminal: str, work: Console) -> None:
    async with open_region(settings, randomness=Seeds(FIRST_SEED)) as region:
        await work(region, region.presentation, terminal)


def _sequence(settings: Settings, terminal: str) -> int:
    """The last input of a terminal so far."""
    if not Path(settings.store).is_file():
        return 0
    with history_of(settings) as (database, _):
        row = database.execute("SELECT max(sequence) FROM step WHERE terminal = ?", (terminal,)).fetchone()
        return row[0] or 0


def _from_a_beginning(steps: list[StoredStep]) -> list[StoredStep]:
    """Without the end of a conversation that had begun before."""
    begun = next((place for place, step in enumerate(steps) if step.number == 1), None)
    if begun is None:
        raise MonitorError(
            "the conversation had begun before: press Clear first, or record it with --conversation"
        )
    return steps[begun:]


def _check(file: Path, settings: Settings) -> None:
    """Say whether the scenario plays back as it was recorded."""
    report = run_file(file, settings, "core")
    unlike = [(played.number, {one.what for one in played.differences}) for played in report.played]
    changed = [number for number, whats in unlike if whats - {"determinism"}]
    strayed = [number for number, whats in unlike if "determinism" in whats]
    if report.trouble:
        click.echo(f"  it does not play back: {report.trouble}")
    if strayed:
        click.echo(f"  steps {_listed(strayed)} do what no replay can do again:")
        for found in dict.fromkeys(text for played in report.played for text in played.seen.stray):
            click.echo(f"    {found}")
    if changed and not report.trouble:
        click.echo(
            f"  steps {_listed(changed)} show something else when played on new data: give it a `fixture`, or "
            "name what changes under `volatile`"
        )
    if not (report.trouble or strayed or changed):
        click.echo("  it plays back the same")


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))

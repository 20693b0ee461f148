"""`entracte replay import`: a script of another terminal as a scenario."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from monitor.cli import region_options
from monitor.settings import Settings
from screens.replay.commands.approve import approve_file
from screens.replay.foreign import READERS, kind_of
from screens.replay.reading import read_text
from screens.replay.writing import check_writable, text_of_scenario, write_text


@click.command("import")
@click.argument("script", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--kind", type=click.Choice(list(READERS)), help="The script's language; else it is guessed.")
@click.option("--transaction", default="", help="Started on the terminal before the script begins.")
@click.option("--empty", is_flag=True, help="Do not play it to write what it shows.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@region_options
@click.pass_context
def import_(
    ctx: click.Context,
    settings: Settings,
    script: Path,
    file: Path,
    kind: str | None,
    transaction: str,
    empty: bool,
    force: bool,
) -> None:
    """Make the scenario FILE of SCRIPT, an s3270 script or a WSim-like one, and write what it shows."""
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it")
    check_writable(file)
    text = read_text(script)
    scenario = READERS[kind or kind_of(text)](script, text)
    scenario = msgspec.structs.replace(scenario, file=file, transaction=transaction.upper())
    write_text(file, text_of_scenario(scenario))
    click.echo(f"{file}: {len(scenario.steps)} steps")
    if not empty:
        ctx.exit(approve_file(file, settings, fill=True))

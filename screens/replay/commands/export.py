"""`entracte replay export`: a scenario for another terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from monitor.cli import region_options
from monitor.settings import Settings
from screens.replay.commands.output import check_output, force_option, output_option
from screens.replay.exporting import to_s3270
from screens.replay.reading import load_scenario


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--s3270", "s3270", is_flag=True, required=True, help="As a script in s3270's action language.")
@click.option("--screens", is_flag=True, help="Print the screen after each step.")
@output_option
@force_option
@region_options
def export(
    settings: Settings, file: Path, s3270: bool, screens: bool, output: Path | None, force: bool
) -> None:
    """Write the scenario FILE as a script; it is played, so that fields become places."""
    check_output(output, file, force=force)
    text = asyncio.run(to_s3270(load_scenario(file), settings, screens=screens))
    if output is None:
        click.echo(text.encode(), nl=False)  # a script is UTF-8, wherever it goes
    else:
        output.write_text(text, "utf-8")

"""`entracte replay show`: a film strip."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import region_options
from monitor.settings import Settings
from screens.replay.commands.output import check_output, force_option, output_option
from screens.replay.filming import frames_of
from screens.replay.filmstrip import Paper, expected_frames, strip
from screens.replay.reading import load_scenario
from screens.replay.stored import is_conversation


@click.command()
@click.argument("what")
@click.option("--text", "paper", flag_value="text", default="text", help="As text (the default).")
@click.option("--html", "paper", flag_value="html", help="As a page, in colours.")
@click.option("--svg", "paper", flag_value="svg", help="As a picture, in colours.")
@click.option("--attributes", is_flag=True, help="With all attributes of fields, as text.")
@click.option("--expected", is_flag=True, help="What the file says, without running it, as text.")
@output_option
@force_option
@region_options
def show(
    settings: Settings,
    what: str,
    paper: str,
    attributes: bool,
    expected: bool,
    output: Path | None,
    force: bool,
) -> None:
    """Show the screens of WHAT: a scenario's file, or a stored conversation such as 3-17."""
    check_output(output, Path(what), force=force)
    if expected and not is_conversation(what):
        text = strip(expected_frames(load_scenario(Path(what))), Paper.TEXT, what, attributes=attributes)
    else:
        form = Paper(paper)
        text = strip(frames_of(what, settings, form), form, what, attributes=attributes)
    if output is None:
        click.echo(text if paper == Paper.TEXT else text.encode(), nl=False)  # the others say they are UTF-8
    else:
        output.write_text(text, "utf-8")

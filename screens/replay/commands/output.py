"""Scenarios and scripts that commands write, and their options: none that is there is written over unasked."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.report_files import PRINTED

force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    callback=lambda context, option, file: None if file == PRINTED else file,
    help="A file; else, or if it is -, standard output.",
)


def check_new(file: Path, *, force: bool) -> None:
    """Refuse a file that is there, unless `force`, and standard output."""
    if file == PRINTED:
        raise click.UsageError("a scenario is kept in a file: name one instead of -")
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it")


def check_output(output: Path | None, source: Path, *, force: bool) -> None:
    """Refuse to write over a file that is there unless `force`, and over the scenario `source` ever.

    What is no regular file, such as a terminal or a pipe, is no file to write over.
    """
    if output is None or (output.exists() and not output.is_file()):
        return
    if output.exists() and source.exists() and output.samefile(source):
        raise click.UsageError(f"{output} is the scenario itself: name another file")
    check_new(output, force=force)

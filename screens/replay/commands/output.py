"""Files that commands write: none that is there is written over unasked."""

from __future__ import annotations

from pathlib import Path

import click


def check_new(file: Path, *, force: bool) -> None:
    """Refuse a file that is there, unless `force`."""
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

"""Files for what a command finds out: refused before it runs, and written over, for each run makes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import click

PRINTED = Path("-")
"""Standard output, instead of what is told there else."""


class ReportFile(click.Path):
    """A file that can be written, there or not, or `-`."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False, writable=True, allow_dash=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error for one that cannot be written."""
        file = cast("Path", super().convert(value, param, ctx))
        if file != PRINTED and not file.parent.is_dir():
            self.fail(f"there is no folder {file.parent}; make it, or name another", param, ctx)
        if file != PRINTED and not file.exists() and not os.access(file.parent, os.W_OK):
            self.fail(f"{file} cannot be written here; name another file", param, ctx)
        return file


def check_reports(files: Iterable[Path | None], sources: Iterable[Path] = ()) -> None:
    """Refuse two reports in one place, and one that would write over what the command reads."""
    given = [file for file in files if file is not None]
    if len(set(given)) < len(given):
        raise click.UsageError(f"{given[0]} cannot take two reports; name another file")
    for file in given:
        if file.exists() and any(source.exists() and file.samefile(source) for source in sources):
            raise click.UsageError(f"{file} is the scenario itself: name another file")


def write_report(file: Path, report: bytes) -> None:
    """Print a report, or write it over what is there."""
    if file == PRINTED:
        click.echo(report, nl=False)
    else:
        file.write_bytes(report)

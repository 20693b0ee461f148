"""`entracte compare`: pseudo-conversational steps beside other ways to hold a conversation, measured here and now."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import click
import msgspec

from comparison.broken_off import told
from comparison.compare import text
from comparison.compare.findings import findings
from comparison.compare.page import page
from comparison.compare.plan import QUICK, WHOLE
from comparison.compare.results import Result
from comparison.compare.running import PARTS, run
from comparison.competitor import Competitor
from comparison.table import COMPETITORS, ENTRACTE
from monitor.cli import Number
from monitor.signals import exit_on_signals

FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


def _chosen(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> list[Competitor]:
    known = {one.name: one for one in COMPETITORS}
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of: {'; '.join(known)}")
    return [one for one in COMPETITORS if not names or one.name in {ENTRACTE, *names}]


def _writable(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    """Refused before the run, not after it."""
    if file is not None and not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}; make it, or name another")
    if file is not None and not os.access(file if file.exists() else file.parent, os.W_OK):
        raise click.BadParameter(f"{file} cannot be written here; name another file")
    return file


@click.command()
@click.option(
    "--quick", is_flag=True, help="Under a minute: fewer and shorter figures. Trust its ratios less."
)
@click.option(
    "--json",
    "json_file",
    type=FILE,
    callback=_writable,
    metavar="FILE",
    help="Write everything measured as JSON.",
)
@click.option(
    "--html",
    "html_file",
    type=FILE,
    callback=_writable,
    metavar="FILE",
    help="Write one page with plots.",
)
@click.option(
    "--only",
    multiple=True,
    callback=_chosen,
    metavar="NAME",
    help="Beside entracte only these; may be repeated.",
)
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(PARTS), help="Only this part; may be repeated."
)
@click.option(
    "--commit-delay-ms",
    default=0.0,
    type=Number(0, 1000),
    help="Make every commit of every competitor this much slower, as an ordinary disk would.",
)
@click.pass_context
def compare(
    ctx: click.Context,
    quick: bool,
    json_file: Path | None,
    html_file: Path | None,
    only: list[Competitor],
    parts: tuple[str, ...],
    commit_delay_ms: float,
) -> None:
    """Measure entracte beside asyncio, Tornado, threads, Starlette, DBOS and LangGraph; exit 1 if a step was lost."""
    exit_on_signals()
    plan = (QUICK if quick else WHOLE)._replace(commit_delay_s=commit_delay_ms / 1e3)
    with (
        told(),
        tempfile.TemporaryDirectory(prefix="entracte-compare-", ignore_cleanup_errors=True) as folder,
    ):
        result = asyncio.run(run(plan, only, parts or PARTS, Path(folder), _tell, quick))
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    result.findings = findings(result)
    try:
        _write(result, json_file, html_file)
    finally:  # told even if a file cannot be kept; and after it, for whoever reads may close the pipe
        for line in text.lines(result):
            click.echo(line)
    if result.findings:
        ctx.exit(1)


def _write(result: Result, json_file: Path | None, html_file: Path | None) -> None:
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    if html_file is not None:
        html_file.write_text(page(result), "utf-8")


def _tell(what: str) -> None:
    """One line that is written over on a terminal; a line each elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}", nl=False, err=True)
    else:
        click.echo(what, err=True)

"""`entracte compare`: pseudo-conversational steps beside other ways to hold a conversation, measured here and now."""

from __future__ import annotations

import asyncio
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
from monitor.report_files import PRINTED, ReportFile, check_reports, write_report
from monitor.signals import exit_on_signals


def _chosen(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> list[Competitor]:
    known = {one.name: one for one in COMPETITORS}
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of: {'; '.join(known)}")
    return [one for one in COMPETITORS if not names or one.name in {ENTRACTE, *names}]


@click.command()
@click.option(
    "--quick", is_flag=True, help="Under a minute: fewer and shorter figures. Trust its ratios less."
)
@click.option("--json", "json_file", type=ReportFile(), help="Everything measured as JSON; - prints it.")
@click.option("--html", "html_file", type=ReportFile(), help="One page with plots; - prints it.")
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
    check_reports((json_file, html_file))
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
        for line in text.lines(result) if PRINTED not in (json_file, html_file) else ():
            click.echo(line)
    if result.findings:
        ctx.exit(1)


def _write(result: Result, json_file: Path | None, html_file: Path | None) -> None:
    if json_file is not None:
        write_report(json_file, msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    if html_file is not None:
        write_report(html_file, page(result).encode())


def _tell(what: str) -> None:
    """One line that is written over on a terminal; a line each elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}", nl=False, err=True)
    else:
        click.echo(what, err=True)

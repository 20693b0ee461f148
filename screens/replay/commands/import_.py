"""`entracte replay import`: a script of another terminal as a scenario."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import click
import msgspec

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.settings import Settings
from screens.replay.approving import approved
from screens.replay.commands.output import check_new, force_option
from screens.replay.foreign import READERS, kind_of
from screens.replay.playing import Way, report_on
from screens.replay.reading import read_text
from screens.replay.writing import check_writable, text_of_scenario
from screens.whole_file import write_text

_TRANSACTION = re.compile("[A-Za-z0-9]{0,4}")


@click.command("import")
@click.argument("script", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--kind", type=click.Choice(list(READERS)), help="The script's language; else it is guessed.")
@click.option("--transaction", default="", help="Started on the terminal before the script begins.")
@click.option(
    "--empty", is_flag=True, help="Do not play it; what it types into hidden fields is written as well."
)
@force_option
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
    check_new(file, force=force)
    if not _TRANSACTION.fullmatch(transaction):
        raise click.UsageError(
            f"--transaction {transaction} is not a transaction id: 1 to 4 letters and digits"
        )
    check_writable(file)
    text = read_text(script, any_kind=True)
    read = READERS[kind or kind_of(text)](script, text)
    scenario = msgspec.structs.replace(read, transaction=transaction.upper())
    made = text_of_scenario(msgspec.structs.replace(scenario, file=file))
    left: list[str] = []
    if not empty:
        report = asyncio.run(report_on(scenario, Way(settings)))
        if report.trouble:
            raise MonitorError(f"{report.trouble}; nothing is written, --empty writes it without playing it")
        made, left = approved(made, report.played, fill=True)
    write_text(file, made)
    click.echo(f"{file}: {len(scenario.steps)} steps")
    for problem in left:
        click.echo(f"  left as it is: {problem}", err=True)
    ctx.exit(1 if left else 0)

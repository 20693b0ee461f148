"""`entracte bench`: the dispatcher beside one aiosqlite transaction a step, in one run, in turns."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import click

from comparison.bench import idle as idle_conversations
from comparison.bench.report import HEAD, closing_lines, line, summary, unfinished
from comparison.bench.rounds import COUNTS_MAX, Figure, Plan, fsync_ms, measure, prepare
from comparison.broken_off import told
from comparison.open_files import allow_open_files
from monitor.cli import Number
from monitor.signals import exit_on_signals
from monitor.tuning import tune_process


def _numbers(_: click.Context, __: click.Parameter, text: str, most: int = 99_999) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a list of numbers such as 1,10,100") from None
    if min(numbers) < 1 or max(numbers) > most:
        raise click.BadParameter(f"each number must be from 1 to {most:,}")
    numbers = list(dict.fromkeys(numbers))
    if len(numbers) > COUNTS_MAX:
        raise click.BadParameter(f"at most {COUNTS_MAX} different numbers can be measured in one run")
    return numbers


@click.command()
@click.option(
    "--terminals", default="1,10,100,1000", show_default=True, callback=_numbers, help="How many at once."
)
@click.option("--seconds", default=2.0, show_default=True, type=Number(0.1, 600), help="For each figure.")
@click.option(
    "--rounds", default=3, show_default=True, type=click.IntRange(1, 99), help="Turns of each variant."
)
@click.option(
    "--commit-delay-ms",
    default=0.0,
    type=Number(0, 1000),
    help="Make every commit of every variant this much slower, as an ordinary disk would.",
)
@click.option(
    "--idle",
    default="",
    metavar="COUNTS",
    callback=lambda context, option, text: _numbers(context, option, text, 10_000_000) if text else [],
    help="Instead: memory and first key with so many idle conversations stored, such as 1000,100000.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@click.pass_context
def bench(
    ctx: click.Context,
    terminals: list[int],
    seconds: float,
    rounds: int,
    commit_delay_ms: float,
    idle: list[int],
    as_json: bool,
) -> None:
    """Measure steps a second beside one aiosqlite transaction a step; exit 1 if the run does not count."""
    exit_on_signals()
    allow_open_files()
    if idle:
        with told(), tempfile.TemporaryDirectory(prefix="entracte-idle-") as folder:
            _idle(Path(folder), idle, as_json)
        return
    plan = Plan(terminals, seconds, rounds, commit_delay_ms / 1e3)
    with told(), tempfile.TemporaryDirectory(prefix="entracte-bench-") as folder:
        findings = asyncio.run(_bench(plan, Path(folder), as_json))
    if findings:
        ctx.exit(1)


def _idle(folder: Path, counts: list[int], as_json: bool) -> None:
    found = idle_conversations.measure(asyncio.run(idle_conversations.prepare(folder)), folder, counts)
    if as_json:
        click.echo(json.dumps([row._asdict() for row in found], indent=2))
        return
    click.echo(f"{'idle conversations':>18}  {'resident MB':>11}  {'first key p50 ms':>16}  {'p99 ms':>7}")
    for row in found:
        click.echo(
            f"{row.conversations:>18,}  {row.resident_mb:>11.1f}  {row.p50_ms:>16.2f}  {row.p99_ms:>7.2f}"
        )


async def _bench(plan: Plan, folder: Path, as_json: bool) -> list[str]:
    figures: list[Figure] = []
    findings: list[str] = []
    fsync = fsync_ms(folder)
    if not as_json:
        click.echo(HEAD)
    stores = await prepare(folder)
    tune_process()
    async for item in measure(plan, stores):
        if isinstance(item, str):
            findings.append(item)
            continue
        figures.append(item)
        if not as_json:
            click.echo(line(item))
    findings += unfinished(figures)
    result = summary(plan, figures, findings, fsync)
    if as_json:
        click.echo(json.dumps(result, indent=2))
        return findings
    for text in closing_lines(result):
        click.echo(text)
    click.echo("audit: ok" if not findings else "this run does not count:")
    for finding in findings:
        click.echo(f"  {finding}")
    return findings

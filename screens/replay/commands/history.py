"""`entracte replay history`: stored conversations, and the steps of one."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.cli import region_options
from monitor.clock import stamp
from monitor.recall import Filter, StoredStep, conversations
from monitor.settings import Settings
from monitor.units import unit_name
from screens.replay.recording import aid_of, input_of
from screens.replay.stored import conversation_id, history_of, stored_steps


@click.command()
@click.argument("conversation", required=False)
@click.option("--terminal", default="", help="Only of this terminal.")
@click.option("--user", default="", help="Only of this user.")
@click.option("--transid", default="", help="Only those whose last step ran this transaction.")
@click.option("--state", type=click.Choice(["open", "ended"]), help="Only open or ended ones.")
@click.option("--abended", is_flag=True, help="Only those whose last step abended.")
@click.option("--since", default="", metavar="TIME", help="Last step not before this, such as 2026-01-02.")
@click.option(
    "--last",
    type=click.IntRange(1, 1_000_000),
    default=50,
    show_default=True,
    help="How many, the latest first.",
)
@region_options
def history(
    settings: Settings,
    conversation: str | None,
    terminal: str,
    user: str,
    transid: str,
    state: str | None,
    abended: bool,
    since: str,
    last: int,
) -> None:
    """List stored conversations, or with an ID such as 3-17 the steps of that one."""
    if conversation is not None and any((terminal, user, transid, state, abended, since)):
        raise click.UsageError("one conversation is shown whole: leave out its id, or the filters")
    with history_of(settings) as (database, _):
        if conversation is not None:
            for step in stored_steps(database, conversation_id(conversation)):
                click.echo(step_line(step))
            return
        wanted = Filter(terminal, user, transid, state or "", abended, _moment(since), last)
        found = conversations(database, wanted)
    for one in found:
        ended = f"{one.outcome}{f' {one.code}' if one.code else ''}"
        click.echo(
            f"{unit_name(one.id):<9} {one.last[:19].replace('T', ' ')}  {one.terminal:<8} {one.user:<8} "
            f"{one.steps:>4} steps  {one.state:<5}  {one.transid:<4} {ended}"
        )
    if not found:
        click.echo("no conversations")


def _moment(since: str) -> str:
    """A time as the store has it, in UTC if it does not say; empty for none."""
    if not since:
        return ""
    try:
        moment = datetime.fromisoformat(since)
        return stamp((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"--since {since} is no time ({error}); write it as 2026-01-02 or 2026-01-02T03:04"
        ) from error


def step_line(step: StoredStep) -> str:
    """A step in one line: when, how long, what ran, what came in and how it ended."""
    taken = input_of(step)
    fields = " ".join(f"{name}={text!r}" for name, text in (taken.get("fields") or {}).items())
    typed = f" {taken['text']!r}" if taken.get("text") else ""
    ended = f"{step.outcome}{f' {step.code}' if step.code else ''}{f' -> {step.next}' if step.next else ''}"
    return (
        f"{step.number:>4}  {step.started[:23].replace('T', ' ')} {step.elapsed_us / 1000:8.1f} ms  "
        f"{step.transid or '-':<4} {aid_of(step).value:<6} {ended:<18} {fields}{typed}".rstrip()
    )

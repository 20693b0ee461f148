"""`entracte replay`, and the table of its commands."""

from __future__ import annotations

import io
import sys

import click

from monitor.command_table import CommandTable

COMMANDS = {
    "against": ("screens.replay.commands.against:against", "Run what is stored again, on today's programs."),
    "approve": (
        "screens.replay.commands.approve:approve",
        "Take what scenarios show now as what they should.",
    ),
    "bench": ("screens.replay.commands.bench:bench", "Measure steps a second, and memory."),
    "diff": ("screens.replay.commands.diff:diff", "Compare two scenarios or stored conversations."),
    "export": ("screens.replay.commands.export:export", "Write a scenario as an s3270 script."),
    "fork": ("screens.replay.commands.fork:fork", "Go on from an earlier step, as a new conversation."),
    "history": ("screens.replay.commands.history:history", "List stored conversations, or the steps of one."),
    "import": ("screens.replay.commands.import_:import_", "Make a scenario of a script of another terminal."),
    "load": ("screens.replay.commands.load:load", "Run a scenario in many sessions at once."),
    "record": ("screens.replay.commands.record:record", "Make a scenario of a session."),
    "run": ("screens.replay.commands.run:run", "Run scenarios, and show what differs."),
    "show": ("screens.replay.commands.show:show", "Show the screens of a scenario or a stored conversation."),
}


@click.group(cls=CommandTable, table=COMMANDS)
def replay() -> None:
    """Record a session, run it again, compare, approve, load."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a screen may have characters its encoding has not
        sys.stdout.reconfigure(errors="replace")

"""`entracte replay`: its commands are a table, each loaded by name when it is asked for."""

from __future__ import annotations

import importlib
import io
import sys

import click

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


class ReplayCommands(click.Group):
    """The table above as a click group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table as it stands, so that asking for help imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in sorted(COMMANDS.items())])


@click.group(cls=ReplayCommands)
def replay() -> None:
    """Record a session, run it again, compare, approve, load."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a screen may have characters its encoding has not
        sys.stdout.reconfigure(errors="replace")

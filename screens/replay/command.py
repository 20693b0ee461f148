"""`entracte replay`: its commands are a table, each loaded by name when it is asked for."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "approve": (
        "screens.replay.commands.approve:approve",
        "Take what scenarios show now as what they should.",
    ),
    "run": ("screens.replay.commands.run:run", "Run scenarios, and show what differs."),
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

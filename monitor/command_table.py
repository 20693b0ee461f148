"""A click group that is a table: the floors above are reached by name only, each when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from monitor.importing import named


class CommandTable(click.Group):
    """`table` has the name of each command, where it is (`module:attribute`), and what it does."""

    def __init__(self, *arguments: Any, table: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in order."""
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self._table:
            return None
        command: click.Command = named(self._table[cmd_name][0])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table as it stands, so that asking for help imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in sorted(self._table.items())])

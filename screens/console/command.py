"""The console command of this room: `entracte keys`."""

from __future__ import annotations

import sys

import click

from screens.console.key_trial import try_keys
from screens.console.keymap import KeyMapError


@click.command()
@click.option(
    "--profile", default="", help="A key map: default, c3270, pcomm or your own; else the one you chose."
)
def keys(profile: str) -> None:
    """Press a key: see its bytes, its name, and the function it runs."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise click.UsageError("keys needs a terminal to read keys from.")
    try:
        try_keys(profile)
    except KeyMapError as error:
        raise click.UsageError(str(error)) from error

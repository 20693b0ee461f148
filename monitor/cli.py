"""The console command: a table of commands, each loaded by name when it is asked for."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import msgspec

from monitor.command_table import CommandTable
from monitor.errors import MonitorError, SettingsError
from monitor.exchange import is_terminal_id
from monitor.importing import named
from monitor.settings import FILE_VARIABLE, Settings, load_settings
from monitor.startup import open_region
from monitor.tuning import tune_process

COMMANDS = {
    "bench": (
        "comparison.bench.command:bench",
        "Measure steps a second beside one aiosqlite transaction a step.",
    ),
    "compare": (
        "comparison.compare.command:compare",
        "Measure this way of working beside asyncio, Tornado, threads, web and workflow frameworks.",
    ),
    "demo": ("monitor.cli:demo", "Open the sample bank; without a terminal to draw on, show the tour."),
    "doctor": (
        "monitor.doctor:doctor",
        "Say what is installed, whether the settings can be used and the store is sound.",
    ),
    "dump": ("monitor.inspection:dump", "Show the dump of one abend."),
    "dumps": ("monitor.inspection:dumps", "List the dumps that abends left."),
    "replay": ("screens.replay.command:replay", "Record a session, run it again, compare, approve, load."),
    "keys": ("screens.console.command:keys", "Press a key: see what it sends and does."),
    "run": ("monitor.cli:run", "Work at a terminal."),
    "script": ("screens.script.command:script", "Drive a terminal with s3270's actions on standard input."),
    "tour": ("transactions.bank.tour:tour", "Show the point in under a minute, as text."),
}
"""Every command: where it is, and what it does."""

CONSOLE = "screens.console:run"


class Commands(CommandTable):
    """The table above; a failure of ours is one line, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the monitor, or of a file, is told in a line, with exit code 2."""
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"entracte: {error}", err=True)
            ctx.exit(2)
        except OSError as error:
            if error.errno == errno.EPIPE:  # nobody reads on, and click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"entracte: {where}{error.strerror or error}; mend that, and try again", err=True)
            ctx.exit(2)


class Number(click.FloatRange):
    """A number in a range; `nan` and `inf`, which click's own range lets through, are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for anything else."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def region_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options every command on a store has; they arrive as one argument `settings`."""

    def with_settings(*, settings_file: Path | None, store: str | None, **rest: Any) -> Any:
        settings = load_settings(settings_file)
        reach_programs(settings_file)
        if store is not None:
            settings = msgspec.structs.replace(settings, store=store)
        return command(settings=settings, **rest)

    with_settings.__doc__ = command.__doc__
    with_settings.__name__ = command.__name__
    with_settings.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    for option in (
        click.option("--store", metavar="FILE", help="The SQLite file everything is kept in."),
        click.option(
            "--settings",
            "settings_file",
            type=click.Path(path_type=Path, dir_okay=False),
            help="A TOML file; else entracte.toml, if there is one here.",
        ),
    ):
        option(with_settings)
    return with_settings


def reach_programs(settings_file: Path | None) -> None:
    """Let the settings name modules that lie beside them, or in the current folder."""
    named = settings_file or Path(os.environ.get(FILE_VARIABLE, ""))
    folder = (named.parent if named.name else Path()).absolute()
    _refuse_namesakes(folder)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _refuse_namesakes(folder: Path) -> None:
    """Raise `SettingsError` for a package there that would be taken for one of ours, or hidden by it."""
    for name in _OURS:
        ours = find_spec(name)
        for there in (folder / name / "__init__.py", folder / f"{name}.py"):
            if there.exists() and (ours is None or there.resolve() != Path(ours.origin or "").resolve()):
                raise SettingsError(f"{there} has the name of a package of entracte's own, {name}; rename it")


_OURS = ("monitor", "screens", "transactions", "comparison")


def checked_terminal(_ctx: click.Context, _param: click.Parameter, terminal: str) -> str:
    """The terminal id that was given; raises `MonitorError` if it cannot be one."""
    if is_terminal_id(terminal):
        return terminal
    raise MonitorError(f"terminal id {terminal!r} must be 1 to 8 letters or digits")


terminal_option = click.option(
    "--terminal",
    default="T001",
    show_default=True,
    callback=checked_terminal,
    help="Terminal id, 1 to 8 letters or digits; t1 and T1 are two.",
)


@click.group(cls=Commands, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="entracte")
def main() -> None:
    """A CICS-inspired pseudo-conversational transaction monitor."""


@click.command()
@terminal_option
@region_options
def run(settings: Settings, terminal: str) -> None:
    """Work at a terminal: a region on the store, and the Textual terminal on it."""
    if not _has_terminal():
        raise click.UsageError(
            "run needs a terminal to draw on; use `entracte script` to drive it from a program."
        )
    asyncio.run(_work(settings, terminal))


@click.command()
@terminal_option
@region_options
@click.pass_context
def demo(ctx: click.Context, settings: Settings, terminal: str) -> None:
    """Open the sample bank in a terminal; without one, show the tour as text."""
    if _has_terminal():
        asyncio.run(_work(settings, terminal))
    else:
        ctx.invoke(named(COMMANDS["tour"][0]))


def _has_terminal() -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # one that was closed before the start is None
    return all(stream is not None and stream.isatty() for stream in streams)


async def _work(settings: Settings, terminal: str) -> None:
    console: Callable[..., Coroutine[Any, Any, None]] = named(CONSOLE)
    async with open_region(settings) as region:
        tune_process()
        try:
            await console(region, region.presentation, terminal)
        except Exception as error:
            region.log.log.warning("terminal failed", terminal=terminal, **failure(error))
            raise


def failure(error: Exception) -> dict[str, object]:
    """What a log keeps of a failure: its kind and where it was, not its words, which may be an operator's."""
    cause = error.__cause__ or error
    frames = traceback.extract_tb(cause.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(cause).__name__, "places": places}

"""`entracte doctor`: whether a region would start with these settings, and whether its store is sound. Reads only."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import click

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.importing import named
from monitor.inspection import opened, stored_bytes
from monitor.program import load
from monitor.settings import Settings
from monitor.startup import MONITOR_SCHEMA, check_good_morning, load_presentation, store_path
from monitor.store.migrations import changes_of, come_late

PACKAGES = ("entracte", "textual", "aiosqlite", "msgspec", "click", "structlog")

_DECODER = "screens.drawing:decoder_of"
_NONE_YET = "none yet; `entracte run` makes it"

_COUNTS = {
    "terminals": "SELECT count(*) FROM terminal",
    "open conversations": "SELECT count(*) FROM conversation WHERE state = 'open'",
    "steps in the history": "SELECT count(*) FROM step",
    "dumps": "SELECT count(*) FROM dump",
    "regions started so far": "SELECT count(*) FROM region",
}


@click.command()
@region_options
@click.pass_context
def doctor(ctx: click.Context, settings: Settings) -> None:
    """Say what is installed, whether the settings can be used and the store is sound; exit 1 if not."""
    click.echo(
        f"python    {platform.python_version()} on {platform.system()}, SQLite {sqlite3.sqlite_version}"
    )
    for name in PACKAGES:
        click.echo(f"{name:<9} {_version(name)}")
    click.echo(f"programs  {', '.join(settings.programs)}")
    wrong = _wrong_in(settings)
    for name, text in wrong.items():
        click.echo(f"wrong     {text if name in text else f'{name}: {text}'}")
    packages = (MONITOR_SCHEMA, *(() if "programs" in wrong else settings.programs))
    advice = ["No region starts with these settings."] if wrong else []
    path = Path(settings.store).absolute()
    if path.is_file():
        advice += _look_at(path, settings, packages)
    elif "store" not in wrong:
        click.echo(f"store     {path} ({_NONE_YET})")
    for text in advice:
        click.echo(text)
    ctx.exit(1 if advice else 0)


def _wrong_in(settings: Settings) -> dict[str, str]:
    """What no region starts with, by the setting.

    Programs that could not be loaded are not asked for a second time: what of them was loaded would be told as well.
    """
    wrong: dict[str, str] = {}
    for name, check in _CHECKS.items():
        if name == "good_morning_transid" and "programs" in wrong:
            continue
        if text := _why_wrong(check, settings):
            wrong[name] = text
    return wrong


def _check_log(settings: Settings) -> None:
    path = Path(settings.log).absolute()
    there = path if path.exists() else path.parent
    if settings.log and (path.is_dir() or not os.access(there, os.W_OK)):
        raise MonitorError(f"log {path} cannot be written; correct the settings")


def _check_store(settings: Settings) -> None:
    if not Path(settings.store).is_file():  # one that may only be read, as a copy, can still be looked at
        store_path(settings)


_CHECKS: dict[str, Callable[[Settings], object]] = {
    "programs": lambda settings: load(settings.programs),
    "good_morning_transid": lambda settings: check_good_morning(settings, load(settings.programs)),
    "presentation": lambda settings: named(_DECODER)(load_presentation(settings.presentation)),
    "log": _check_log,
    "store": _check_store,
}
"""Settings that name code or files, and what fails if that is not there or not what a region needs."""


def _why_wrong(check: Callable[[Settings], object], settings: Settings) -> str:
    try:
        check(settings)
    except MonitorError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  code of others, which fails as it likes
        return f"it cannot be loaded ({type(error).__name__}: {error}); correct it, or the settings"
    return ""


def _look_at(path: Path, settings: Settings, packages: Sequence[str]) -> list[str]:
    """Say what there is to say of the store; returns what to do about it."""
    with opened(settings) as database:
        verdict = database.execute("PRAGMA quick_check").fetchone()[0]
        mode = database.execute("PRAGMA journal_mode").fetchone()[0]
        sound = verdict == "ok"
        click.echo(f"store     {path}, {stored_bytes(path) / 1e6:.1f} MB, journal {mode}")
        click.echo(f"check     {'sound' if sound else verdict}")
        newer, late = _newer_changes(database, packages), _late_changes(database, packages)
        for text in (*newer, *late):
            click.echo(f"          {text}")
        for label, sql in _COUNTS.items():
            click.echo(f"          {database.execute(sql).fetchone()[0]:>9,} {label}")
    if newer:
        return ["Install the newer version that made the store; this one will not start on it."]
    if late:
        return ["Rename the schema file; no region starts on this store before."]
    if not sound:
        return ["Stop every region, move the file with its -wal and -shm away, and restore a backup."]
    return []


def _newer_changes(database: sqlite3.Connection, packages: Sequence[str]) -> list[str]:
    """What the store's schema has that this version does not know."""
    applied = database.execute(
        "SELECT component, max(number) FROM schema_change GROUP BY component"
    ).fetchall()
    known = {package: [number for number, _, _ in changes_of(package)] for package in packages}
    return [
        f"schema change {number} of {component} is newer than this program"
        for component, number in applied
        if component in known and number > max(known[component], default=0)
    ]


def _late_changes(database: sqlite3.Connection, packages: Sequence[str]) -> list[str]:
    """What this version has that comes before what the store's schema has."""
    applied = "SELECT number FROM schema_change WHERE component = ?"
    done = {package: {number for (number,) in database.execute(applied, (package,))} for package in packages}
    return [late for package in packages if (late := come_late(package, done[package]))]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"

"""What an operator looks at from outside: the store, and the dumps of abends in it. Reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import click

from monitor.cli import region_options
from monitor.errors import MonitorError
from monitor.settings import Settings
from monitor.store.migrations import is_store
from monitor.units import unit_id, unit_name

_DUMPS = "SELECT number, at, terminal, user, transid, code, message FROM dump ORDER BY number DESC LIMIT ?"
_DUMP = "SELECT * FROM dump WHERE number = :number OR unit = :unit"


@contextmanager
def opened(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The store, to be read only; raises `MonitorError` if it cannot be."""
    path = Path(settings.store).absolute()
    if not path.is_file():
        raise MonitorError(
            f"there is no store {path}; `entracte run` makes one, or name another with --store"
        )
    try:
        with closing(_connected(path)) as database:
            database.row_factory = sqlite3.Row
            if not is_store(database):
                if database.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
                    raise MonitorError(
                        f"the store {path} is empty: no region has started on it yet; "
                        "`entracte run` makes its tables, or says why it cannot"
                    )
                raise MonitorError(f"{path} is no store of entracte's; name another with --store")
            yield database
    except sqlite3.Error as error:
        raise MonitorError(f"{path} cannot be read as a store ({error})") from error


def _connected(path: Path) -> sqlite3.Connection:
    """A connection that reads only. In a folder that cannot be written, where SQLite can make no files beside
    it, the file is taken as it is: raises `MonitorError` if a part of the store is in its log.
    """
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        database.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.Error as error:
        database.close()
        if error.sqlite_errorcode not in (sqlite3.SQLITE_READONLY_DIRECTORY, sqlite3.SQLITE_CANTOPEN):
            raise
        if stored_bytes(path) > path.stat().st_size:
            raise MonitorError(
                f"{path} cannot be read there: its folder cannot be written, and a part of it is in its -wal; "
                "copy both to another folder, and name the copy with --store"
            ) from error
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    return database


@click.command()
@click.option(
    "--last",
    type=click.IntRange(1, 1_000_000),
    default=20,
    show_default=True,
    help="How many, the newest first.",
)
@region_options
def dumps(settings: Settings, last: int) -> None:
    """List the dumps that abends left."""
    with opened(settings) as database:
        rows = database.execute(_DUMPS, (last,)).fetchall()
    if not rows:
        click.echo("no dumps")
    for row in rows:
        when = row["at"][:19].replace("T", " ")
        click.echo(
            f"{row['number']:>5}  {when}  {row['terminal']:<8} {row['user']:<8} {row['transid']:<4} "
            f"{row['code']:<4}  {row['message']}"
        )


@click.command()
@click.argument("number")
@region_options
def dump(settings: Settings, number: str) -> None:
    """Show one dump: by its number in the list, or by the unit the terminal named (such as 3-17)."""
    try:
        wanted = (
            {"number": 0, "unit": unit_id(number)} if "-" in number else {"number": int(number), "unit": 0}
        )
    except ValueError:
        raise click.BadParameter(f"{number!r} is neither a number nor a unit such as 3-17") from None
    with opened(settings) as database:
        row = _one_dump(database, wanted)
    if row is None:
        raise MonitorError(f"there is no dump {number}; `entracte dumps` lists what there is")
    click.echo(f"Dump {row['number']} of unit {unit_name(row['unit'])}, {row['at']}")
    click.echo(f"  transaction  {row['transid']}  at terminal {row['terminal']}, user {row['user']}")
    click.echo(f"  abend        {row['code']}: {row['message']}")
    click.echo(f"  conversation {unit_name(row['conversation'])}")
    click.echo(f"  input        {row['input']}")
    click.echo(f"  area         {row['area_type']} {row['area']}")
    click.echo("")
    click.echo(row["detail"].rstrip() or "(the program did not raise)")


def _one_dump(database: sqlite3.Connection, wanted: Mapping[str, int]) -> sqlite3.Row | None:
    try:
        row: sqlite3.Row | None = database.execute(_DUMP, wanted).fetchone()
    except OverflowError:  # a number that no column holds
        return None
    return row


def stored_bytes(path: Path) -> int:
    """Bytes, with what is committed and not yet in the file itself."""
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)

"""Schema changes: numbered SQL files, each applied once, in order, for the monitor and each application."""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise

from monitor.errors import StartupError

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

_APPLIED = """
CREATE TABLE IF NOT EXISTS schema_change (
    component TEXT NOT NULL,
    number    INTEGER NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (component, number)
) WITHOUT ROWID
"""


def is_store(database: sqlite3.Connection) -> bool:
    """True if there are a store's tables in it, of whatever version."""
    found = database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_change'")
    return found.fetchone() is not None


def changes_of(package: str) -> list[tuple[int, str, str]]:
    """(number, name, SQL) of the files in the `schema` folder of `package`; a plain module has none.

    Raises `StartupError` for SQL that would never be applied: a file without a number, or two with the same.
    """
    if not hasattr(importlib.import_module(package), "__path__"):
        return []
    folder = resources.files(package) / "schema"
    changes = sorted(_numbered(folder, package)) if folder.is_dir() else []
    for (number, name, _), (next_number, next_name, _) in pairwise(changes):
        if number == next_number:
            raise StartupError(
                f"{package} has two schema changes of the number {number}, {name} and {next_name}; "
                "give the one that was not applied yet another number"
            )
    return changes


def _numbered(folder: Traversable, package: str) -> Iterator[tuple[int, str, str]]:
    for file in folder.iterdir():
        if match := _NAME.fullmatch(file.name):
            yield int(match[1]), file.name, file.read_text("utf-8")
        elif file.name.lower().endswith(".sql"):
            raise StartupError(
                f"schema file {file.name} of {package} would never be applied; call it by a number of four digits "
                "and a name in lower case, such as 0002_prices.sql"
            )


def migrate(database: sqlite3.Connection, packages: Sequence[str]) -> list[str]:
    """Apply what each package has and the store has not; returns the names applied. One transaction."""
    applied: list[str] = []
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute(_APPLIED)
        for package in packages:
            applied += _migrate_package(database, package)
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return applied


def _migrate_package(database: sqlite3.Connection, package: str) -> list[str]:
    known = changes_of(package)
    done = {
        number
        for (number,) in database.execute("SELECT number FROM schema_change WHERE component = ?", (package,))
    }
    newer = done - {number for number, _, _ in known}
    if newer:
        raise StartupError(
            f"the store has schema change {max(newer)} of {package}, which this program does not know; "
            "install the newer version that made it, nothing was changed"
        )
    if late := come_late(package, done):
        raise StartupError(f"{late}; nothing was changed")
    applied = []
    for number, name, sql in known:
        if number in done:
            continue
        try:
            for statement in split_statements(sql):
                database.execute(statement)
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise StartupError(
                f"schema change {name} of {package} failed: {error}; nothing was changed"
            ) from error
        database.execute("INSERT INTO schema_change VALUES (?, ?, ?)", (package, number, name))
        applied.append(f"{package} {name}")
    return applied


def come_late(package: str, done: Collection[int]) -> str:
    """Of the changes of `package` one that a store with `done` has missed, and what to do; empty: none.

    Applied now it would come after changes it was written to come before, and stores would differ.
    """
    known = changes_of(package)
    applied = [name for number, name, _ in known if number in done]
    for number, name, _ in known:
        if number < max(done, default=0) and number not in done:
            following = f"{known[-1][0] + 1:04}{name[4:]}"
            return (
                f"schema change {name} of {package} came after {applied[-1]}, which the store has already: "
                f"give it the next number, as {following}"
            )
    return ""


def split_statements(sql: str) -> list[str]:
    """The statements of a file, cut at the semicolons where SQLite says that a statement is complete.

    What follows the last of them is one as well: a semicolon forgotten there must not lose a statement.
    """
    *pieces, rest = sql.split(";")
    statements, text = [], ""
    for piece in pieces:
        text += f"{piece};"
        if sqlite3.complete_statement(text):
            statements.append(text.strip())
            text = ""
    if rest := (text + rest).strip():
        statements.append(rest)
    return statements

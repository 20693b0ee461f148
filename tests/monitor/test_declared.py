"""Tables that are not what the record types declare are found when the region starts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from monitor.errors import StartupError
from monitor.store import Table
from monitor.store.declared import check_tables

ITEM = Table("item", ("place", "code"), ("place", "code", "text"))
LINE = Table("line", ("number",), ("number", "text"))
NOTE = Table("note", ("id",), ("text",), append=True)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """An empty one."""
    with closing(sqlite3.connect(":memory:")) as opened:
        yield opened


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT, PRIMARY KEY (place, code))",
        "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT, UNIQUE (code, place)) STRICT",
        "CREATE TABLE item (code TEXT, place TEXT, text TEXT COLLATE NOCASE, written_by INT, more INT,"
        " PRIMARY KEY (code, place)) WITHOUT ROWID",
    ],
)
def test_any_unique_key_of_these_columns_will_do(database: sqlite3.Connection, sql: str) -> None:
    """Primary or not, in any order, with other columns beside it."""
    database.execute(sql)
    database.execute("CREATE TABLE line (number INTEGER PRIMARY KEY, text TEXT, written_by INT)")
    database.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
    check_tables(database, [ITEM, LINE, NOTE])


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "CREATE TABLE item (place INT, code TEXT, written_by INT)",
            "no column text; add a numbered SQL file",
        ),
        ("CREATE TABLE item (place INT, code TEXT, text TEXT)", "no column written_by"),
        (
            "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT, PRIMARY KEY (place))",
            r"the key of table item is \(place, code\), and it has no PRIMARY KEY or UNIQUE of just these",
        ),
        (
            "CREATE TABLE item (place INTEGER PRIMARY KEY, code TEXT, text TEXT, written_by INT)",
            "no PRIMARY KEY or UNIQUE of just these",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT);"
            "CREATE UNIQUE INDEX some ON item (place, code) WHERE text = ''",
            "no PRIMARY KEY or UNIQUE of just these",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT COLLATE NOCASE, text TEXT, written_by INT,"
            " PRIMARY KEY (place, code)) WITHOUT ROWID",
            "compared by NOCASE, so that two keys could be one record",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT);"
            "CREATE UNIQUE INDEX trimmed ON item (place, code COLLATE RTRIM)",
            "compared by RTRIM",
        ),
    ],
)
def test_what_is_not_as_declared_is_said(database: sqlite3.Connection, sql: str, said: str) -> None:
    """Which table, what is the matter, and what to do."""
    database.executescript(sql)
    with pytest.raises(StartupError, match=said):
        check_tables(database, [ITEM])

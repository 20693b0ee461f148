"""Tables that are not what the record types declare are found when the region starts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from monitor.errors import StartupError
from monitor.store import Table
from monitor.store.declared import check_tables

ITEM = Table("item", ("place", "code"), ("place", "code", "text"), text_key=("code",))
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
        "CREATE TABLE item (place ANY, code ANY, text TEXT, written_by INT, UNIQUE (code, place)) STRICT",
        "CREATE TABLE item (code VARCHAR(9), place, text TEXT COLLATE NOCASE, written_by INT, more INT,"
        " PRIMARY KEY (code, place)) WITHOUT ROWID",
        "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT);"
        'CREATE UNIQUE INDEX "odd ""name" ON item (place, code)',
    ],
)
def test_any_unique_key_of_these_columns_will_do(database: sqlite3.Connection, sql: str) -> None:
    """Primary or not, in any order, with other columns beside it."""
    database.executescript(sql)
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
            "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by TEXT, PRIMARY KEY (place, code))",
            "column written_by of table item is TEXT, .* declare it as INTEGER",
        ),
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
            "CREATE TABLE item (place INT, code ANY, text TEXT, written_by INT, UNIQUE (code, place))",
            "its column code is ANY: '007' and '7' are one number there",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT COLLATE NOCASE, text TEXT, written_by INT,"
            " PRIMARY KEY (place, code)) WITHOUT ROWID",
            "could be one record of table item: its index on the key is compared by NOCASE; declare it without",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT, text TEXT, written_by INT);"
            "CREATE UNIQUE INDEX trimmed ON item (place, code COLLATE RTRIM)",
            "compared by RTRIM",
        ),
        (
            "CREATE TABLE item (place INT, code TEXT COLLATE NOCASE, text TEXT, written_by INT);"
            "CREATE UNIQUE INDEX exact ON item (place, code COLLATE BINARY)",
            "its column code is declared with a COLLATE; declare it without one",
        ),
        (
            "CREATE TABLE item (place INT, code STRING, text TEXT, written_by INT, PRIMARY KEY (place, code))",
            "its column code is STRING: '007' and '7' are one number there; declare it as TEXT",
        ),
        (
            "CREATE TABLE item (place TEXT, code TEXT, text TEXT, written_by INT, PRIMARY KEY (place, code))",
            "column place of table item is TEXT, and the record type has a whole number there",
        ),
        (
            "CREATE TABLE item (place DOUBLE, code TEXT, text TEXT, written_by INT, PRIMARY KEY (place, code))",
            "column place of table item is DOUBLE, and the record type has a whole number there",
        ),
    ],
)
def test_what_is_not_as_declared_is_said(database: sqlite3.Connection, sql: str, said: str) -> None:
    """Which table, what is the matter, and what to do."""
    database.executescript(sql)
    with pytest.raises(StartupError, match=said):
        check_tables(database, [ITEM])


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ("id INTEGER PRIMARY KEY, text TEXT, written_by INTEGER NOT NULL", "written_by"),
        ("id INTEGER PRIMARY KEY, text TEXT NOT NULL, more TEXT NOT NULL, other INT NOT NULL", "more"),
        ("id TEXT PRIMARY KEY NOT NULL, text TEXT", "id"),
    ],
)
def test_a_ledger_that_no_row_could_be_added_to_is_refused(
    database: sqlite3.Connection, columns: str, name: str
) -> None:
    """With the column that nobody would fill in."""
    database.execute(f"CREATE TABLE note ({columns})")
    with pytest.raises(StartupError, match=f"column {name} of table note is NOT NULL without a DEFAULT"):
        check_tables(database, [NOTE])


@pytest.mark.parametrize(
    "more", ["written_by INT", "at TEXT NOT NULL DEFAULT '', twice AS (id * 2) NOT NULL"]
)
def test_a_ledger_may_have_columns_that_fill_themselves(database: sqlite3.Connection, more: str) -> None:
    """With nothing, a default, or what they are computed from."""
    database.execute(f"CREATE TABLE note (id INTEGER PRIMARY KEY NOT NULL, text TEXT NOT NULL, {more})")
    check_tables(database, [NOTE])
    database.execute("INSERT INTO note (text) VALUES ('a')")


def test_a_part_of_a_primary_key_is_no_key(database: sqlite3.Connection) -> None:
    """Though it is a whole number, as the key of every row is that SQLite numbers itself."""
    database.execute(
        "CREATE TABLE line (number INTEGER, text TEXT, written_by INT, PRIMARY KEY (number, text))"
    )
    with pytest.raises(StartupError, match="no PRIMARY KEY or UNIQUE of just these"):
        check_tables(database, [LINE])


KEPT = Table("kept", ("id",), ("id", "value"), holds=("whole", ""))


@pytest.mark.parametrize(
    ("held", "declared", "advised"),
    [
        ("text", "NUMERIC", "TEXT"),
        ("text", "INT", "TEXT"),
        ("text", "DECIMAL(20,4)", "TEXT"),
        ("whole", "VARCHAR(9)", "INTEGER"),
        ("whole", "DOUBLE", "INTEGER"),
        ("real", "TEXT", "REAL"),
        ("text", "TEXT", ""),
        ("text", "", ""),
        ("whole", "DECIMAL(9)", ""),
        ("whole", "BOOLEAN", ""),
        ("real", "INTEGER", ""),
        ("", "DATE", ""),
        ("", "DATETIME", ""),
    ],
)
def test_a_column_that_would_change_what_it_is_given_is_refused(
    database: sqlite3.Connection, held: str, declared: str, advised: str
) -> None:
    """Not only in a key: '007' would come back as 7, an exact decimal as a rounded one."""
    database.execute(f"CREATE TABLE kept (id INTEGER PRIMARY KEY, value {declared}, written_by INT)")
    table = msgspec.structs.replace(KEPT, holds=("whole", held))
    if not advised:
        check_tables(database, [table])
        return
    with pytest.raises(StartupError, match=f"column value of table kept is .* declare it as {advised};"):
        check_tables(database, [table])


def test_an_alternate_index_that_takes_two_values_for_one_is_refused(database: sqlite3.Connection) -> None:
    """A step that has changed something would browse in another order than one that has not."""
    database.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, value TEXT COLLATE NOCASE, written_by INT)")
    check_tables(database, [KEPT])
    with pytest.raises(
        StartupError, match="column value of table kept has a COLLATE, and the file is browsed"
    ):
        check_tables(database, [msgspec.structs.replace(KEPT, alternate="value")])


def test_a_table_that_is_not_there_is_named(database: sqlite3.Connection) -> None:
    """And not its columns."""
    with pytest.raises(StartupError, match="there is no table kept; add a numbered SQL file"):
        check_tables(database, [KEPT])

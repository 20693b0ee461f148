"""Whether the tables of a store are what the record types declare, found out at the start and not at the first key.

One record has one key, and a row of its own: a table that takes two keys for one would have one of them locked and
checked while the other is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from monitor.errors import StartupError
from monitor.store import Table
from monitor.store.statements import quoted

_ADVICE = "add a numbered SQL file to the schema folder of its application"

_COLUMNS = """
SELECT
    c.name,
    CASE WHEN t.strict AND c.type = 'ANY' COLLATE NOCASE THEN '' ELSE upper(c.type) END,
    c.pk,
    c."notnull" AND c.dflt_value IS NULL
FROM pragma_table_list(:name) t, pragma_table_info(:name) c
"""
_TRIGGERS = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"
_INDEXES = "SELECT name FROM pragma_index_list(?) WHERE [unique] AND NOT partial"
_INDEXED = "SELECT name, coll FROM pragma_index_xinfo(?) WHERE key"


class _Column(NamedTuple):
    type: str
    """As declared, in upper case; empty for ANY of a STRICT table, which takes a value as it is."""
    primary: bool
    needed: bool
    """NOT NULL, without a DEFAULT."""


def check_tables(database: sqlite3.Connection, tables: Iterable[Table]) -> tuple[Table, ...]:
    """The tables, with what was found out about them.

    Raises `StartupError` for a table without a column or the key that is declared, and says what to do.
    """
    return tuple([_checked(database, table) for table in tables])


def _checked(database: sqlite3.Connection, table: Table) -> Table:
    found = database.execute(_COLUMNS, {"name": table.name}).fetchall()
    if not found:
        raise StartupError(f"there is no table {table.name}; {_ADVICE} that makes it")
    present = {name: _Column(declared, primary > 0, needed > 0) for name, declared, primary, needed in found}
    wanted = table.columns if table.append else (*table.columns, "written_by")
    if missing := [column for column in wanted if column not in present]:
        raise StartupError(f"table {table.name} has no column {', '.join(missing)}; {_ADVICE}")
    for column, held in zip(table.columns, table.holds, strict=False):
        if column not in table.key:
            _check_kept(table, column, held, present[column].type)
    if table.alternate and not _tells_apart(database, table, table.alternate):
        raise StartupError(
            f"column {table.alternate} of table {table.name} has a COLLATE, and the file is browsed by it: "
            f"declare it without one; {_ADVICE}"
        )
    if table.append:
        _check_filled(table, present)
    else:
        _check_kept(table, "written_by", "whole", present["written_by"].type)
        _check_unique(database, table, present)
        for column in table.key:
            _check_type(table, column, present[column].type)
            if column in table.text_key and not _tells_apart(database, table, column):
                raise _loose(table, f"its column {column} is declared with a COLLATE", "without one")
    whole = len(present) == len(wanted) and not database.execute(_TRIGGERS, (table.name,)).fetchone()
    return replace(table, whole=whole)


def _check_filled(table: Table, present: dict[str, _Column]) -> None:
    for name, column in present.items():
        numbered = column.primary and column.type == "INTEGER"
        if column.needed and name not in table.columns and not numbered:
            raise StartupError(
                f"column {name} of table {table.name} is NOT NULL without a DEFAULT, and the record type has no "
                f"field for it, so that no row could be added; {_ADVICE} that drops it"
            )


def _check_unique(database: sqlite3.Connection, table: Table, present: dict[str, _Column]) -> None:
    key = set(table.key)
    primary = {name for name, column in present.items() if column.primary}
    row_id = primary if len(primary) == 1 and present[min(primary)].type == "INTEGER" else set()
    indexes = [
        dict(database.execute(_INDEXED, (index,)).fetchall())
        for (index,) in database.execute(_INDEXES, (table.name,)).fetchall()
    ]
    collations = [
        {collation.upper() for collation in indexed.values()} for indexed in indexes if indexed.keys() == key
    ]
    if not collations and row_id != key:
        raise StartupError(
            f"the key of table {table.name} is ({', '.join(table.key)}), and it has no PRIMARY KEY or UNIQUE "
            f"of just these; {_ADVICE}"
        )
    for collation in collations:
        if others := collation - {"BINARY"}:
            raise _loose(table, f"its index on the key is compared by {min(others)}", "without COLLATE")


def _check_type(table: Table, column: str, declared: str) -> None:
    affinity = _affinity(declared)
    if column in table.text_key and affinity not in ("TEXT", "BLOB"):
        raise _loose(
            table, f"its column {column} is {declared}: '007' and '7' are one number there", "as TEXT"
        )
    if column not in table.text_key and affinity in ("TEXT", "REAL"):
        raise StartupError(
            f"column {column} of table {table.name} is {declared}, and the record type has a whole number "
            f"there: declare it as INTEGER; {_ADVICE}"
        )


_LOSES = {
    "text": (("INTEGER", "REAL", "NUMERIC"), "text, of which '007' would become 7", "TEXT"),
    "whole": (("TEXT", "REAL"), "a whole number, which would become another type", "INTEGER"),
    "real": (("TEXT",), "a real number, which would become text", "REAL"),
}
"""By what a column holds: the affinities that change it, why, and the type to declare."""


def _check_kept(table: Table, column: str, held: str, declared: str) -> None:
    """Raise `StartupError` if SQLite would change values of the column on their way in."""
    affinities, what, advised = _LOSES.get(held, ((), "", ""))
    if _affinity(declared) in affinities:
        raise StartupError(
            f"column {column} of table {table.name} is {declared}, and the record type has {what}: "
            f"declare it as {advised}; {_ADVICE}"
        )


def _affinity(declared: str) -> str:
    """What SQLite makes of a value goes by the type's name: https://sqlite.org/datatype3.html, section 3.1."""
    for affinity, parts in _AFFINITIES.items():
        if any(part in declared for part in parts):
            return affinity
    return "NUMERIC" if declared else "BLOB"


_AFFINITIES = {
    "INTEGER": ("INT",),
    "TEXT": ("CHAR", "CLOB", "TEXT"),
    "BLOB": ("BLOB",),
    "REAL": ("REAL", "FLOA", "DOUB"),
}
"""In the order in which they are looked for."""


def _tells_apart(database: sqlite3.Connection, table: Table, column: str) -> bool:
    """The column's own collation, which no pragma tells: does it tell three texts apart?"""
    sql = (
        f"SELECT count(DISTINCT c) FROM (SELECT {quoted(column)} AS c FROM {quoted(table.name)} WHERE 0 "  # noqa: S608
        "UNION ALL SELECT 'A' UNION ALL SELECT 'a' UNION ALL SELECT 'a ')"
    )
    return bool(database.execute(sql).fetchone()[0] == 3)


def _loose(table: Table, why: str, advice: str) -> StartupError:
    return StartupError(
        f"two keys could be one record of table {table.name}: {why}; declare it {advice}: {_ADVICE}"
    )

"""Whether the tables of a store are what the record types declare, found out at the start and not at the first key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from monitor.errors import StartupError
from monitor.store import Table

_ADVICE = "add a numbered SQL file to the schema folder of its application"


def check_tables(database: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """Raise `StartupError` for a table without a column or the key that is declared, and say what to do."""
    for table in tables:
        info = list(database.execute(f"PRAGMA table_info({table.name})"))
        present = {row[1] for row in info}
        wanted = table.columns if table.append else (*table.columns, "written_by")
        if missing := [column for column in wanted if column not in present]:
            raise StartupError(f"table {table.name} has no column {', '.join(missing)}; {_ADVICE}")
        if not table.append:
            row_id = {row[1] for row in info if row[5] and row[2].upper() == "INTEGER"}
            _check_key(database, table, row_id)


def _check_key(database: sqlite3.Connection, table: Table, row_id: set[str]) -> None:
    """`row_id`: the whole number that SQLite finds rows by itself, if the primary key is one."""
    key = set(table.key)
    collations = list(_collations(database, table.name, key))
    if not collations and row_id != key:
        raise StartupError(
            f"the key of table {table.name} is ({', '.join(table.key)}), and it has no PRIMARY KEY or UNIQUE "
            f"of just these; {_ADVICE}"
        )
    for collation in collations:
        if collation - {"BINARY"}:  # 'A' and 'a' would be one row of the table, and two records to lock
            raise StartupError(
                f"the key of table {table.name} is compared by {min(collation - {'BINARY'})}, so that two keys "
                f"could be one record; declare its columns without COLLATE: {_ADVICE}"
            )


def _collations(database: sqlite3.Connection, table: str, key: set[str]) -> Iterable[set[str]]:
    """How the columns are compared, for each unique index over just the key's."""
    for _, index, unique, _, partial in list(database.execute(f"PRAGMA index_list({table})")):
        columns = [row for row in database.execute(f'PRAGMA index_xinfo("{index}")') if row[5]]
        if unique and not partial and {row[2] for row in columns} == key:
            yield {row[4].upper() for row in columns}

"""The SQL of the store, one function a statement, each for many keys or rows at once.

Few statements for a whole batch keep the number of times the database thread takes the GIL small: `sqlite3`
gives it up and takes it back around every row it steps over, and under a busy event loop each of those can
take milliseconds. Keys go in, and records come out, as one JSON array; rows go in as the values of one INSERT
(measured: 4 us a history row, 13 us as JSON that SQLite takes apart).

Names are quoted, for a table may be called `order`. SQLite takes a quoted name that is no column for a text, so what
is named here was looked for at the start (`monitor.store.declared`).
"""

# ruff: noqa: S608 - the names are quoted, the values are bound

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from monitor.store import Table


def quoted(name: str) -> str:
    """The name of a table or column, whatever it is, as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _listed(names: Iterable[str], before: str = "") -> str:
    return ", ".join([before + quoted(name) for name in names])


def _matches(table: Table) -> str:
    if len(table.key) == 1:
        return f"t.{quoted(table.key[0])} = k.value"
    return " AND ".join(f"t.{quoted(column)} = k.value->>{i}" for i, column in enumerate(table.key))


@cache
def read(table: Table) -> str:
    """The records under the keys ?, as one JSON array of [position of the key, written_by, columns...]."""
    return (
        f"SELECT json_group_array(json_array(k.key, t.written_by, {_listed(table.columns, 't.')})) "
        f"FROM json_each(?) k CROSS JOIN {quoted(table.name)} t ON {_matches(table)}"
    )


@cache
def read_rows(table: Table) -> str:
    """As `read`, but a row each."""
    return (
        f"SELECT k.key, t.written_by, {_listed(table.columns, 't.')} "
        f"FROM json_each(?) k CROSS JOIN {quoted(table.name)} t ON {_matches(table)}"
    )


@cache
def versions(table: Table) -> str:
    """Who wrote the records under the keys ?, as one JSON array of [position of the key, written_by].

    NULL for a `written_by` that SQL has damaged.
    """
    return (
        f"SELECT json_group_array(json_array(k.key, CASE typeof(t.written_by) WHEN 'integer' THEN t.written_by END)) "
        f"FROM json_each(?) k CROSS JOIN {quoted(table.name)} t ON {_matches(table)}"
    )


@lru_cache(maxsize=256)
def writers(tables: tuple[Table, ...]) -> str:
    """Who wrote the records under the keys ? of each table: one row, with a JSON array a table, 0 for nobody."""
    arrays = [
        f"(SELECT json_group_array(coalesce(t.written_by, 0)) "
        f"FROM json_each(?) k LEFT JOIN {quoted(table.name)} t ON {_matches(table)})"
        for table in tables
    ]
    return f"SELECT {', '.join(arrays) or '1'}"


@lru_cache(maxsize=1024)
def write(table: Table, rows: int, changed: tuple[str, ...]) -> str:
    """Insert `rows` rows, or set the columns `changed` where the key is there; the values one after the other.

    Only what changes is named: SQLite rewrites the index of every column that is, even to the same value
    (measured on the bank's posting: 9 us a row with the owner's index, 4 us without).
    """
    columns = (*table.columns, "written_by")
    changes = ", ".join([f"{name} = excluded.{name}" for name in map(quoted, (*changed, "written_by"))])
    return f"{_insert(table.name, columns, rows)} ON CONFLICT ({_listed(table.key)}) DO UPDATE SET {changes}"


@lru_cache(maxsize=1024)
def update(table: Table, rows: int, changed: tuple[str, ...]) -> str:
    """Set the columns `changed` of `rows` records that are there; values as for `write`.

    For a table that has columns of its own: an INSERT would ask for their values first, and fire its triggers.
    """
    columns = (*table.columns, "written_by")
    place = {column: f"v.column{number}" for number, column in enumerate(columns, 1)}
    changes = ", ".join([f"{quoted(column)} = {place[column]}" for column in (*changed, "written_by")])
    name = quoted(table.name)
    where = " AND ".join([f"{name}.{quoted(column)} = {place[column]}" for column in table.key])
    return f"UPDATE {name} SET {changes} FROM ({_values(len(columns), rows)}) v WHERE {where}"


@cache
def append(table: Table, rows: int) -> str:
    """Add `rows` rows to an append-only table; the values one after the other."""
    return _insert(table.name, table.columns, rows)


def _insert(name: str, columns: tuple[str, ...], rows: int) -> str:
    return f"INSERT INTO {quoted(name)} ({_listed(columns)}) {_values(len(columns), rows)}"


def _values(columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"VALUES {', '.join([row] * rows)}"


def chunks(rows: int) -> list[int]:
    """`rows` as a sum of few sizes, so that few different statements serve every batch."""
    sizes, left = [], rows
    for size in (96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1):
        sizes += [size] * (left // size)
        left %= size
    return sizes


@cache
def delete(table: Table) -> str:
    """Delete the records under the keys ?."""
    keys = ", ".join(f"value->>{i}" for i in range(len(table.key))) if len(table.key) > 1 else "value"
    return (
        f"DELETE FROM {quoted(table.name)} WHERE ({_listed(table.key)}) IN (SELECT {keys} FROM json_each(?))"
    )


@cache
def browse(table: Table, by: str, parts: int, backward: bool) -> str:
    """Up to ? records by the column `by`, then by the key, from the first `parts` of these columns on; 0: all."""
    direction, compare = ("DESC", "<=") if backward else ("ASC", ">=")
    columns = tuple(dict.fromkeys((by, *table.key)))
    where = f"({_listed(columns[:parts])}) {compare} ({', '.join('?' * parts)})" if parts else "1"
    order = ", ".join(f"{quoted(column)} {direction}" for column in columns)
    written_by = str(0) if table.append else "written_by"
    return (
        f"SELECT {written_by}, {_listed(table.columns)} FROM {quoted(table.name)} "
        f"WHERE {where} ORDER BY {order} LIMIT ?"
    )

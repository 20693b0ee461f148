"""The SQL of the store, one function a statement: many keys or rows travel as one JSON array.

One statement for a whole batch keeps the number of times the database thread takes the GIL small: `sqlite3`
gives it up and takes it back around every row it steps over, and under a busy event loop each of those can
take milliseconds.
"""

from __future__ import annotations

from functools import cache

from monitor.store import Table


def _matches(table: Table, record: str) -> str:
    if len(table.key) == 1:
        return f"{record}.{table.key[0]} = k.value"
    return " AND ".join(f"{record}.{column} = k.value->>{i}" for i, column in enumerate(table.key))


@cache
def read(table: Table) -> str:
    """The records under the keys ?1, as one JSON array of [position of the key, written_by, columns...]."""
    columns = ", ".join(f"t.{column}" for column in table.columns)
    return (
        f"SELECT json_group_array(json_array(k.key, t.written_by, {columns})) "  # noqa: S608 our own names
        f"FROM json_each(?1) k CROSS JOIN {table.name} t ON {_matches(table, 't')}"
    )


@cache
def versions(table: Table) -> str:
    """Who wrote the records under the keys ?1, as one JSON array of [position of the key, written_by]."""
    return (
        f"SELECT json_group_array(json_array(k.key, t.written_by)) "  # noqa: S608 our own names
        f"FROM json_each(?1) k CROSS JOIN {table.name} t ON {_matches(table, 't')}"
    )


@cache
def write(table: Table) -> str:
    """Insert the rows ?1, or replace the ones with the same key."""
    columns = (*table.columns, "written_by")
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in table.key)
    return (
        f"{_insert(table.name, columns)} WHERE true "
        f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {changes}"
    )


@cache
def append(table: Table) -> str:
    """Add the rows ?1 to an append-only table."""
    return _insert(table.name, table.columns)


def _insert(name: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"value->>{i}" for i in range(len(columns)))
    return f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM json_each(?1)"  # noqa: S608 our own


@cache
def delete(table: Table) -> str:
    """Delete the records under the keys ?1."""
    keys = ", ".join(f"value->>{i}" for i in range(len(table.key))) if len(table.key) > 1 else "value"
    return (
        f"DELETE FROM {table.name} WHERE ({', '.join(table.key)}) IN "  # noqa: S608 our own names
        f"(SELECT {keys} FROM json_each(?1))"
    )


@cache
def browse(table: Table, by: str, from_start: bool, backward: bool) -> str:
    """Up to ?2 records by the column `by`, from ?1 on; the key decides between equal values."""
    columns = ", ".join(table.columns)
    direction, compare = ("DESC", "<=") if backward else ("ASC", ">=")
    where = "?1 IS NULL" if from_start else f"{by} {compare} ?1"
    order = ", ".join(f"{column} {direction}" for column in dict.fromkeys((by, *table.key)))
    written_by = str(0) if table.append else "written_by"
    return (
        f"SELECT {written_by}, {columns} FROM {table.name} "  # noqa: S608 our own names
        f"WHERE {where} ORDER BY {order} LIMIT ?2"
    )

"""The writes of a batch in rounds: in each, no record stands twice, so that every unit's row meets the constraints.

Two units of one batch may write the same record, one after the other. Were only the last row written, a CHECK
that the first one breaks would not be seen, and its terminal would be told of a success that never was.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.store import Key, Row, Unit

EVERY_COLUMN = -1
"""Stands for all columns, where it is not known which a write changes."""


class TableWrites(NamedTuple):
    """The rows of one table in one round, and the positions of the columns that change in any of them."""

    rows: dict[Key, Row | None]
    changed: set[int]
    there: dict[Key, tuple[int, ...]]
    """Those whose record is there already, each with the positions of its own changes."""


def rounds_of(units: Iterable[Unit]) -> list[dict[str, TableWrites]]:
    """The writes by round and table; a record's second write is in the second round, and so on."""
    rounds: list[dict[str, TableWrites]] = []
    for unit in units:
        changed = unit.changed
        for key, row in unit.writes.items():
            name = key.table
            for tables in rounds:  # nearly always the first will do
                table = tables.get(name)
                if table is None or key not in table.rows:
                    break
            else:
                tables, table = {}, None
                rounds.append(tables)
            if table is None:
                table = tables[name] = TableWrites({}, set(), {})
            table.rows[key] = row
            if key in changed:
                table.changed.update(changed[key])
                table.there[key] = changed[key]
            else:
                table.changed.add(EVERY_COLUMN)
    return rounds

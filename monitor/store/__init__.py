"""The store contract: many keys read at once, many units of work committed at once, never one thing alone.

Every record carries the id of the unit of work that wrote it (`written_by`, unique across processes). A unit
lists what it read with those ids, and the commit checks them in order; a unit that built on another's
uncommitted write therefore falls with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

Value = int | str | float | bool | None
KeyValue = int | str | tuple[int | str, ...]
Row = tuple[Any, ...]

ABSENT = 0
"""The `written_by` of a record that is not there."""


class Key(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A record's address: its table and its key."""

    table: str
    value: KeyValue


class Versioned(msgspec.Struct, frozen=True, gc=False):
    """A record as it was read: its columns in the table's order, and the unit that wrote it."""

    row: Row
    written_by: int


class Table(msgspec.Struct, frozen=True):
    """A table the store may read and write: its names, in the order rows have."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    """All columns but `written_by`, the key's among them. Of an append-only table: all that are given."""
    append: bool = False
    """True: rows are only added, and the store numbers them."""
    alternate: str = ""
    """A column with an index of its own, to browse by."""
    real: bool = False
    """True: some columns are real numbers, of which SQLite's JSON keeps 15 digits only."""
    text_key: tuple[str, ...] = ()
    """The columns of the key that hold text; the others hold whole numbers."""
    holds: tuple[str, ...] = ()
    """What each column has to keep as it is given: `text`, `whole`, `real`, or no one kind. Empty: not known."""
    whole: bool = True
    """False: it has columns or rules of its own, so a row that is there must be updated, not inserted again."""


class Unit(msgspec.Struct, array_like=True, gc=False):
    """A step, sealed: what it read, what it writes, and nothing that runs."""

    id: int
    reads: dict[Key, int]
    """What the unit read, with the `written_by` it saw (`ABSENT` if there was none)."""
    writes: dict[Key, Row | None]
    """The new row, its `written_by` last; None deletes."""
    appends: list[tuple[str, Row]]
    """(table, row) for append-only tables."""
    changed: dict[Key, tuple[int, ...]] = {}
    """Positions of the columns a write changes, where known: an index on another column is then left alone."""


class Committed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The unit is durable."""


class Conflict(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The unit was not applied: `key` was written by another since it was read."""

    key: Key


class Rejected(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The unit was not applied: a constraint of a table refused it."""

    text: str


Verdict = Committed | Conflict | Rejected
COMMITTED = Committed()


class Store(Protocol):
    """What the engine asks of a store; every call is one batch."""

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        """The records under `keys`, in that order; None for one that is not there."""
        ...

    async def browse(
        self, table: str, *, by: str, start: Value | Row, rows_max: int, backward: bool
    ) -> Sequence[Versioned]:
        """Up to `rows_max` records from `start` on (included; None: from the end), by the column `by`.

        Among equal values the key decides. `start` is a value of `by`; a row of values is one of `by` and then of
        the key's columns, as many as are given.
        """
        ...

    async def select(self, sql: str, values: Mapping[str, Value], rows_max: int) -> Sequence[Row]:
        """The rows of a read-only query, at most `rows_max`."""
        ...

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """Apply the units in order, as one database transaction, durable on return."""
        ...

    async def close(self) -> None:
        """Release the store; what is committed stays."""
        ...


def judge(units: Sequence[Unit], current: dict[Key, int | None]) -> list[Verdict]:
    """Which units may be applied, in order, given who wrote each key now; `current` is brought up to date."""
    verdicts: list[Verdict] = []
    for unit in units:
        stale = next((key for key, seen in unit.reads.items() if current.get(key, ABSENT) != seen), None)
        if stale is not None:
            verdicts.append(Conflict(stale))
            continue
        for key, row in unit.writes.items():
            current[key] = ABSENT if row is None else unit.id
        verdicts.append(COMMITTED)
    return verdicts

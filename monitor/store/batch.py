"""A batch of units as statements, worked out in the event loop: the database's thread only has to run them.

What that thread does in Python it does in competition with the loop, and with values that lie in the other
processor's cache. So the keys and the rows go over as they will be bound, and whether all units may be applied
is one comparison: of who wrote what they read with who they saw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from monitor.store import ABSENT, Key, KeyValue, Row, Table, Unit, statements
from monitor.store.rounds import EVERY_COLUMN, TableWrites, rounds_of

_encode = msgspec.json.Encoder().encode


class Statement(NamedTuple):
    """SQL, and what is bound to it."""

    sql: str
    values: Sequence[Any]


class Batch(NamedTuple):
    """What must be true of the store for all units to be applied, and the statements that apply them."""

    check: Statement
    expected: Row
    """The only row of `check` if nobody wrote what the units read."""
    writes: list[Statement]


def batch_of(units: Sequence[Unit], tables: Mapping[str, Table]) -> Batch | None:
    """The units as one batch; None if one of them contradicts those before it, and each must be judged."""
    expected = expected_of(units)
    if expected is None:
        return None
    names = sorted(expected)
    return Batch(
        Statement(
            statements.writers(tuple([tables[name] for name in names])),
            [_encode([*expected[name]]).decode() for name in names],
        ),
        tuple([_encode([*expected[name].values()]).decode() for name in names]),
        list(writes_of(units, tables)),
    )


def expected_of(units: Iterable[Unit]) -> dict[str, dict[KeyValue, int]] | None:
    """By table and key, who must have written it for all units to be applied in order; None if they cannot be."""
    expected: dict[str, dict[KeyValue, int]] = {}
    written: dict[Key, int] = {}
    for unit in units:
        for key, seen in unit.reads.items():
            now = written.get(key)
            if now is None:
                table = expected.get(key.table)
                if table is None:
                    table = expected[key.table] = {}
                now = table.setdefault(key.value, seen)
            if now != seen:
                return None
        for key, row in unit.writes.items():
            written[key] = ABSENT if row is None else unit.id
    return expected


def writes_of(units: Sequence[Unit], tables: Mapping[str, Table]) -> Iterator[Statement]:
    """The statements that apply the units, whose turn it is."""
    for number in rounds_of(units):
        for name, writes in number.items():
            yield from _writes(tables[name], writes)
    appends: dict[str, list[Row]] = {}
    for unit in units:
        for name, row in unit.appends:
            if name in appends:
                appends[name].append(row)
            else:
                appends[name] = [row]
    for name, added in appends.items():
        for rows in _chunks(added):
            yield Statement(statements.append(tables[name], len(rows)), [*chain.from_iterable(rows)])


def writes_in_order(unit: Unit, tables: Mapping[str, Table]) -> Iterator[Statement]:
    """The statements of one unit as its program made them, one a row: one write may make room for the next."""
    for key, row in unit.writes.items():
        table = tables[key.table]
        if row is None:
            yield Statement(statements.delete(table), (_encode([key.value]).decode(),))
        elif key in unit.changed:
            yield Statement(statements.update(table, 1, _columns(table, unit.changed[key])), row)
        else:
            yield Statement(statements.write(table, 1, _columns(table, (EVERY_COLUMN,))), row)
    for name, row in unit.appends:
        yield Statement(statements.append(tables[name], 1), row)


def _writes(table: Table, writes: TableWrites) -> Iterator[Statement]:
    kept = {key: row for key, row in writes.rows.items() if row is not None}
    added = [row for key, row in kept.items() if table.whole or key not in writes.there]
    columns = _columns(table, writes.changed)
    for rows in _chunks(added):
        yield Statement(statements.write(table, len(rows), columns), [*chain.from_iterable(rows)])
    if not table.whole:
        yield from _updates(table, kept, writes.there)
    gone = [key.value for key, row in writes.rows.items() if row is None]
    if gone:  # last: a row that is only free to come because another goes is judged one by one
        yield Statement(statements.delete(table), (_encode(gone).decode(),))


def _updates(
    table: Table, rows: Mapping[Key, Row], changed: Mapping[Key, tuple[int, ...]]
) -> Iterator[Statement]:
    """A trigger on a column must not fire where another row's is what changes."""
    alike: dict[tuple[int, ...], list[Row]] = {}
    for key, row in rows.items():
        if key in changed:
            alike.setdefault(changed[key], []).append(row)
    for positions, updated in alike.items():
        columns = _columns(table, positions)
        for some in _chunks(updated):
            yield Statement(statements.update(table, len(some), columns), [*chain.from_iterable(some)])


def _columns(table: Table, changed: Collection[int]) -> tuple[str, ...]:
    """The columns at these positions, but for the key's."""
    every = EVERY_COLUMN in changed
    return tuple(
        [
            name
            for position, name in enumerate(table.columns)
            if name not in table.key and (every or position in changed)
        ]
    )


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    start = 0
    for size in statements.chunks(len(rows)):
        yield rows[start : start + size]
        start += size

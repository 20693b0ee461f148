"""Rounds of writes: in each no record stands twice, and together they are all writes in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.store import Key, Row, Unit
from monitor.store.rounds import EVERY_COLUMN, rounds_of

UNITS = st.lists(st.dictionaries(st.integers(1, 4), st.none() | st.integers(0, 9), max_size=4), max_size=8)


@given(UNITS)
def test_rounds_replay_the_units(written: list[dict[int, int | None]]) -> None:
    """Applying the rounds one after the other leaves each record as its last unit wrote it, each write once."""
    units = [
        Unit(place, {}, {Key("t", k): None if v is None else (k, v, place) for k, v in rows.items()}, [])
        for place, rows in enumerate(written, 1)
    ]
    last: dict[Key, Row | None] = {}
    writes = 0
    for tables in rounds_of(units):
        for table in tables.values():
            writes += len(table.rows)
            last |= table.rows
    assert last == {key: row for unit in units for key, row in unit.writes.items()}
    assert writes == sum(len(unit.writes) for unit in units)


def test_columns_that_change_are_gathered() -> None:
    """A round names the columns any of its units changes; a unit that does not say makes it all of them."""
    one, two = Key("t", 1), Key("t", 2)
    known = Unit(1, {}, {one: (1, 5, 1)}, [], {one: (1,)})
    assert {1} == rounds_of([known])[0]["t"].changed
    assert {1, EVERY_COLUMN} == rounds_of([known, Unit(2, {}, {two: (2, 5, 2)}, [])])[0]["t"].changed

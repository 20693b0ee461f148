"""A batch is checked in one comparison exactly when its units may all be applied, as judged one by one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.store import ABSENT, COMMITTED, Key, Unit, judge
from monitor.store.batch import expected_of

STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 3), st.integers(0, 9), max_size=3),
        st.dictionaries(st.integers(0, 3), st.booleans(), max_size=3),
    ),
    max_size=8,
)


def key(number: int) -> Key:
    return Key("t", number)


@given(STEPS, st.dictionaries(st.integers(0, 3), st.integers(1, 9)))
@example([({1: 4}, {1: False}), ({1: 4}, {1: False})], {1: 4})
@example([({1: 4}, {}), ({1: 5}, {})], {1: 4})
@example([({1: 4}, {}), ({1: 5}, {})], {1: 5})
@example([({1: 4}, {1: True}), ({1: ABSENT}, {1: False}), ({1: 6}, {})], {1: 4})
@example([({1: 4}, {1: True}), ({1: 5}, {})], {1: 4})
@example([({}, {1: True}), ({1: ABSENT}, {})], {1: 4})
@settings(max_examples=300)
def test_expectation_holds_when_every_unit_may_be_applied(
    steps: list[tuple[dict[int, int], dict[int, bool]]], stored: dict[int, int]
) -> None:
    """What is expected is in the store if, and only if, no unit of the batch conflicts."""
    units = [
        Unit(
            5 + place,
            {key(number): seen for number, seen in reads.items()},
            {key(number): None if gone else (number, 5 + place) for number, gone in writes.items()},
            [],
        )
        for place, (reads, writes) in enumerate(steps)
    ]
    expected = expected_of(units)
    met = expected is not None and all(
        stored.get(number, 0) == seen
        for values in expected.values()
        for number, seen in values.items()
        if isinstance(number, int)
    )
    verdicts = judge(units, {key(number): by for number, by in stored.items()})
    assert met == all(verdict is COMMITTED for verdict in verdicts)


@pytest.mark.parametrize(
    ("first", "seen", "expected"),
    [
        ((1, "by unit 5"), 5, {"t": {1: 4}}),
        ((1, "by unit 5"), 4, None),
        (None, ABSENT, {"t": {1: 4}}),
        (None, 5, None),
        (None, 4, None),
    ],
    ids=["built on", "read before", "deleted", "read as written by the deleter", "read before the deletion"],
)
def test_what_a_unit_may_have_read_is_what_those_before_it_leave(
    first: tuple[object, ...] | None, seen: int, expected: object
) -> None:
    """Unit 5 replaces or deletes a record of unit 4, and unit 6 has read it: else each is judged for itself."""
    units = [Unit(5, {key(1): 4}, {key(1): first}, []), Unit(6, {key(1): seen}, {}, [])]
    assert expected_of(units) == expected

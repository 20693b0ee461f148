"""Ids of units: unique over regions, in order within one, and readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.units import UnitIds, unit_id, unit_name

numbers = st.integers(1, 2**31 - 1)


@given(numbers, numbers)
def test_regions_never_give_the_same_id(one: int, other: int) -> None:
    """Ids of two regions differ, and those of one rise."""
    assert UnitIds(one).new() > 0
    assert (UnitIds(one).new() == UnitIds(other).new()) == (one == other)


def test_ids_rise_within_a_region() -> None:
    """The order of ids is the order they were given in."""
    ids = UnitIds(3)
    given_out = [ids.new() for _ in range(100)]
    assert sorted(set(given_out)) == given_out


@given(numbers, st.integers(1, 2**32 - 1))
def test_name_and_id_are_each_others_inverse(region: int, count: int) -> None:
    """What an operator reads leads back to the row."""
    unit = region << 32 | count
    assert unit_name(unit) == f"{region}-{count}"
    assert unit_id(unit_name(unit)) == unit


@pytest.mark.parametrize("name", ["", "3", "3-", "x-1", "1-2-3", f"{2**31}-1", f"1-{2**32}"])
def test_what_is_no_name_is_refused(name: str) -> None:
    """A name that is none raises ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        unit_id(name)

"""Ids of units of work: unique across all processes that ever open a store, and in order within one."""

from __future__ import annotations

import itertools

_BITS = 32
_REGION_BITS = 31


class UnitIds:
    """The ids of one region: its number, and a count."""

    def __init__(self, region: int) -> None:
        self.region = region
        self._count = itertools.count(1)

    def new(self) -> int:
        """The next id."""
        return self.region << _BITS | next(self._count)


def last_of_region(unit: int) -> int:
    """The highest id that the region of `unit` can give."""
    return unit | (1 << _BITS) - 1


def unit_name(unit: int) -> str:
    """An id as people read it: region and count, such as 3-17."""
    return f"{unit >> _BITS}-{unit & (1 << _BITS) - 1}"


def unit_id(name: str) -> int:
    """The id of a name such as 3-17; raises ValueError if it is none."""
    region, count = map(int, name.split("-"))
    if not (0 <= region < 1 << _REGION_BITS and 0 <= count < 1 << _BITS):
        raise ValueError(f"no region gives the unit {name}")
    return region << _BITS | count

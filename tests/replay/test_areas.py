"""How stored areas are compared."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from monitor import Area, upgrade
from monitor.recall import StoredStep
from screens.replay.areas import NAMES_MAX, areas_differ


class Cart(Area):
    version = 2
    lines: int = 0
    note: str = ""


@upgrade(Cart, 1)
def _(fields: dict[str, Any]) -> dict[str, Any]:
    return {"lines": int(fields["rows"])}


def step(area: str, version: int = 2, name: str = "Cart") -> StoredStep:
    """A step that left this area."""
    blank = dict.fromkeys(StoredStep._fields, "")
    return StoredStep(**{**blank, "area_type": name, "area_version": version, "area": area})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stored", "found", "told"),
    [
        (step('{"lines":1,"note":""}'), step('{"lines":1,"note":""}'), ""),
        (step('{"lines":1}'), step('{"lines":1,"note":""}'), ""),
        (step('{"rows":"1"}', 1), step('{"lines":1,"note":""}'), ""),
        (step('{"rows":"1"}', 1), step('{"lines":2,"note":""}'), "area (lines 2 instead of 1)"),
        (
            step('{"rows":"x"}', 1),
            step('{"lines":2}'),
            'area (rows none instead of "x"; lines 2 instead of none)',
        ),
        (step("{}", 1, "Basket"), step("{}", 2), "area Cart instead of Basket"),
        (step('{"lines":1}', 3), step('{"lines":1}'), "area"),
    ],
)
def test_areas_are_compared_as_their_type_reads_them_today(
    stored: StoredStep, found: StoredStep, told: str
) -> None:
    """Upgraded, and with the fields that have come since."""
    assert areas_differ(stored, found, Cart) == told


def test_many_fields_are_counted_and_long_ones_cut() -> None:
    """One line stays one line."""
    names = "abcdefgh"
    before = msgspec.json.encode(dict.fromkeys(names, 0)).decode()
    after = msgspec.json.encode(dict.fromkeys(names, "x" * 100)).decode()
    told = areas_differ(step(before), step(after), None)
    assert told.count("instead of 0") == NAMES_MAX and told.endswith("and 4 more)")
    assert len(told) < 300

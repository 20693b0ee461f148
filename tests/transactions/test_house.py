"""The supplied maps look alike."""

from __future__ import annotations

import pytest

from monitor.exchange import Aid
from monitor.program import load
from monitor.settings import Settings
from screens.map import MAPS, Map
from tests.transactions.operator import GOLDEN
from transactions.house import HouseMap
from transactions.menu.maps import MENU02

APPLICATIONS = load(Settings().programs)
MAPS_OF_THE_HOUSE = [found for found in MAPS.values() if issubclass(found, HouseMap)]


def test_the_applications_have_maps() -> None:
    """What the tests below look at is there."""
    modules = {found.__module__.rpartition(".")[0] for found in MAPS_OF_THE_HOUSE}
    assert modules >= set(APPLICATIONS.packages)


@pytest.mark.parametrize("found", MAPS_OF_THE_HOUSE)
def test_every_map_has_the_house_look(found: type[Map]) -> None:
    """Name and title on row 1, who and where at its right end, the message on row 23, the keys on row 24.

    F3 leaves, where there is something to leave.
    """
    named = found.layout.named
    rows = {name: named[name].address // 80 + 1 for name in ("user", "terminal", "message")}
    assert rows == {"user": 1, "terminal": 1, "message": 23}
    assert found.layout.fields[0].text == found.__name__
    assert {hint.address // 80 + 1 for hint in found.keys.values()} == {24}
    assert found.keys.keys() >= ({Aid.ENTER} if found is MENU02 else {Aid.ENTER, Aid.PF3})


@pytest.mark.parametrize("found", MAPS_OF_THE_HOUSE)
def test_the_cursor_begins_in_an_entry_field(found: type[Map]) -> None:
    """One can type at once."""
    fields = {field.address + 1: field for field in found.layout.fields if field.name}
    assert not fields[found.layout.cursor].attribute.protected


@pytest.mark.parametrize("found", MAPS_OF_THE_HOUSE)
def test_every_map_has_a_golden_screen(found: type[Map]) -> None:
    """A dialogue has been there, and the screen was looked at."""
    assert (GOLDEN / f"{found.__name__}.txt").is_file()

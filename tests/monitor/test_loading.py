"""What a region makes of the modules and record types of an application."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from monitor.area import Area
from monitor.errors import MonitorError, StartupError
from monitor.files import Query, Record
from monitor.program import load

_BAD_MAP = """
from screens.map import Map

class BROKEN1(Map, registry=None):
    picture = "[name"
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_map_that_cannot_be_declared_is_told_at_the_start(modules: Path) -> None:
    """The message names the module, the map and the place."""
    (modules / "entracte_bad_map.py").write_text(_BAD_MAP)
    with pytest.raises(StartupError, match=r"entracte_bad_map .*map BROKEN1, row 1, column 1: \[ is not"):
        load(["entracte_bad_map"])


def test_another_error_of_a_module_is_shown_as_it_is(modules: Path) -> None:
    """A mistake in Python needs its traceback."""
    (modules / "entracte_bad_code.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        load(["entracte_bad_code"])
    assert "entracte_bad_code" not in sys.modules


def test_a_record_that_is_no_table_is_filled_by_a_query() -> None:
    """With columns as they are, or converted where a field is not of a column's type."""

    class Count(Record, frozen=True):
        name: str
        number: int

    class Price(Record, frozen=True):
        name: str
        price: Decimal

    Query("counts", "SELECT 1", Count)
    Query("prices", "SELECT 1", Price)
    assert Count("a", 1) == Count.from_row(("a", 1))
    assert Price("a", Decimal("1.50")) == Price.from_row(("a", "1.50"))


def test_a_field_cannot_be_called_as_the_version_of_its_area() -> None:
    """It would hide the version that is stored with every area."""
    with pytest.raises(MonitorError, match="Basket has a field `version`"):

        class Basket(Area):
            version: int = 0  # type: ignore[misc]

"""What a region makes of the modules and record types of an application."""

from __future__ import annotations

import enum
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from monitor.area import Area
from monitor.errors import KeyUnfit, MonitorError, StartupError
from monitor.outcome import Finish, Outcome
from monitor.program import ProgramTable, load, transaction
from monitor.records import Query, Record, address_of, file
from monitor.store import Key
from monitor.task import Task


class Colour(enum.IntEnum):
    """A number with a name."""

    RED = 1


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


_TABLE = """
from monitor import Record, file

@file("{}", key="id")
class {}(Record, frozen=True):
    id: int
"""


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (("stock", "STOCK"), "two record types are kept in table STOCK"),
        (("Step",), "table Step of Record0 has a name of the monitor's own"),
        (("schema_change",), "the monitor's own"),
        (("Excluded",), "the monitor's own"),
        (("json_each",), "the monitor's own"),
    ],
)
def test_a_table_is_one_record_types(modules: Path, tables: tuple[str, ...], said: str) -> None:
    """SQLite takes names in any case for one table; the monitor's are nobody else's."""
    name = f"entracte_tables_{len(tables)}_{tables[0].lower()}"
    text = "".join(_TABLE.format(table, f"Record{place}") for place, table in enumerate(tables))
    (modules / f"{name}.py").write_text(text)
    with pytest.raises(StartupError, match=said):
        load([name])


@pytest.mark.parametrize("name", ["", ".menu", "a-b", "./x.py"])
def test_what_is_no_modules_name_is_told(name: str) -> None:
    """An empty one, for example, that a trailing comma leaves in the environment."""
    with pytest.raises(StartupError, match="is not the name of a module; correct the settings"):
        load([name])


def test_a_module_that_failed_is_not_half_there(modules: Path) -> None:
    """What is wrong is told, and the next attempt begins anew."""
    (modules / "entracte_bad_code.py").write_text("1 / 0\n")
    with pytest.raises(StartupError, match=r"ZeroDivisionError: division by zero \(.*bad_code.py, line 1\)"):
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


class Owing(Area):
    """An area that cannot be made from nothing."""

    customer: str
    items: int = 0


class Unstorable(Area):
    """An area that JSON cannot hold."""

    lock: Any = threading.Lock()


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (
            Owing,
            "SHOP cannot begin: area Owing cannot be made with its fields' defaults .*'customer'.*; each needs one",
        ),
        (Unstorable, "SHOP cannot begin: area Unstorable cannot be encoded"),
    ],
)
def test_an_area_that_no_conversation_can_begin_with_is_told_at_the_start(
    area: type[Area], said: str
) -> None:
    """Not at the first key of an operator."""

    @transaction("SHOP", area=area)
    async def shop(task: Task[Area]) -> Outcome:
        return Finish()

    with pytest.raises(StartupError, match=said):
        ProgramTable([shop])


class Grade(enum.IntEnum):
    """A whole number with a name."""

    LOW = 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (int, False),
        (bool, False),
        (Grade, False),
        (Annotated[int, msgspec.Meta(ge=0)], False),
        (int | None, False),
        (Literal[1, 2], False),
        (str, True),
        (Literal["a", "b"], True),
        (Annotated[str, msgspec.Meta(max_length=8)], True),
        (date, True),
        (Decimal, True),
    ],
)
def test_what_a_key_is_made_of_is_known(kind: Any, text: bool) -> None:
    """Whole numbers are columns of their own type; everything else is text."""
    record: Any = msgspec.defstruct("Thing", [("id", kind)], bases=(Record,), frozen=True)
    assert file("thing", key="id")(record).table.text_key == (("id",) if text else ())


@pytest.mark.parametrize("kind", [Colour, Annotated[int, "a number"], Literal[1, 2]])
def test_a_key_in_disguise_is_one_key_too(kind: Any) -> None:
    """A number that goes by another name is not found under its text, and a text not under a number."""
    made: Any = msgspec.defstruct("Disguised", [("id", kind)], bases=(Record,), frozen=True)
    disguised: type[Record] = file("disguised", key="id")(made)
    assert address_of(disguised, Colour.RED) == address_of(disguised, 1) == Key("disguised", 1)
    for unfit in ("1", 1.0, True):
        with pytest.raises(KeyUnfit):
            address_of(disguised, unfit)

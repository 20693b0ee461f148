"""Which types of fields a record may have: what a column of a table can hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest

from monitor import Aid, MonitorError, Record, file
from monitor.columns import held_as
from tests.monitor.records import Seat


@pytest.mark.parametrize("kind", [list[str], dict[str, int] | None, Seat, tuple[int, int], object()])
def test_a_field_no_column_can_hold_is_refused(kind: Any) -> None:
    """When the record type is declared, with the name of the field."""
    record: Any = msgspec.defstruct("Shelf", [("id", int), ("books", kind)], bases=(Record,), frozen=True)
    with pytest.raises(MonitorError, match=r"Shelf\.books is of a type no column can hold, "):
        file("shelf", key="id")(record)


@pytest.mark.parametrize(
    "kind",
    [bool, date, Decimal | None, Annotated[int, msgspec.Meta(gt=0)], Literal["A", "B"], Aid, UUID, Any],
)
def test_a_field_of_one_value_is_kept(kind: Any) -> None:
    """Whatever it is in Python."""
    record: Any = msgspec.defstruct("Shelf", [("id", int), ("kind", kind)], bases=(Record,), frozen=True)
    assert file("shelf", key="id")(record).table.columns == ("id", "kind")


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (str, "text"),
        (Decimal | None, "text"),
        (Literal["A", "B"] | None, "text"),
        (Annotated[int, msgspec.Meta(gt=0)], "whole"),
        (bool, "whole"),
        (float, "real"),
        (date, ""),
        (UUID, ""),
        (Literal["A", 1], ""),
        (int | str, ""),
        (Any, ""),
    ],
)
def test_what_a_column_has_to_keep(kind: Any, held: str) -> None:
    """Text that may look like a number, a whole number, a real one; a date is no such text."""
    assert held_as(kind) == held

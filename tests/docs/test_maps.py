"""The invoice of docs/maps.md looks as shown there, its masks write what the table says, its messages are real."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from screens.attributes import Attribute
from screens.edit import NumberEdit
from screens.errors import MapError
from screens.field import Entry
from screens.map import Map
from tests.docs import pages

PAGE = "docs/maps.md"
MASKS = re.findall(r"^\| `(.+?)` \| (-?[\d.]+) \| `(.+?)` \|$", pages.page(PAGE), re.MULTILINE)


def test_the_invoice_is_shown_and_received_as_printed(tmp_path: Path) -> None:
    """The page's code prints the page's texts."""
    pages.write_files(PAGE, tmp_path)
    done = subprocess.run(
        [sys.executable, "invoice.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(pages.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        pages.titled(PAGE, "shown") + pages.titled(PAGE, "received")
    ).splitlines() == done.stdout.splitlines()


@pytest.mark.parametrize(("mask", "value", "shown"), MASKS)
def test_masks_write_what_the_table_says(mask: str, value: str, shown: str) -> None:
    """Every row of the table."""
    assert shown == NumberEdit(mask).edit(Decimal(value))


def test_there_is_a_table_of_masks() -> None:
    """The rows above were found."""
    assert len(MASKS) == 14


@pytest.mark.parametrize(
    ("picture", "fields", "line"),
    [
        ("\n Name . .[name\n", {}, 0),
        ("\n Name . .[name ]\n", {"nmae": Entry()}, 1),
        ("\n Name . .[co]\n", {"code": Entry(digits=4, drawn_as="co")}, 2),
        ("\n A . .[a ]\n A . .[a ]\n", {"a": Entry()}, 3),
        ("\n Name . .[code ]\n", {"code": Entry(upercase=True)}, 4),  # type: ignore[call-overload]
        ("\n Name . .[size ]\n", {"size": Entry(int, minimum=9, maximum=1)}, 5),
        ("", {"pictur": "\n Name . .[name ]\n"}, 6),
    ],
)
def test_mistakes_are_told_as_shown(picture: str, fields: dict[str, object], line: int) -> None:
    """The messages on the page are those of such maps."""
    with pytest.raises(MapError) as told:
        type("BAD01", (Map,), {"picture": picture, **fields}, registry=None)
    assert pages.titled(PAGE, "mistakes").splitlines()[line] == str(told.value)


@pytest.mark.parametrize("name", Attribute.__struct_fields__)
def test_every_attribute_is_on_the_page(name: str) -> None:
    """What a field may have is told."""
    assert name in pages.code_words(PAGE)

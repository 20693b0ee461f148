"""docs/applications.md shows real screens, and its example runs as it stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs import pages
from tests.transactions.operator import GOLDEN

PAGE = "docs/applications.md"


def shown_as(title: str, text: str) -> bool:
    """Whether the page has this block; ENTRACTE_GOLDEN=write in the environment makes it so."""
    block = pages.titled(PAGE, title)
    if os.environ.get("ENTRACTE_GOLDEN") == "write":
        page = pages.page(PAGE).replace(f" {title}\n{block}```", f" {title}\n{text}```")
        (pages.ROOT / PAGE).write_text(page, "utf-8")
    return pages.titled(PAGE, title) == text


def visited(folder: Path) -> str:
    """The screen that the script of the example ends on."""
    said = pages.entracte(folder, "script", typed=pages.titled(PAGE, "visit.txt"))
    assert "error" not in said.splitlines()
    rows = [line.removeprefix("data:")[1:].rstrip() for line in said.splitlines() if line.startswith("data:")]
    return "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize("name", ["MENU01", "XFER01", "ORDR01", "INVB01", "TKTQ02", "DIAG01"])
def test_the_screens_are_the_golden_ones(name: str) -> None:
    """Every screen pasted there is one that a dialogue of the tests has come to."""
    assert shown_as(name, (GOLDEN / f"{name}.txt").read_text("utf-8"))


def test_the_example_runs_as_it_stands(tmp_path: Path) -> None:
    """Its script ends on the screen that is pasted; a second run goes on with the entries of the first."""
    pages.write_files(PAGE, tmp_path)
    assert shown_as("GUES01", visited(tmp_path))
    assert "Entry 4 of Anne, 6 in this sitting" in visited(tmp_path)


def test_the_example_tells_a_mistake(tmp_path: Path) -> None:
    """The message is the field's own, and nothing is written."""
    pages.write_files(PAGE, tmp_path)
    said = pages.entracte(tmp_path, "script", typed="Enter\nAscii(12,1,40)\nTab\nPF(3)\nAsciiField\n")
    assert "data: Name must be filled in" in said

"""docs/operating.md names every setting, limit and abend code there is, and its SQL says what it claims."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.limits import Limits
from monitor.settings import Settings
from screens.errors import MapError
from tests.docs import pages

PAGE = "docs/operating.md"
ROWS = [
    [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
    for line in pages.prose(PAGE).splitlines()
    if line.startswith("|")
]
_CODE = re.compile(r"[AE][A-Z0-9]{3}")


def row(name: str) -> list[str]:
    """The row of a table that begins with a name."""
    found = [cells for cells in ROWS if cells[0].strip("` |") == name]
    assert len(found) == 1, f"{PAGE} has {len(found)} rows for {name}"
    return found[0]


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_every_limit_is_told_with_its_default(name: str) -> None:
    """A limit that is added or changed without a word fails here."""
    default = getattr(Limits(), name)
    told = row(name)[1]
    assert told in (f"{default:,}", str(default), "as many as cores")


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_setting_is_told(name: str) -> None:
    """So does a setting."""
    assert row(name)


def codes_raised() -> Iterator[str]:
    """Every code that the engine and the screens give an abend, where one is made or its class says it."""
    for path in sorted([*(pages.ROOT / "monitor").rglob("*.py"), *(pages.ROOT / "screens").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.search(r"Abend|Error|__init__", ast.unparse(node.func)):
                values: list[ast.expr] = node.args[:1]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "abend_code":
                values = [node.value]
            elif isinstance(node, ast.FunctionDef) and node.name == "code_of":
                values = [part for part in ast.walk(node) if isinstance(part, ast.Constant)]
            else:
                continue
            found = [value.value for value in values if isinstance(value, ast.Constant)]
            yield from (code for code in found if isinstance(code, str) and _CODE.fullmatch(code))


def test_every_abend_code_is_told() -> None:
    """Whoever reads a code on a screen finds it on the page, and no code is told that nothing raises."""
    told = {cells[0] for cells in ROWS if _CODE.fullmatch(cells[0])}
    assert told == set(codes_raised())
    assert MapError.abend_code in told


def ask(store: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement of the page."""
    with closing(sqlite3.connect(store)) as database:
        return database.execute(sql).fetchall()


def test_the_bank_is_audited_by_sql(tmp_path: Path) -> None:
    """After a transfer the totals agree, the ledger explains the balances, and the open screen is listed."""
    store = tmp_path / "entracte.db"
    pages.entracte(tmp_path, "script", typed="Enter")
    (total,) = ask(store, pages.titled(PAGE, "total"))
    form = r'String("10020011\t20030022\t12.50\tRent")'
    pages.entracte(
        tmp_path, "script", typed="\n".join(("Clear", 'String("XFER")', "Enter", form, "Enter", "PF(5)"))
    )
    assert ask(store, pages.titled(PAGE, "total")) == [total]
    assert ask(store, pages.titled(PAGE, "moved")) == [
        ("10020011", 119183, -1250, 120433),
        ("20030022", 8813250, 1250, 8812000),
    ]
    assert ask(store, pages.titled(PAGE, "doubled")) == ask(store, pages.titled(PAGE, "repeated")) == []
    ((terminal, user, waits_for, *_),) = ask(store, pages.titled(PAGE, "open"))
    assert (terminal, user, waits_for) == ("T001", "GUEST", "XFER")
    history = ask(store, pages.titled(PAGE, "history"))
    assert [step[1] for step in history] == ["MENU", "MENU", "MENU", "XFER", "XFER", "XFER"]


def test_a_terminal_taken_over_is_told_as_shown() -> None:
    """The words on the page are those the engine says."""
    source = (pages.ROOT / "monitor/conversation.py").read_text("utf-8")
    told = pages.titled(PAGE, "taken-over").splitlines()[0].removeprefix("data: ")
    assert told.replace("T001", "{state.terminal}") in source


def test_doctor_has_the_lines_shown(tmp_path: Path) -> None:
    """The same labels, whatever the versions."""
    pages.entracte(tmp_path, "script", typed="Enter")
    said = pages.entracte(tmp_path, "doctor")
    assert "check     sound" in said
    assert "(none yet;" in pages.entracte(tmp_path, "doctor", "--store", "other.db")
    assert "        1 terminals" in said

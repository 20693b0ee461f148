"""NUMS: three ways to one figure, each timed on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.clock import VirtualClock
from monitor.settings import Settings
from monitor.startup import open_region
from screens.keys import Key
from tests.transactions.operator import BEGINNING, Operator
from transactions.numbers.portfolio import shares, value_in_python, value_with_numpy
from transactions.numbers.revaluation import WAYS

PROGRAMS = ("transactions.menu", "transactions.bank", "transactions.numbers")


def test_ways_agree_to_the_last_unit() -> None:
    """NumPy and Python come to the same figure, and so do the shares of it."""
    numpy = pytest.importorskip("numpy")
    assert value_with_numpy(numpy, 0, 777, 425) == value_in_python(0, 777, 425)
    parts = [value_in_python(first, last, 425) for first, last in shares(777, 3)]
    assert sum(parts) == value_in_python(0, 777, 425)
    assert value_in_python(0, 777, 525) < value_in_python(0, 777, 425)


def test_shares_cover_everything_once() -> None:
    """No loan twice, none left out; more parts than loans leave some empty."""
    assert shares(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert shares(1, 2) == [(0, 0), (0, 1)]


async def test_an_operator_compares_the_ways(tmp_path: Path) -> None:
    """Each way adds its line with its time; all show the same worth; mistakes have a message."""
    settings = Settings(store=str(tmp_path / "store.db"), programs=PROGRAMS)
    async with open_region(settings, clock=VirtualClock(BEGINNING)) as region:
        operator = Operator(region, tmp_path / "store.db")
        await operator.attach()
        await operator.do(Key.CLEAR, "NUMS", Key.ENTER)
        assert operator.matches("NUMS01")
        await operator.do(Key.ERASE_EOF, "500", Key.TAB, Key.TAB, "1", Key.ENTER)
        assert operator.message.startswith("Worth ")
        for way in ("2", "3"):
            await operator.do(Key.TAB, Key.TAB, way, Key.ENTER)
            assert operator.message.startswith("Worth "), operator.rows
        worths = {operator.field(f"done_worth.{row}") for row in (1, 2, 3)}
        assert len(worths) == 1
        assert worths != {""}
        assert [operator.field(f"done_way.{row}") for row in (1, 2, 3)] == list(WAYS.values())
        assert all(float(operator.field(f"done_ms.{row}").replace(",", "")) >= 0 for row in (1, 2, 3))
        assert await operator.do(Key.TAB, Key.TAB, "7", Key.ENTER) == "Way must be 1, 2 or 3"
        assert operator.at == "way"

"""The menu leads to every transaction, by number or by code."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.keys import Key
from tests.transactions.operator import operator_on
from transactions.menu.program import ITEMS, chosen


async def test_the_menu_greets_a_new_terminal(tmp_path: Path) -> None:
    """It is the first screen, with the cursor where one types."""
    async with operator_on(tmp_path / "store.db") as operator:
        assert operator.matches("MENU01")
        assert operator.at == "choice"


@pytest.mark.parametrize("typed", ["2", "02", "XFER", "xfer"])
async def test_a_number_or_a_code_leads_on(tmp_path: Path, typed: str) -> None:
    """Leading zeros and lower case do as well; F3 comes back."""
    async with operator_on(tmp_path / "store.db") as operator:
        await operator.do(typed, Key.ENTER)
        assert operator.map == "XFER01"
        await operator.do(Key.PF3)
        assert operator.map == "MENU01"


def test_every_item_is_reached_by_its_number_and_its_code() -> None:
    """Nothing else is."""
    for number, item in enumerate(ITEMS, start=1):
        assert chosen(str(number)) == chosen(item.transid) == item.transid
    assert {chosen(typed) for typed in ("", "0", str(len(ITEMS) + 1), "NONE", "1 ")} == {""}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ((Key.ENTER,), "Type a number or a code from the list"),
        (("NONE", Key.ENTER), "NONE is not on this menu"),
        ((Key.PF9,), "PF9 does nothing here; the keys that do are on the last row"),
        ((Key.PA1,), "PA1 does nothing here; the keys that do are on the last row"),
    ],
)
async def test_a_mistake_is_told(tmp_path: Path, keys: tuple[Key | str, ...], says: str) -> None:
    """The cursor stays where one types."""
    async with operator_on(tmp_path / "store.db") as operator:
        assert await operator.do(*keys) == says
        assert operator.at == "choice"


@pytest.mark.parametrize(("key", "left"), [(Key.CLEAR, ""), (Key.PF3, "MENU02")])
async def test_the_screen_it_leaves_takes_a_code(tmp_path: Path, key: Key, left: str) -> None:
    """Clear leaves a blank one, F3 one that says what to do; a code typed there starts another conversation."""
    async with operator_on(tmp_path / "store.db") as operator:
        await operator.do(key)
        assert operator.map == left
        assert operator.ask("SELECT state FROM conversation") == [("ended",)]
        await operator.do("ACCT", Key.ENTER)
        assert operator.map == "ACCT01"


async def test_the_last_screen_says_what_to_do(tmp_path: Path) -> None:
    """Without a code it says so again; nothing runs there."""
    async with operator_on(tmp_path / "store.db") as operator:
        await operator.do(Key.PF3)
        assert operator.matches("MENU02")
        assert operator.at == "code"
        await operator.do(Key.ENTER)
        assert any("Nothing is running here. Type a transaction code" in row for row in operator.rows)
        await operator.do("menu", Key.ENTER)
        assert operator.map == "MENU01"

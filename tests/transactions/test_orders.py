"""Order entry, as an operator sees it: check, total, post, and the stock that goes with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.exchange import Aid, Outbound
from screens.keys import Key
from tests.transactions.operator import Operator, filled, operator_on, operators_on, started

ORDER = filled("J SMITH", "20010", "3", "20020", "5")
READY = "Press F5 to post, or F12 to change it"
HEADERS = "SELECT number, customer, total, posted_at, terminal FROM sales_order"
LINES = "SELECT number, line, item, quantity, price FROM sales_order_line"
STOCK = "SELECT stock FROM item WHERE number IN ('20010', '20020') ORDER BY number"


def nothing_posted(operator: Operator) -> bool:
    """No order, no line, and the stock as it was."""
    untouched = operator.ask("SELECT count(*) FROM item WHERE written_by != 1") == [(0,)]
    return untouched and operator.ask(HEADERS) == operator.ask(LINES) == []


async def test_an_order_is_checked_then_posted(tmp_path: Path) -> None:
    """Enter totals it, F5 writes header and lines and takes the items out of the stock."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        assert await operator.do(*ORDER, Key.ENTER) == READY
        assert operator.matches("ORDR01")
        assert nothing_posted(operator)
        assert await operator.do(Key.PF5) == "Order 100001 was posted: 14.75"
        assert operator.ask(HEADERS) == [(100001, "J SMITH", 1475, "2026-01-02T03:04:05+00:00", "T001")]
        assert operator.ask(LINES) == [(100001, 1, "20010", 3, 15), (100001, 2, "20020", 5, 286)]
        assert operator.ask(STOCK) == [(37,), (88,)]
        assert (operator.field("customer"), operator.field("total"), operator.at) == ("", "", "customer")


async def test_an_order_is_posted_once(tmp_path: Path) -> None:
    """F5 once more finds nothing that was checked, and the same input again gets the stored answer."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        says = await operator.do(*ORDER, Key.ENTER, Key.PF5, Key.PF5)
        assert says == "Nothing was checked yet: press Enter first"
        await operator.do(*ORDER, Key.ENTER)
        posting = operator.input(Aid.PF5)
        answers = [await operator.region.step(posting) for _ in range(3)]
        assert isinstance(answers[0], Outbound)
        assert answers == [answers[0]] * 3
        assert operator.ask("SELECT count(*) FROM sales_order") == [(2,)]
        assert operator.ask(STOCK) == [(34,), (83,)]


async def test_the_total_runs_along(tmp_path: Path) -> None:
    """What can be priced is totalled, also while something else is wrong."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        await operator.do(*ORDER, Key.TAB, "99999", Key.ENTER)
        assert (operator.at, operator.field("total")) == ("item.3", "14.75")
        assert await operator.do(Key.ERASE_EOF, "20030", Key.TAB, "1", Key.ENTER) == READY
        assert (operator.field("amount.3"), operator.field("total")) == ("5.57", "20.32")


async def test_an_order_changed_after_the_check_is_checked_again(tmp_path: Path) -> None:
    """F5 posts only what was shown; that goes for a price that moved as well."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        await operator.do(*ORDER, Key.ENTER)
        again = "Changed since it was checked: press F5 to post it like this"
        assert await operator.do(Key.TAB, Key.TAB, Key.ERASE_EOF, "4", Key.PF5) == again
        operator.ask("UPDATE item SET price = 20, written_by = 2 WHERE number = '20010'")
        assert await operator.do(Key.PF5) == again
        assert operator.ask(HEADERS) == []
        assert await operator.do(Key.PF5) == "Order 100001 was posted: 15.10"


async def test_stock_that_went_meanwhile_backs_the_order_out(tmp_path: Path) -> None:
    """Of two orders for the last items the second is refused whole, with the line at fault."""
    async with operators_on(tmp_path / "store.db", "T001", "T002") as (first, second):
        for operator in (first, second):
            await started(operator, "ORDR")
            assert await operator.do(*filled("J SMITH", "20020", "5", "20010", "40"), Key.ENTER) == READY
        assert await first.do(Key.PF5) == "Order 100001 was posted: 20.30"
        assert await second.do(Key.PF5) == "Line 2: only 0 of item 20010 are in stock"
        assert second.at == "quantity.2"
        assert first.ask(STOCK) == [(0,), (88,)]
        assert first.ask("SELECT count(*) FROM sales_order") == [(1,)]


async def test_orders_posted_at_once_have_numbers_without_gaps(tmp_path: Path) -> None:
    """Many terminals post the same items in the same moment: the stock and the numbers add up."""
    names = [f"T{number:03}" for number in range(12)]
    async with operators_on(tmp_path / "store.db", *names) as operators:
        for operator in operators:
            await started(operator, "ORDR")
            await operator.do(*ORDER, Key.ENTER)
        await asyncio.gather(*(operator.do(Key.PF5) for operator in operators))
        numbers = operators[0].ask("SELECT number FROM sales_order ORDER BY number")
        assert numbers == [(100001 + n,) for n in range(12)]
        assert operators[0].ask(STOCK) == [(40 - 36,), (93 - 60,)]


async def test_f12_goes_a_step_back(tmp_path: Path) -> None:
    """From the check to the form with what was typed, and from there to the menu."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        await operator.do(*ORDER, Key.ENTER, Key.PF12)
        seen = [operator.field(name) for name in ("customer", "item.2", "quantity.2", "name.2", "total")]
        assert seen == ["J SMITH", "20020", "5", "", ""]
        await operator.do(Key.PF12)
        assert operator.map == "MENU01"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ((), "customer", "Customer must be filled in"),
        (("J SMITH",), "item.1", "Type at least one item and its quantity"),
        (filled("J SMITH", "2001", "3"), "item.1", "Line 1: item 2001 does not exist"),
        (filled("J SMITH", "20010", "3", "99999", "1"), "item.2", "Line 2: item 99999 does not exist"),
        (filled("J SMITH", "", "3"), "item.1", "Line 1: an item is missing"),
        (filled("J SMITH", "20010"), "quantity.1", "Line 1: a quantity is missing"),
        (filled("J SMITH", "20010", "0"), "quantity.1", "Line 1: Quantity must be at least 1"),
        (filled("J SMITH", "20010", "1.5"), "quantity.1", "Line 1: Quantity must have no decimals, such as 204"),
        (filled("J SMITH", "20010", "41"), "quantity.1", "Line 1: only 40 of item 20010 are in stock"),
        (filled("J SMITH", "20010", "1", "20010", "1"), "item.2", "Line 2: item 20010 is on line 1 already"),
    ],
)  # fmt: skip
async def test_every_mistake_has_a_message(
    tmp_path: Path, typed: tuple[Key | str, ...], field: str, says: str
) -> None:
    """The cursor is in the field at fault, what was typed is still there, and nothing is posted."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        assert (await operator.do(*typed, Key.ENTER), operator.at) == (says, field)
        assert operator.field("customer") == ("J SMITH" if typed else "")
        again = says if typed else "Nothing was checked yet: press Enter first"
        assert (await operator.do(Key.PF5), operator.at) == (again, field)
        assert nothing_posted(operator)


async def test_an_order_that_was_not_checked_is_not_posted(tmp_path: Path) -> None:
    """Also when nothing is wrong with it: F5 posts what was totalled before, and nothing else."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        says = await operator.do(*ORDER, Key.PF5)
        assert (says, operator.at) == ("Nothing was checked yet: press Enter first", "customer")
        assert nothing_posted(operator)


async def test_leaving_posts_nothing(tmp_path: Path) -> None:
    """F3 leaves a checked order behind, and another key is told."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ORDR")
        says = await operator.do(*ORDER, Key.ENTER, Key.PF9)
        assert says == "PF9 does nothing here; the keys that do are on the last row"
        await operator.do(Key.PF3)
        assert operator.map == "MENU01"
        assert nothing_posted(operator)

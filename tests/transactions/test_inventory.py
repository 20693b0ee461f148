"""The inventory, as an operator sees it: paging, search, and the update of an item."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.keys import Key
from tests.transactions.operator import Operator, operator_on, operators_on, started

LAST_PAGE = 800 // 13


def numbers(operator: Operator) -> list[str]:
    """The item numbers on the page."""
    return [number for line in range(1, 14) if (number := operator.field(f"number.{line}"))]


async def test_the_inventory_is_the_same_in_every_store(tmp_path: Path) -> None:
    """Eight hundred items, each with a name of its own."""
    async with operator_on(tmp_path / "store.db") as operator:
        assert operator.ask("SELECT count(*), count(DISTINCT name), min(price) > 0 FROM item") == [
            (800, 800, 1)
        ]
        assert operator.ask("SELECT * FROM item WHERE number = '23370'") == [
            ("23370", "GROMMET 36 MM", 1855, 40, 1)
        ]


async def test_paging_goes_through_all_and_back(tmp_path: Path) -> None:
    """Every item is on one page, in order; the pages above are those seen on the way down."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        assert operator.matches("INVB01")
        pages = [numbers(operator)]
        for _ in range(LAST_PAGE):
            await operator.do(Key.PF8)
            pages.append(numbers(operator))
        assert [str(20010 + 10 * n) for n in range(800)] == [number for page in pages for number in page]
        assert await operator.do(Key.PF8) == "These are the last items"
        for page in reversed(pages[:-1]):
            await operator.do(Key.PF7)
            assert numbers(operator) == page
        assert await operator.do(Key.PF7) == "These are the first items"


@pytest.mark.parametrize(
    ("typed", "first", "says"),
    [
        ("23540", "23540", ""),
        ("25", "25000", ""),
        ("hex b", "23410", ""),
        ("Wood screw 42", "28000", ""),
        ("23541", "23550", "No number begins with 23541; these come after it"),
        ("hf", "24010", "No name begins with HF; these come after it"),
        ("zinc", "20010", "No name begins with ZINC"),
        ("9", "20010", "No number begins with 9"),
    ],
)
async def test_search_by_number_or_name(tmp_path: Path, typed: str, first: str, says: str) -> None:
    """The page begins with what was searched, or says that there is none."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        assert (await operator.do(typed, Key.ENTER), operator.at) == (says, "find")
        assert operator.field("number.1") == first


async def test_a_search_by_name_is_paged_by_name(tmp_path: Path) -> None:
    """The alternate index goes on in both directions."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        await operator.do("LATCH", Key.ENTER)
        before = operator.rows
        await operator.do(Key.PF8)
        assert operator.field("name.8") == "LOCK NUT 04 MM"
        await operator.do(Key.PF7)
        assert operator.rows == before
        assert operator.field("lines") == "By name, F8 for more"


@pytest.mark.parametrize("key", [Key.PF7, Key.PF8])
async def test_what_is_typed_goes_before_the_page(tmp_path: Path, key: Key) -> None:
    """With a search or a line command on the screen, F7 and F8 do what Enter does."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        await operator.do(Key.PF8, "25", key)
        assert operator.field("number.1") == "25000"
        await operator.do(Key.TAB, "u", key)
        assert (operator.map, operator.field("number")) == ("INVB02", "25000")


async def test_items_of_one_name_are_paged(tmp_path: Path) -> None:
    """More of them than two pages hold: each is on one page, and so are those after them."""
    async with operator_on(tmp_path / "store.db") as operator:
        operator.ask("UPDATE item SET name = 'LATCH' WHERE name LIKE 'LATCH%' OR name LIKE 'HOSE CLIP%'")
        expected = [number for (number,) in operator.ask("SELECT number FROM item ORDER BY name, number")]
        start = expected.index(operator.ask("SELECT min(number) FROM item WHERE name = 'LATCH'")[0][0])
        await started(operator, "INVB")
        await operator.do("LATCH", Key.ENTER)
        pages = [numbers(operator)]
        for _ in range(4):
            await operator.do(Key.PF8)
            pages.append(numbers(operator))
        assert [number for page in pages for number in page] == expected[start : start + 5 * 13]
        for page in reversed(pages[:-1]):
            await operator.do(Key.PF7)
            assert numbers(operator) == page


async def test_an_item_is_updated(tmp_path: Path) -> None:
    """U opens it, Enter writes it back and returns to the same page; no lock is held meanwhile."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        await operator.do("GROMMET", Key.ENTER, *[Key.TAB] * 2, "u", Key.ENTER)
        assert operator.matches("INVB02")
        says = await operator.do(Key.ERASE_EOF, "12.34", Key.TAB, Key.ERASE_EOF, "77", Key.ENTER)
        assert (says, operator.field("price.2"), operator.field("stock.2")) == (
            "Item 23220 was updated",
            "12.34",
            "77",
        )
        assert operator.ask("SELECT price, stock FROM item WHERE number = '23220'") == [(1234, 77)]


async def test_an_item_only_shown_cannot_be_typed_over(tmp_path: Path) -> None:
    """S protects the fields; Enter and F12 go back to the page."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        says = await operator.do(Key.PF8, Key.TAB, "s", Key.ENTER)
        assert (says, operator.map) == ("Only shown: U on its line updates it", "INVB02")
        assert operator.space.field_at(operator.space.cursor).attribute.protected  # type: ignore[union-attr]
        assert await operator.do(Key.PF7) == "PF7 does nothing here; the keys that do are on the last row"
        await operator.do(Key.ENTER)
        assert (operator.map, operator.field("number.1")) == ("INVB01", "20140")


async def test_what_someone_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    """The second of two updates is refused and shown the first one; then it may go on from there."""
    async with operators_on(tmp_path / "store.db", "T001", "T002") as (first, second):
        for operator in (first, second):
            await started(operator, "INVB")
            await operator.do(Key.TAB, "u", Key.ENTER, Key.TAB, Key.ERASE_EOF)
        await first.do("11", Key.ENTER)
        assert await second.do("22", Key.ENTER) == "Item 20010 was changed by someone else"
        assert second.field("stock") == "11"
        assert await second.do(Key.TAB, Key.ERASE_EOF, "22", Key.ENTER) == "Item 20010 was updated"
        assert first.ask("SELECT stock FROM item WHERE number = '20010'") == [(22,)]


@pytest.mark.parametrize(
    ("keys", "field", "says"),
    [
        ((Key.TAB, "x", Key.ENTER), "option.1", "X is no command: S shows, U updates"),
        ((Key.TAB, "s", Key.TAB, "u", Key.ENTER), "option.2", "Only one line at a time can have a command"),
        ((*[Key.PF8] * LAST_PAGE, Key.BACKTAB, "s", Key.ENTER), "option.13", "There is no item on this line"),
        ((Key.PF5,), "find", "PF5 does nothing here; the keys that do are on the last row"),
    ],
)
async def test_each_mistake_on_the_page_is_told_at_its_field(
    tmp_path: Path, keys: tuple[Key | str, ...], field: str, says: str
) -> None:
    """Each has a message, and the cursor is in the field."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        assert (await operator.do(*keys), operator.at) == (says, field)


@pytest.mark.parametrize(
    ("keys", "field", "says"),
    [
        ((Key.ERASE_EOF,), "price", "Price must be a number such as 1,204.33"),
        (("12x",), "price", "Price must be a number such as 1,204.33"),
        ((Key.ERASE_EOF, "1.005"), "price", "Price must have at most 2 decimals, such as 1,204.33"),
        ((Key.TAB, Key.ERASE_EOF, "-1"), "stock", "Stock must not be negative"),
        ((Key.TAB, Key.ERASE_EOF, "1.5"), "stock", "Stock must have no decimals, such as 1,204"),
    ],
)
async def test_each_mistake_of_an_update_is_told_at_its_field(
    tmp_path: Path, keys: tuple[Key | str, ...], field: str, says: str
) -> None:
    """Each has a message, the cursor is in the field, and nothing is written."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        await operator.do(Key.TAB, "u", Key.ENTER)
        assert (await operator.do(*keys, Key.ENTER), operator.at) == (says, field)
        assert operator.ask("SELECT count(*) FROM item WHERE written_by != 1") == [(0,)]


async def test_an_item_that_is_gone_is_told(tmp_path: Path) -> None:
    """Deleted by another program between the page and the command."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "INVB")
        operator.ask("DELETE FROM item WHERE number = '20010'")
        says = await operator.do(Key.TAB, "u", Key.ENTER)
        assert (says, operator.field("number.1")) == ("Item 20010 does not exist any more", "20020")

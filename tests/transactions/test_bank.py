"""The bank, as an operator sees it: inquiry, transfer and statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.keys import Key
from tests.transactions.operator import filled, operator_on, started

TOO_FINE = "Amount must have at most 2 decimals, such as 1,204.33"
SAME = "To account must be another than the from account"
TOO_MUCH = "Amount is more than the 1,204.33 on the from account"
TRANSFER = filled("10020011", "20030022", "5.25", "Rent May")


async def test_the_bank_is_the_same_in_every_store(tmp_path: Path) -> None:
    """A thousand accounts, two of them known by heart, and an empty ledger."""
    async with operator_on(tmp_path / "store.db") as operator:
        known = "SELECT owner, balance FROM account WHERE number IN ('10020011', '20030022') ORDER BY number"
        assert operator.ask(known) == [("A N OTHER", 120433), ("B EXAMPLE LTD", 8812000)]
        assert operator.ask("SELECT count(*), min(balance) >= 0 FROM account") == [(1000, 1)]
        assert operator.ask("SELECT count(*) FROM ledger") == [(0,)]


async def test_an_account_is_shown(tmp_path: Path) -> None:
    """Owner and balance; F6 goes on to its statement, F12 back to the empty form."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ACCT")
        await operator.do("10020011", Key.ENTER)
        assert operator.matches("ACCT01")
        await operator.do(Key.PF12)
        assert (operator.map, operator.field("owner")) == ("ACCT01", "")
        await operator.do("20030022", Key.ENTER, Key.PF6)
        assert (operator.map, operator.field("owner")) == ("STMT01", "B EXAMPLE LTD")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ((Key.ENTER,), "Account must be 8 digits"),
        (("123", Key.ENTER), "Account must be 8 digits"),
        (("99999999", Key.ENTER), "Account 99999999 does not exist"),
        ((Key.PF6,), "Show an account first"),
    ],
)
async def test_each_mistake_of_an_inquiry_is_told_at_its_field(
    tmp_path: Path, keys: tuple[Key | str, ...], says: str
) -> None:
    """Each has a message, and the cursor is in the field."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "ACCT")
        assert (await operator.do(*keys), operator.at) == (says, "number")


async def test_a_transfer_is_checked_then_posted(tmp_path: Path) -> None:
    """Enter shows what would happen, F5 does it, and the store agrees."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        assert await operator.do(*TRANSFER, Key.ENTER) == "Press F5 to post, or F12 to change it"
        assert operator.matches("XFER01")
        assert operator.ask("SELECT count(*) FROM ledger") == [(0,)]
        assert await operator.do(Key.PF5) == "5.25 posted from 10020011 to 20030022"
        rows = operator.ask("SELECT source, target, amount, reference, posted_at, terminal FROM ledger")
        assert rows == [("10020011", "20030022", 525, "Rent May", "2026-01-02T03:04:05+00:00", "T001")]
        balances = "SELECT balance FROM account WHERE number IN ('10020011', '20030022') ORDER BY number"
        assert operator.ask(balances) == [(119908,), (8812525,)]


async def test_a_transfer_is_posted_once(tmp_path: Path) -> None:
    """F5 once more finds nothing that was checked."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        says = await operator.do(*TRANSFER, Key.ENTER, Key.PF5, Key.PF5)
        assert says == "Nothing was checked yet: press Enter first"
        assert operator.ask("SELECT count(*) FROM ledger") == [(1,)]


async def test_a_transfer_changed_after_the_check_is_checked_again(tmp_path: Path) -> None:
    """F5 posts only what was shown."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        await operator.do(*TRANSFER, Key.ENTER)
        says = await operator.do(Key.TAB, Key.TAB, Key.ERASE_EOF, "7", Key.PF5)
        assert says == "Changed since it was checked: press F5 to post it like this"
        assert operator.field("source_after") == "1,197.33"
        assert await operator.do(Key.PF5) == "7.00 posted from 10020011 to 20030022"


async def test_f12_goes_a_step_back(tmp_path: Path) -> None:
    """From the check to the form with what was typed, and from there to the menu."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        await operator.do(*TRANSFER, Key.ENTER, Key.PF12)
        seen = [operator.field(name) for name in ("source", "amount", "reference", "source_owner")]
        assert seen == ["10020011", "5.25", "Rent May", ""]
        assert await operator.do(Key.PF5) == "Nothing was checked yet: press Enter first"
        await operator.do(Key.PF12)
        assert operator.map == "MENU01"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ((Key.ENTER,), "source", "From account must be 8 digits"),
        (("1002001x", Key.ENTER), "source", "From account must be 8 digits"),
        ((*filled("99999999", "20030022", "1"), Key.ENTER), "source", "From account 99999999 does not exist"),
        (("10020011", Key.ENTER), "target", "To account must be 8 digits"),
        ((*filled("10020011", "99999999", "1"), Key.ENTER), "target", "To account 99999999 does not exist"),
        ((*filled("10020011", "10020011", "1"), Key.ENTER), "target", SAME),
        ((*filled("10020011", "20030022"), Key.ENTER), "amount", "Amount must be a number such as 1,204.33"),
        ((*filled("10020011", "20030022", "abc"), Key.ENTER), "amount", "Amount must be a number such as 1,204.33"),
        ((*filled("10020011", "20030022", "0"), Key.ENTER), "amount", "Amount must be at least 0.01"),
        ((*filled("10020011", "20030022", "-5"), Key.ENTER), "amount", "Amount must not be negative"),
        ((*filled("10020011", "20030022", "1.005"), Key.ENTER), "amount", TOO_FINE),
        ((*filled("10020011", "20030022", "1204.34"), Key.ENTER), "amount", TOO_MUCH),
    ],
)  # fmt: skip
async def test_every_mistake_has_a_message(
    tmp_path: Path, typed: tuple[Key | str, ...], field: str, says: str
) -> None:
    """The cursor is in the field at fault, what was typed is still there, and nothing is posted."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        assert (await operator.do(*typed), operator.at) == (says, field)
        assert operator.field("source") == ("" if typed[0] is Key.ENTER else typed[0])
        assert await operator.do(Key.PF5) == "Nothing was checked yet: press Enter first"
        assert operator.ask("SELECT count(*) FROM ledger") == [(0,)]


async def test_money_that_went_meanwhile_is_not_posted(tmp_path: Path) -> None:
    """The check is made again at the moment of posting."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        await operator.do(*filled("10020011", "20030022", "1204.33"), Key.ENTER)
        async with operator_on(tmp_path / "store.db") as other:
            assert other.map == "XFER01"  # the same terminal, taken over by another region
            await other.do(Key.PF12, Key.TAB, Key.TAB, Key.ERASE_EOF, "1000", Key.ENTER, Key.PF5)
            await other.do(*filled("10020011", "20030022", "1000"), Key.ENTER)
            assert other.message == "Amount is more than the 204.33 on the from account"


async def test_a_statement_is_paged(tmp_path: Path) -> None:
    """The latest lines first; F8 goes on to the earliest, F7 comes back, and the balances add up."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "XFER")
        await operator.do(*TRANSFER, Key.ENTER, Key.PF5)
        await started(operator, "STMT")
        await operator.do("10020011", Key.ENTER)
        assert operator.matches("STMT01")
        top = operator.rows
        await operator.do(Key.PF8)
        assert operator.field("lines") == "Lines 16 to 30, F8 for more"
        second = operator.rows
        await operator.do(*[Key.PF8] * 19)
        assert (operator.field("lines"), operator.field("day.1")) == ("Lines 301 to 301", "2024-03-07")
        assert await operator.do(Key.PF8) == "These are the earliest lines"
        await operator.do(*[Key.PF7] * 19)
        assert operator.rows == second
        await operator.do(Key.PF7)
        assert operator.rows == top
        assert await operator.do(Key.PF7) == "These are the latest lines"


@pytest.mark.parametrize("key", [Key.PF7, Key.PF8])
async def test_a_page_key_looks_up_another_account_that_was_typed(tmp_path: Path, key: Key) -> None:
    """No account's lines are shown under the number of another, on whatever page it was typed."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "STMT")
        await operator.do("20030022", Key.ENTER)
        expected = operator.rows
        for pages_down in (0, 1, 20):
            await operator.do(Key.ERASE_EOF, "10020011", Key.ENTER, *[Key.PF8] * pages_down)
            assert await operator.do("20030022", key) == ""
            assert operator.rows == expected
        says = await operator.do("99999999", key)
        assert (says, operator.field("owner")) == ("Account 99999999 does not exist", "")


async def test_a_line_booked_meanwhile_moves_nothing(tmp_path: Path) -> None:
    """The position is a place in the account, not a count of lines."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "STMT")
        await operator.do("20030022", Key.ENTER, Key.PF8)
        before = operator.rows
        async with operator_on(tmp_path / "store.db") as other:
            await started(other, "XFER")
            await other.do(*TRANSFER, Key.ENTER, Key.PF5)
            await started(other, "STMT")
            await other.do("20030022", Key.ENTER, Key.PF8, Key.PF7, Key.PF8)
            assert other.field("balance.2") in "\n".join(before)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ((Key.ENTER,), "Account must be 8 digits"),
        (("99999999", Key.ENTER), "Account 99999999 does not exist"),
        ((Key.PF8,), "Show an account first"),
        (("1002", Key.PF8), "Account must be 8 digits"),
        ((Key.PF2,), "PF2 does nothing here; the keys that do are on the last row"),
    ],
)
async def test_each_mistake_of_a_statement_is_told_at_its_field(
    tmp_path: Path, keys: tuple[Key | str, ...], says: str
) -> None:
    """Each has a message, and the cursor is in the field."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "STMT")
        assert (await operator.do(*keys), operator.at) == (says, "number")


@pytest.mark.parametrize("code", ["ACCT", "XFER", "STMT", "MENU", "ORDR", "INVB", "TKTQ"])
async def test_clear_leaves_a_blank_screen(tmp_path: Path, code: str) -> None:
    """On it a code can be typed."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, code)
        assert operator.map == f"{code}01"
        await operator.do(Key.CLEAR)
        assert (operator.map, operator.rows) == ("", [""] * 24)
        await operator.do("MENU", Key.ENTER)
        assert operator.map == "MENU01"

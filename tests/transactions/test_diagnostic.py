"""The diagnostic transaction: what it shows is what the terminal sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.keys import Key
from screens.presentation_space import Lock
from tests.transactions.operator import filled, operator_on, started

KEYS = [key for key in Key if key.aid.name != "NONE" and key is not Key.PF3]


@pytest.mark.parametrize("key", KEYS)
async def test_every_key_is_named_and_stays(tmp_path: Path, key: Key) -> None:
    """Also Clear and the PA keys, which send nothing but themselves."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        await operator.do(key)
        sent = "not sent with this key" if key.aid.short else "574: row 8, column 15, plain"
        assert (operator.map, operator.field("key"), operator.field("where")) == (
            "DIAG01",
            key.aid.name,
            sent,
        )


async def test_every_field_is_shown_with_address_text_and_hex(tmp_path: Path) -> None:
    """As it came: before it is edited, and what is hidden as asterisks."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        typed = filled("Say é", "12345678", "1204.5", "20240229", "-1.5", "secret", "upper")
        await operator.do(*typed, Key.ENTER)
        assert operator.matches("DIAG01")
        assert [operator.field(f"{name}.1") for name in ("at", "got", "hex")] == [
            "574",
            "Say é",
            "53617920E9",
        ]
        assert [operator.field(f"{name}.6") for name in ("at", "got", "hex")] == ["974", "******", "*" * 12]
        assert [operator.field(name) for name in ("decimal", "day", "upper")] == [
            "1,204.50",
            "2024-02-29",
            "UPPER",
        ]
        ((history,),) = operator.ask("SELECT input FROM step ORDER BY unit DESC LIMIT 1")
        assert "secret" not in history


async def test_only_what_was_changed_or_set_before_comes(tmp_path: Path) -> None:
    """The second Enter brings the fields whose MDT the map turns on, and no others."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        await operator.do("abc", Key.ENTER, Key.ENTER)
        came = [line for line in range(1, 12) if operator.field(f"at.{line}")]
        assert (came, operator.field("plain")) == ([8, 10], "abc")


async def test_a_mistake_in_a_field_is_told(tmp_path: Path) -> None:
    """As every map would tell it."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        assert await operator.do(Key.TAB, "12", Key.ENTER) == "Digits must be 8 digits"
        assert await operator.do(*[Key.TAB] * 3, "30.2.2024", Key.ENTER) == "Digits must be 8 digits"


@pytest.mark.parametrize(
    ("keys", "lock"),
    [
        ((*[Key.TAB] * 4, "x"), Lock.NUMERIC),
        ((*[Key.TAB] * 8, "x", Key.ENTER), Lock.MUST_FILL),
        ((Key.ERASE_INPUT, Key.ENTER), Lock.MUST_ENTER),
        ((Key.UP, "x"), Lock.PROTECTED),
    ],
)
async def test_the_terminal_checks_for_itself(
    tmp_path: Path, keys: tuple[Key | str, ...], lock: Lock
) -> None:
    """Nothing is sent; Reset goes on."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        await operator.do(*keys)
        assert (operator.space.lock, operator.field("key")) == (lock, "")
        await operator.do(Key.RESET)
        assert operator.space.lock is Lock.NONE


async def test_leaving_a_changed_trigger_field_sends_enter(tmp_path: Path) -> None:
    """Without the key."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        await operator.do(*[Key.TAB] * 10, "x", Key.TAB)
        assert (operator.field("key"), operator.field("got.11")) == ("ENTER", "x")


async def test_f3_twice_in_a_row_leaves(tmp_path: Path) -> None:
    """Another key between the two begins anew."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        assert await operator.do(Key.PF3) == "Press F3 again to leave"
        await operator.do(Key.PF15, Key.PF3, Key.CLEAR, Key.PF3)
        assert (operator.map, operator.field("key")) == ("DIAG01", "PF3")
        await operator.do(Key.PF3)
        assert operator.map == "MENU01"


async def test_the_outline_ends_with_its_word(tmp_path: Path) -> None:
    """What follows on the row, and the row below, have none."""
    async with operator_on(tmp_path / "store.db") as operator:
        await started(operator, "DIAG")
        row = next(row for row, text in enumerate(operator.rows) if "outlined" in text)
        space = operator.space
        outlined = [at for at in range(space.size) if space.attribute_at(at).outline]
        start = row * space.columns + operator.rows[row].index("outlined")
        assert outlined == [*range(start - 1, start + len("outlined"))]

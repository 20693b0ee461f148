"""How a step ends: what of an error, an input and a state is stored."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.conversation import TerminalState
from monitor.ending import (
    Ending,
    abend_notice,
    code_of,
    masked_input,
    message_of,
    monitor_rows,
    secrets_of,
    traceback_of,
    without_secrets,
)
from monitor.errors import Abend
from monitor.exchange import Aid, Inbound, Received
from monitor.store import Key

OPEN = TerminalState("T1", 3, "ME", conversation=70, state="open", seed=5, step=72, number=2, next="XFER")


@given(st.text(), st.integers(1, 50))
def test_any_text_of_an_error_can_be_stored(text: str, chars_max: int) -> None:
    """Code, message and traceback of any exception are text a store takes, no longer than allowed."""
    odd = SyntaxError(text, (None, 3, 7, 5))  # type: ignore[arg-type]  # Python itself cannot show it
    for error in (ValueError(text), Abend("ABCD", text), odd):
        message = message_of(error, chars_max)
        assert len(message) <= chars_max
        assert len(traceback_of(error, chars_max)) <= chars_max
        assert "\0" not in message
        message.encode()
    assert code_of(Abend("ABCD")) == "ABCD"
    assert code_of(ValueError()) == "ASRA"


@given(st.dictionaries(st.sampled_from("abcd"), st.text(st.characters(exclude_categories=["Cs"]))))
def test_masked_fields_never_reach_the_history(values: dict[str, str]) -> None:
    """Of a field that is not for display only whether it was empty is kept; the others are kept as typed."""
    received = Received(Aid.ENTER, values=values, modified=frozenset(values), masked=frozenset("ab"))
    kept = msgspec.json.decode(masked_input(Inbound("T1", 1, 1, Aid.ENTER), received))["fields"]
    assert {
        name: text if name in "cd" else "********" if text else "" for name, text in values.items()
    } == kept


@pytest.mark.parametrize(
    ("typed", "text", "told"),
    [
        ({"old": "secret", "new": "secret2026!"}, "secret is not secret2026!", "******** is not ********"),
        ({"old": "secret2026!", "new": "secret"}, "secret is not secret2026!", "******** is not ********"),
        ({"new": "Sesame"}, "SESAME, sesame", "********, ********"),
        ({"new": "Sésame"}, ascii("Sésame"), "'********'"),
        ({"new": "it's\\"}, repr("it's\\"), '"********"'),
        ({"new": "a.c"}, "abc", "abc"),
        ({"new": "   "}, "a   b", "a   b"),
    ],
)
def test_what_was_typed_in_hidden_fields_is_masked(typed: dict[str, str], text: str, told: str) -> None:
    """Whole, also where one secret begins as another does; in capitals; and as Python shows a text."""
    received = Received(Aid.ENTER, values=typed, modified=frozenset(typed), masked=frozenset(typed))
    assert without_secrets(text, secrets_of(received)) == told


def test_a_secret_of_two_characters_masks_the_whole_text() -> None:
    """It cannot be told from other text, even beside a longer one."""
    received = Received(Aid.ENTER, values={"old": "secret", "new": "ab"}, masked=frozenset({"old", "new"}))
    assert without_secrets("about", secrets_of(received)).startswith("masked: ")


def test_step_of_an_open_conversation_writes_only_the_conversation() -> None:
    """The terminal's row stays as it is, so that only a take-over or a new conversation changes it."""
    conversation, rows = monitor_rows(OPEN, 99, Ending("converse", "s", next="XFER"), seed=1)
    assert conversation == 70
    assert rows == {Key("conversation", 70): (70, "T1", "open", 5)}


def test_first_step_makes_a_conversation_of_its_own_unit() -> None:
    """A new conversation is known by its first unit, and the terminal points to it."""
    conversation, rows = monitor_rows(replace(OPEN, state="ended"), 99, Ending("finish", "s"), seed=1)
    assert conversation == 99
    assert rows == {
        Key("terminal", "T1"): ("T1", 3, "ME", 99),
        Key("conversation", 99): (99, "T1", "ended", 1),
    }


def test_notice_of_an_abend_fits_a_line() -> None:
    """The longest usual notice fits the last row of a screen of 80 columns."""
    assert len(abend_notice("XFER", "ASRA", "99999-99999")) <= 80

"""Actions as a scenario writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.keys import Key
from screens.replay.actions import (
    KEYS,
    Action,
    Fill,
    Interrupt,
    Interruption,
    MoveTo,
    Press,
    Type,
    Wait,
    parse,
    write,
)
from screens.replay.faults import ActionError

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[0-9]{1,2})?", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Press, st.sampled_from(Key)),
    st.builds(Type, TEXTS),
    st.builds(Fill, NAMES, TEXTS),
    st.builds(MoveTo, NAMES),
    st.builds(MoveTo, st.just(""), st.integers(1, 62), st.integers(1, 160)),
    st.builds(Wait, st.integers(0, 10**6).map(float)),
    st.builds(Interrupt, st.sampled_from(Interruption)),
)


@given(ACTIONS)
def test_what_is_written_is_read_again(action: Action) -> None:
    """Whatever a recording writes means the same when it is replayed, and is one line."""
    line = write(action)
    assert "\n" not in line
    assert parse(line) == action


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("field source = 10020011", Fill("source", "10020011")),
        ("field source =", Fill("source", "")),
        ('field source = "  x "', Fill("source", "  x ")),
        ("field day.2=5", Fill("day.2", "5")),
        ("  ENTER ", Press(Key.ENTER)),
        ("pf24", Press(Key.PF24)),
        ("eraseeof", Press(Key.ERASE_EOF)),
        ("cursor 8,20", MoveTo(row=8, column=20)),
        ("cursor amount", MoveTo(field="amount")),
        ("wait 2s", Wait(2.0)),
        ("wait 1.5h", Wait(5400.0)),
        ("wait 250ms", Wait(0.25)),
        ("kill", Interrupt(Interruption.KILL)),
        ("type", Type("")),
    ],
)
def test_each_action_has_one_word_in_any_case(line: str, action: Action) -> None:
    """What it needs comes after it."""
    assert parse(line) == action


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("pf25", "did you mean pf"),
        ("entr", "did you mean enter?"),
        ("enter now", "enter takes nothing after it"),
        ("field source", "write `field NAME = value`"),
        ("cursor 0,1", "rows and columns count from 1"),
        ("cursor !", "write `cursor ROW,COLUMN` or `cursor NAME`"),
        ("wait long", "write 500ms, 2s, 5m, 1h or 1d"),
        ("wait 400d", "at most 366d"),
        ("wait \uff11s", "write 500ms, 2s, 5m, 1h or 1d"),
        ("cursor \uff19,\uff19", "write `cursor ROW,COLUMN` or `cursor NAME`"),
        ('type "open', "not a text in quotes"),
        ("kill -9", "kill takes nothing after it"),
    ],
)
def test_a_mistake_is_told(line: str, told: str) -> None:
    """With what would be right."""
    with pytest.raises(ActionError) as caught:
        parse(line)
    assert told in str(caught.value)


def test_every_key_has_a_word() -> None:
    """Lower case, without a blank."""
    assert {key.value.lower() for key in Key} == set(KEYS)

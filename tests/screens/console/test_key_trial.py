"""`entracte keys` names bytes, key and function."""

from __future__ import annotations

import pytest

from screens.console.key_trial import KeyTrial, spelled
from screens.console.keymap import load


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ("\x1b[1;2R", "ESC [ 1 ; 2 R               shift+f3              PF15"),
        ("\x1b[25~", "ESC [ 2 5 ~                 f13                   PF13"),
        ("\x1b1", "ESC 1                       alt+1                 PA1"),
        ("\x1bx", "ESC x                       alt+x                 -"),
        ("?", "?                           question_mark         types itself"),
        ("a", "a                           a                     types itself"),
        ("\x01", "01                          ctrl+a                (prefix)"),
    ],
)
def test_a_key_is_explained(sent: str, line: str) -> None:
    """One line: what was sent, how it is called, what it does."""
    assert [found.line() for found in KeyTrial(load("default")).feed(sent)] == [line]


def test_the_second_key_of_a_sequence_shows_the_function() -> None:
    """That of both together; the first has none of its own."""
    found = [pressed.line().split() for pressed in KeyTrial(load("default")).feed("\x01c")]
    assert found == [["01", "ctrl+a", "(prefix)"], ["c", "c", "Clear"]]


def test_keys_that_arrive_together_have_each_its_own_bytes() -> None:
    """A key that the next one cuts short as well; what is not whole yet belongs to the next."""
    trial = KeyTrial(load("default"))
    found = [(pressed.sent, pressed.key) for pressed in trial.feed("\x03\x1bOR\x1b1ab\x1b\x1b[15~\x1b[1")]
    assert found == [
        ("\x03", "ctrl+c"),
        ("\x1bOR", "f3"),
        ("\x1b1", "alt+1"),
        ("a", "a"),
        ("b", "b"),
        ("\x1b", "escape"),
        ("\x1b[15~", "f5"),
    ]
    assert [pressed.line() for pressed in trial.feed("7~")] == [
        "ESC [ 1 7 ~                 f6                    PF6"
    ]


def test_what_is_long_stays_apart_from_the_next_column() -> None:
    """A blank at least."""
    (found,) = KeyTrial(load("default")).feed("\x1b[57376;6:1;57376u")
    assert found.line().startswith("ESC [ 5 7 3 7 6 ; 6 : 1 ; 5 7 3 7 6 u ")


def test_bytes_are_spelled() -> None:
    """Control characters and letters beyond ASCII as hexadecimal, the rest as itself."""
    assert spelled("\x1b[A \x05é") == "ESC [ A SP 05 c3a9"

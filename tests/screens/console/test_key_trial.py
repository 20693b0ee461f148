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
    trial = KeyTrial(load("default"))
    assert [trial.line(sent, found) for found in trial.feed(sent)] == [line]


def test_the_second_key_of_a_sequence_shows_the_function() -> None:
    """That of both together; the first has none of its own."""
    trial = KeyTrial(load("default"))
    found = [function.value if function else None for _, function, _ in trial.feed("\x01c")]
    assert found == [None, "Clear"]


def test_bytes_are_spelled() -> None:
    """Control characters and letters beyond ASCII as hexadecimal, the rest as itself."""
    assert spelled("\x1b[A \x05é") == "ESC [ A SP 05 c3a9"

"""The escapes of `String`."""

from __future__ import annotations

import pytest

from screens.keys import Key
from screens.script.fault import Fault
from screens.script.strokes import strokes


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("ab", ["a", "b"]),
        (r"a\tb\n", ["a", Key.TAB, "b", Key.ENTER]),
        ("a\tb\n", ["a", Key.TAB, "b", Key.ENTER]),
        (r"\T\b\r\f", [Key.BACKTAB, Key.LEFT, Key.NEWLINE, Key.CLEAR]),
        (r"\pf3\pf24\pa1", [Key.PF3, Key.PF24, Key.PA1]),
        (r"\\", ["\\"]),
        (r"\x41\u00e9\101", ["A", "\u00e9", "A"]),
        (r"\x41BC\x041,", ["\u00bc", "A", ","]),
        (r"\u0041BC", ["A", "B", "C"]),
        (r"\ec1", ["A"]),
        (r"\eAD\ebd\eba\ebb", ["[", "]", "\u00dd", "\u00a8"]),
        (r"\q", ["q"]),
    ],
)
def test_an_escape_is_a_key_or_a_character(text: str, typed: list[str]) -> None:
    """Those of s3270 and of C; after an unknown one comes what follows the backslash."""
    assert typed == list(strokes(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x\\", r"String(): Missing data after \\"),
        (r"\pf99", r"String(): Unknown PF key 99"),
        (r"\pz", r"String(): Unknown character after \p"),
        (r"\a", r"String(): Bell not supported"),
        (r"\xzz", r"String(): Missing hex digits after \x"),
        (r"\exc1", r"String(): Missing hex digits after \e"),
        (r"\ud800", r"String(): Invalid character \ud800"),
    ],
)
def test_a_wrong_escape_is_told(text: str, words: str) -> None:
    """What stood before it was typed."""
    with pytest.raises(Fault) as caught:
        list(strokes(text))
    assert words.replace("\\\\", "\\") == caught.value.lines[0].replace("\\\\", "\\")

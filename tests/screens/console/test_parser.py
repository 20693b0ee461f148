"""The bytes terminals really send arrive as the keys they are."""

from __future__ import annotations

import pytest
from textual import events

from screens.console.parser import KeyParser


def keys(data: str) -> list[tuple[str, str | None]]:
    """Name and character of every key in some bytes."""
    parser = KeyParser()
    return [(e.key, e.character) for e in parser.feed(data) if isinstance(e, events.Key)]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("\x1b[1;2R", "shift+f3"),  # xterm; Textual alone: a cursor report
        ("\x1b[1;129R", "f3"),  # kitty protocol with NumLock; Textual alone: a cursor report
        ("\x1b[1;130R", "shift+f3"),
        ("\x1b[1;5R", "ctrl+f3"),
        ("\x1bOR", "f3"),
        ("\x1b[13~", "f3"),
        ("\x1b[1;2P", "shift+f1"),
        ("\x1b[1;2S", "shift+f4"),
        ("\x1b[24;2~", "shift+f12"),
        ("\x1b[25~", "f13"),  # Linux console and rxvt; Textual alone: control characters
        ("\x1b[26~", "f14"),
        ("\x1b[28~", "f15"),
        ("\x1b[29~", "f16"),
        ("\x1b[31~", "f17"),
        ("\x1b[32~", "f18"),
        ("\x1b[33~", "f19"),
        ("\x1b[34~", "f20"),
        ("\x1b[25;129~", "f13"),
        ("\x1b[57376u", "f13"),
        ("\x1b1", "alt+1"),  # Textual alone: the symbols of a Mac keyboard
        ("\x1b2", "alt+2"),
        ("\x1b3", "alt+3"),
        ("\x1b[49;3u", "alt+1"),
        ("\x1bf", "alt+f"),
        ("\x1b[Z", "shift+tab"),
    ],
)
def test_a_key_is_known_by_its_bytes(data: str, key: str) -> None:
    """One sequence, one key, and nothing typed."""
    assert keys(data) == [(key, None)]


def test_a_sequence_may_come_in_pieces() -> None:
    """A read that ends inside a sequence does not lose the key."""
    parser = KeyParser()
    seen = [event for char in "\x1b[1;2R" for event in parser.feed(char)]
    assert [event.key for event in seen if isinstance(event, events.Key)] == ["shift+f3"]


def test_characters_stay_characters() -> None:
    """Plain typing, also of the characters the console keys were taken for."""
    assert keys('a" !\x19') == [
        ("a", "a"),
        ("quotation_mark", '"'),
        ("space", " "),
        ("exclamation_mark", "!"),
        ("ctrl+y", "\x19"),
    ]


def test_a_modifier_by_itself_is_no_key() -> None:
    """The kitty protocol reports Shift when it goes down; it must not end a prefix."""
    assert keys("\x1b[57441;2u\x1b[63;2;63u") == [("question_mark", "?")]

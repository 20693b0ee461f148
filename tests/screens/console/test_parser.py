"""The bytes terminals really send arrive as the keys they are."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

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
        ("\x1bC", "alt+shift+c"),
        ("\x1b?", "alt+question_mark"),  # as the kitty protocol names it; Textual alone types it
        ("\x1b[63;3u", "alt+question_mark"),
        ("\x1b[Z", "shift+tab"),
        ("\x1b\t", "shift+tab"),
        ("\x1bO2P", "shift+f1"),  # Konsole
        ("\x1bO2R", "shift+f3"),
        ("\x1bO2S", "shift+f4"),
        ("\x1bO3P", "alt+f1"),
        ("\x1bO5Q", "ctrl+f2"),
        ("\x1b[25;2~", "shift+f13"),
        ("\x1b[23$", "f23"),  # rxvt
        ("\x1b[5A", "ctrl+up"),
        ("\x1b[[A", "f1"),
        ("\x1b[27;5;9~", "ctrl+tab"),  # xterm's modifyOtherKeys
        ("\x1b[27;2;13~", "shift+enter"),
        ("\x1b[27;3;99~", "alt+c"),
        ("\x1b[67;4u", "alt+shift+c"),
        ("\x1b[99:67;5:1u", "ctrl+c"),
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


@pytest.mark.parametrize(
    ("data", "typed"),
    [
        ("\x1b[27;2;65~", "A"),
        ("\x1b[97;2u", "A"),
        ("\x1b[97;2;65u", "A"),
        ("\x1b[63;129u", "?"),
        ("\x1b[113;;64u", "@"),
        ("\x1b[0;;229u", "å"),
        ("\x1bOp", "0"),
    ],
)
def test_a_character_may_come_as_a_sequence(data: str, typed: str) -> None:
    """Without the text of the key too, and whatever locks are on."""
    assert [character for _, character in keys(data)] == [typed]


@pytest.mark.parametrize(
    "data",
    [
        "\x1b[1;5I",
        "\x1b[99~",
        "\x1b[5;10R",
        "\x1b[?1;2c",
        "\x1b[[x",
        "\x1bO2M",
        "\x1bOz",
        "\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15~",
        "\x1b[99999999u",
        "\x1b[57999u",
        "\x1b[13;;99999999u",
        "\x1b[99;5:3u",  # a key let go
        "\x1b[M !!",  # a mouse report of old
        "\x1b]11;rgb:1/2/3\x07",
        "\x1b]11;rgb:1/2/3\x1b\\",
        "\x1bP>|xterm(390)\x1b\\",
        "\x1b[1;\x1b[1;5I",  # cut short by the next one
    ],
)
@pytest.mark.parametrize("pieces", [False, True])
def test_nothing_of_an_unknown_sequence_is_typed(data: str, pieces: bool) -> None:
    """It is swallowed whole, in one read or in many, and what follows is itself."""
    parser = KeyParser()
    reads = [*data, "x"] if pieces else [f"{data}x"]
    seen = [event for read in reads for event in parser.feed(read)]
    assert [event.key for event in seen if isinstance(event, events.Key)] == ["x"]


def test_the_rest_of_a_sequence_may_come_late() -> None:
    """No pause makes characters of it."""
    parser = LatePauses()
    seen = [event for read in ("\x1b[1;", "5I", "x") for event in (*parser.feed(read), *parser.tick())]
    assert [event.key for event in seen if isinstance(event, events.Key)] == ["x"]


BURST = "\x1bi\x1b[1~\x1bc\x1b[<0;10;5M\x1b[<0;10;5mACCT\x1bx\x1b[13~\x1bO2P"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_alt_and_a_character_stay_together_in_a_burst(size: int) -> None:
    """They stay together, whatever follows and wherever a read ends."""
    parser = KeyParser()
    reads = [BURST[at : at + size] for at in range(0, len(BURST), size)]
    seen = [event for read in reads for event in parser.feed(read)]
    named = [event.key if isinstance(event, events.Key) else type(event).__name__ for event in seen]
    pressed = ["alt+i", "home", "alt+c", "MouseDown", "MouseUp", *"ACCT", "alt+x", "f3", "shift+f1"]
    assert named == pressed
    assert "".join(event.character or "" for event in seen if isinstance(event, events.Key)) == "ACCT"


class LatePauses(KeyParser):
    """Every pause is long enough."""

    def tick(self) -> Iterable[Message]:
        """The time is over."""
        self._until = self._until and 0
        return super().tick()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("\x1b", "escape"),
        ("\x1b[", "alt+left_square_bracket"),
        ("\x1bO", "alt+shift+o"),
        ("\x1bP", "alt+shift+p"),
    ],
)
def test_a_pause_tells_what_a_beginning_was(data: str, key: str) -> None:
    """A lone Esc is Escape; Alt and a bracket could have been more."""
    parser = LatePauses()
    assert [*parser.feed(data)] == []
    assert parser.waits
    assert [event.key for event in parser.tick() if isinstance(event, events.Key)] == [key]
    assert keys(data + "\x1b[A") == [(key, "\x1b" if key == "escape" else None), ("up", None)]


def test_escape_and_a_key_that_is_no_character() -> None:
    """Esc and Enter in one read are both."""
    assert [key for key, _ in keys("\x1b\r\x1b\x1b[A")] == ["escape", "enter", "escape", "up"]


def test_a_paste_is_one_event_and_waits_for_its_end() -> None:
    """Also in pieces, and with Escape in it; keys behind it are keys."""
    parser = LatePauses()
    reads = ("\x1b[200~an", "n\x1b[A\r\x1b[20", "1~b")
    seen = [event for read in reads for event in (*parser.feed(read), *parser.tick())]
    assert [e.text if isinstance(e, events.Paste) else getattr(e, "key", "") for e in seen] == [
        "ann\x1b[A\r",
        "b",
    ]


@given(st.text("\x1b\x1b[[OP]_M<>?;:$~uRmA1239 \\\x07\rxé", max_size=40), st.integers(0, 40))
def test_a_read_may_end_anywhere(data: str, at: int) -> None:
    """Whatever comes, it ends nothing, and in two reads it is the same as in one."""
    parser = KeyParser()
    seen = [event for read in (data[:at], data[at:]) for event in parser.feed(read)]
    assert list(map(repr, KeyParser().feed(data))) == list(map(repr, seen))


def test_what_textual_asks_for_reaches_it() -> None:
    """Focus, the size of the window, and what the terminal can do."""
    seen = KeyParser().feed("\x1b[I\x1b[O\x1b[48;24;80;480;800t\x1b[?2026;2$y")
    assert [type(event).__name__ for event in seen] == [
        "AppFocus",
        "AppBlur",
        "Resize",
        "TerminalSupportsSynchronizedOutput",
    ]

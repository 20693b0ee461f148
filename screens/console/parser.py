"""The keys of a terminal, as Textual's events: Textual's own parser mistakes or types too many of them.

Measured with Textual 8.2: Alt and a character are typed when more follows in the same read, and so is what is
left of a sequence it does not know; Shift+F3 is a cursor position report, F13 to F20 of a Linux console are
control characters, and a number no character has ends the program. Here a sequence is cut out first (`cut`)
and then named; Textual is asked only about what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from time import monotonic

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual._xterm_parser import (
    FOCUSIN,
    FOCUSOUT,
    XTermParser,
    _re_in_band_window_resize,
    _re_mouse_event,
    _re_terminal_mode_response,
)
from textual.keys import _character_to_key
from textual.message import Message

from screens.console.sequences import ESC, PASTE_BEGINS, PASTE_ENDS, cut, waits_for_ever

SEQUENCE_CHARACTERS_MAX = 32
"""Textual types what is longer."""

_CONSOLE_KEYS = {str(number): 57376 + at for at, number in enumerate((25, 26, 28, 29, 31, 32, 33, 34))}
"""F13 to F20 of a Linux console and rxvt, as the kitty protocol numbers them."""
_CONSOLE_KEY = re.compile(r"\x1b\[(25|26|28|29|31|32|33|34)((?:;\d+)?)~")
_KONSOLE_KEY = re.compile(r"\x1bO(?:1;)?(\d+)([A-FHP-S])")
"""Shift+F1 of Konsole: the modifier stands after the letter O."""
_OTHER_KEY = re.compile(r"\x1b\[27;(\d+);(\d+)~")
"""xterm's modifyOtherKeys: modifier and character."""
_EXTENDED = re.compile(r"\x1b\[(\d*)(?::[\d:]*)?(?:;(\d*)(?::(\d))?(?:;([\d:]*))?)?([u~A-FHP-S])")
"""Number (others it may have), modifier, what happened to the key, its text, and the end."""
_RELEASED = "3"
_SHIFT = 1
_LOCKS = 64 | 128
_CHARACTERS = 0x110000

_SILENT = frozenset({*MODIFIER_FUNCTIONAL_KEYS, "caps_lock", "num_lock", "scroll_lock"})
"""Keys the kitty protocol reports although they do nothing by themselves: they would end a prefix."""


class KeyParser(XTermParser):
    """Characters of a terminal in, Textual's events out."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._held = ""
        self._until: float | None = None

    @property
    def waits(self) -> bool:
        """True while an Escape has come and what follows soon decides what it was."""
        return self._until is not None

    @property
    def held(self) -> str:
        """What came last and is not whole yet."""
        return self._held

    def feed(self, data: str) -> Iterable[Message]:
        """Take characters; what is not whole waits for the next ones, or for a pause."""
        self._held += data
        self._until = None
        while self._held:
            part, whole = cut(self._held)
            if not part:
                if not waits_for_ever(self._held):
                    self._until = monotonic() + constants.ESCAPE_DELAY
                return
            self._held = self._held[len(part) :]
            yield from self._heard(self._meant(part) if whole else _cut_short(part))

    def tick(self) -> Iterable[Message]:
        """After a pause, what was held is what it is: Escape, or Alt and a bracket."""
        if self._until is not None and monotonic() >= self._until:
            part, self._held, self._until = self._held, "", None
            yield from _cut_short(part)

    def _heard(self, messages: Iterable[Message]) -> Iterator[Message]:
        return (m for m in messages if not isinstance(m, events.Key) or m.key not in _SILENT)

    def _meant(self, part: str) -> Iterable[Message]:
        """What a character, several, or a whole sequence mean; nothing when nobody knows."""
        if not part.startswith(ESC):
            return super().feed(part)
        if part.startswith(PASTE_BEGINS):
            pasted = part.removeprefix(PASTE_BEGINS).removesuffix(PASTE_ENDS)
            return [events.Paste(pasted.replace("\0", ""))]
        if len(part) > SEQUENCE_CHARACTERS_MAX:
            return []
        if _is_report(part):
            return super().feed(part)
        if _re_mouse_event.match(part):
            mouse = self.parse_mouse_code(part)
            return [mouse] if mouse else []
        return self._with_alt(part[1]) if len(part) == 2 else self._named(_usual(part))

    def _with_alt(self, char: str) -> Iterable[Message]:
        """A key and Alt, or Escape and a key that came too soon after it to tell."""
        if char.isprintable():
            return [_alt(char)]
        return self._listed(ESC + char) or [events.Key("escape", ESC), *super().feed(char)]

    def _named(self, sequence: str) -> Iterable[events.Key]:
        """The key a sequence names by its number, by the character it types, or by a place in Textual's list."""
        match = _EXTENDED.fullmatch(sequence)
        if match is None:
            return self._listed(sequence)
        number, modifier, happened, text, end = (part or "" for part in match.groups())
        if happened == _RELEASED or not _characters(text):
            return []
        if end == "u" and (text or _printable(number)) and f"{number}u" not in FUNCTIONAL_KEYS:
            number, text = _typed(int(number or 0), int(modifier or 1), text)
        elif f"{number or 1}{end}" not in FUNCTIONAL_KEYS:
            return self._listed(sequence)
        return super()._sequence_to_key_events(f"\x1b[{number};{modifier};{text}{end}")

    def _listed(self, sequence: str) -> list[events.Key]:
        """The one key, or the character of a number pad, Textual's list has for a sequence."""
        found = ANSI_SEQUENCES_KEYS.get(sequence)
        if isinstance(found, str):
            return list(super()._sequence_to_key_events(found))
        return [events.Key(found[0].value, None)] if isinstance(found, tuple) and len(found) == 1 else []


def _is_report(sequence: str) -> bool:
    """True for what Textual asked for and understands."""
    return (
        sequence in (FOCUSIN, FOCUSOUT)
        or _re_in_band_window_resize.fullmatch(sequence) is not None
        or _re_terminal_mode_response.fullmatch(sequence) is not None
    )


def _cut_short(part: str) -> list[events.Key]:
    """What the beginning of a sequence was when it did not go on; more than two characters were no typing."""
    if part == ESC:
        return [events.Key("escape", ESC)]
    return [_alt(part[1])] if len(part) == 2 else []


def _alt(char: str) -> events.Key:
    shift = "shift+" if char.isupper() else ""
    return events.Key(f"alt+{shift}{_character_to_key(char.lower())}", None)


def _usual(sequence: str) -> str:
    """The same key in the form most terminals send."""
    if match := _CONSOLE_KEY.fullmatch(sequence):
        return f"\x1b[{_CONSOLE_KEYS[match[1]]}{match[2]}u"
    if match := _KONSOLE_KEY.fullmatch(sequence):
        return f"\x1b[1;{match[1]}{match[2]}"
    if match := _OTHER_KEY.fullmatch(sequence):
        return f"\x1b[{match[2]};{match[1]}u"
    return sequence


def _characters(text: str) -> bool:
    return all(int(number) < _CHARACTERS for number in text.split(":") if number)


def _printable(number: str) -> bool:
    return number != "" and int(number) < _CHARACTERS and chr(int(number)).isprintable()


def _typed(number: int, modifier: int, text: str) -> tuple[str, str]:
    """Number and text of a character key; a terminal that sends no text sends the character itself."""
    char = chr(number) if number < _CHARACTERS else ""
    held = (modifier - 1) & ~_LOCKS
    if not text and held in (0, _SHIFT):
        text = ":".join(str(ord(c)) for c in (char.upper() if held else char))
    return str(ord(char.lower()) if char.isupper() else number), text

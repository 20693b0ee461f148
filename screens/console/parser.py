"""Textual's key parser with the sequences put right that would lose a 3270 function key.

Measured with Textual 8.2: Shift+F3, and F3 with NumLock, arrive as a cursor position report; F13 to F20 of a
Linux console arrive as control characters; Alt and a digit, or Alt and F or B, arrive as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual import events
from textual._keyboard_protocol import MODIFIER_FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

_CONSOLE_KEYS = {
    f"\x1b[{number}~": f"f{key}"
    for number, key in zip((25, 26, 28, 29, 31, 32, 33, 34), range(13, 21), strict=True)
}
_ALT_KEYS = {f"\x1b{char}": f"alt+{char}" for char in "0123456789bf"}
_NAMED = _CONSOLE_KEYS | _ALT_KEYS
_CONSOLE_KEY_WITH_MODIFIER = re.compile(r"\x1b\[(25|26|28|29|31|32|33|34);(\d+)~")
_MODIFIERS = ((4, "ctrl"), (2, "alt"), (1, "shift"))
"""Bits of a modifier parameter less one, in the order Textual writes them; locks are not modifiers."""


_SILENT = frozenset({*MODIFIER_FUNCTIONAL_KEYS, "caps_lock", "num_lock", "scroll_lock"})
"""Keys the kitty protocol reports although they do nothing by themselves: they would end a prefix."""


def _modified(key: str, parameter: int) -> str:
    bits = parameter - 1
    names = sorted(name for bit, name in _MODIFIERS if bits & bit)
    return "+".join([*names, key])


class KeyParser(XTermParser):
    """Bytes of a terminal in, Textual's events out."""

    @property
    def waits(self) -> bool:
        """True while an Escape has come and what follows decides what it was."""
        return self._timeout_time is not None

    def feed(self, data: str) -> Iterable[Message]:
        """Take characters; the answer to a question we never ask (where is the cursor) is F3."""
        for message in super().feed(data):
            if isinstance(message, events.CursorPosition) and message.y == 0:
                yield events.Key(_modified("f3", message.x + 1), None)
            elif not isinstance(message, events.Key) or message.key not in _SILENT:
                yield message

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence in _NAMED:
            return [events.Key(_NAMED[sequence], None)]
        if match := _CONSOLE_KEY_WITH_MODIFIER.fullmatch(sequence):
            return [events.Key(_modified(_CONSOLE_KEYS[f"\x1b[{match[1]}~"], int(match[2])), None)]
        return super()._sequence_to_key_events(sequence, alt)

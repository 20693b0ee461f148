"""Press a key, see its bytes, its name and its function: to find out what a keyboard really sends."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from typing import NamedTuple

from textual import events
from textual.message import Message

from screens.console import keymap
from screens.console.keymap import Function, KeyMap
from screens.console.parser import KeyParser
from screens.console.preferences import Preferences, folder

KITTY_ON, KITTY_OFF = "\x1b[>25u", "\x1b[<u"
"""The keyboard protocol the terminal itself asks for."""
QUIET_S = 0.15
"""A pause this long ends a sequence."""
HEADING = f"{'bytes':<27} {'key':<21} {'function'}"


class Pressed(NamedTuple):
    """A key that was pressed."""

    sent: str
    """What the terminal sent for it, and before it for what is no key."""
    key: str
    """As Textual names it."""
    function: Function | None
    otherwise: str
    """What it does where it has no function."""

    def line(self) -> str:
        """One line of the table; what is long moves the rest to the right."""
        does = self.function.value if self.function else self.otherwise
        return f"{spelled(self.sent):<27} {self.key:<21} {does}"


class KeyTrial:
    """Names the keys in what a terminal sends. Pure."""

    def __init__(self, keys: KeyMap) -> None:
        self._keys = keys
        self._parser = KeyParser()
        self._prefix = ""
        self._sent = ""

    def feed(self, text: str) -> Iterator[Pressed]:
        """Every key in some text that arrived in one go; sign by sign, so that each has its own bytes."""
        for sign in text:
            self._sent += sign
            yield from self._pressed([*self._parser.feed(sign)])

    def pause(self) -> Iterator[Pressed]:
        """The same, once nothing more came: what looked like the start of a sequence was a key."""
        return self._pressed([*self._parser.tick()])

    def _pressed(self, messages: list[Message]) -> Iterator[Pressed]:
        for message in messages:
            if isinstance(message, events.Key):
                typed = "types itself" if message.is_printable and not self._prefix else "-"
                function = self._function(message.key)
                yield Pressed(self._taken(), message.key, function, "(prefix)" if self._prefix else typed)

    def _taken(self) -> str:
        """What was sent up to the key at hand; what is not whole yet belongs to the next."""
        held = self._parser.held
        taken, self._sent = self._sent.removesuffix(held), held
        return taken

    def _function(self, key: str) -> Function | None:
        sequence = (self._prefix, key) if self._prefix else (key,)
        waits = not self._prefix and self._keys.is_prefix(key)
        self._prefix = key if waits else ""
        return self._keys.find(sequence)


def spelled(sent: str) -> str:
    """Bytes as people write them: `ESC [ 1 ; 2 R`."""
    names = {"\x1b": "ESC", " ": "SP", "\x7f": "DEL", "\r": "CR", "\t": "TAB"}
    words = (names.get(c, c if " " < c <= "~" else f"{c.encode().hex()}") for c in sent)
    return " ".join(words)


def try_keys(profile: str = "") -> None:
    """Read keys from the terminal and print a line for each; Ctrl+Q leaves."""
    import termios
    import tty

    own = folder()
    preferences, trouble = Preferences.read(own / "terminal.toml") if own else (Preferences(), "")
    if trouble:
        print(trouble)
    keys = keymap.load(profile or preferences.keys, own / "keys" if own else None)
    print(f"Key map {keys.name!r}. Press keys; Ctrl+Q leaves.\n\n{HEADING}", flush=True)
    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    try:
        tty.setraw(stdin)
        _write(KITTY_ON)
        _read_until_quit(stdin, KeyTrial(keys))
    finally:
        _write(KITTY_OFF)
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def _read_until_quit(stdin: int, trial: KeyTrial) -> None:
    while True:
        ready = select.select([stdin], [], [], QUIET_S)[0]
        text = os.read(stdin, 1024).decode(errors="replace") if ready else ""
        if ready and not text:
            return
        for pressed in [*trial.feed(text), *trial.pause()]:
            _write(pressed.line() + "\r\n")
            if pressed.function is keymap.Local.QUIT:
                return


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()

"""Press a key, see its bytes, its name and its function: to find out what a keyboard really sends."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator

from textual import events

from screens.console import keymap
from screens.console.keymap import Function, KeyMap
from screens.console.parser import KeyParser
from screens.console.preferences import Preferences, folder

KITTY_ON, KITTY_OFF = "\x1b[>25u", "\x1b[<u"
"""The keyboard protocol the terminal itself asks for."""
QUIET_S = 0.15
"""A pause this long ends a sequence."""
HEADING = f"{'bytes':<28}{'key':<22}{'function'}"


class KeyTrial:
    """Names the keys in what a terminal sends. Pure."""

    def __init__(self, keys: KeyMap) -> None:
        self._keys = keys
        self._parser = KeyParser()
        self._prefix = ""

    def feed(self, text: str) -> Iterator[tuple[str, Function | None]]:
        """(Textual's name, function) of every key in some text that arrived in one go."""
        found = [*self._parser.feed(text)]
        for message in found:
            if isinstance(message, events.Key):
                yield message.key, self._function(message.key)

    def pause(self) -> Iterator[tuple[str, Function | None]]:
        """The same, once nothing more came: what looked like the start of a sequence was a key."""
        for message in self._parser.tick():
            if isinstance(message, events.Key):
                yield message.key, self._function(message.key)

    def line(self, sent: str, key: str, function: Function | None) -> str:
        """One line of the table."""
        does = (
            function.value
            if function
            else "(prefix)"
            if self._prefix
            else "types itself"
            if len(key) == 1
            else "-"
        )
        return f"{spelled(sent):<28}{key:<22}{does}"

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
    preferences, trouble = Preferences.read(own / "terminal.toml")
    if trouble:
        print(trouble)
    keys = keymap.load(profile or preferences.keys, own / "keys")
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
    sent = ""
    while True:
        ready = select.select([stdin], [], [], QUIET_S)[0]
        text = os.read(stdin, 1024).decode(errors="replace") if ready else ""
        if ready and not text:
            return
        sent += text
        for key, function in [*(trial.feed(text) if text else ()), *trial.pause()]:
            _write(trial.line(sent, key, function) + "\r\n")
            sent = ""
            if function is keymap.Local.QUIT:
                return


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()

"""Textual's terminal driver, reading keys through our parser."""

from __future__ import annotations

import codecs
import os
import selectors
import sys
from contextlib import suppress

from textual.driver import Driver

from screens.console.parser import KeyParser

POLL_S = 0.1
"""How long a read waits before it looks whether the terminal is to end."""
ESCAPE_POLL_S = 0.01
"""The same while an Escape may be a key by itself or the start of a sequence."""


def _read(terminal: int) -> bytes:
    """What was typed; nothing once the window is gone."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def driver_class() -> type[Driver] | None:
    """The driver for this system; None leaves the choice to Textual."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class ConsoleDriver(LinuxDriver):
        """Reads the terminal in a thread of its own."""

        def run_input_thread(self) -> None:
            """Read until told to stop, or the window is gone; called by Textual in the input thread."""
            parser = KeyParser(self._debug)
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            with selectors.DefaultSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(ESCAPE_POLL_S if parser.waits else POLL_S):
                        typed = _read(self.fileno)
                        if not typed:
                            with suppress(RuntimeError):  # the event loop has ended before us
                                self._loop.call_soon_threadsafe(self._app.exit)
                            break
                        text = decode(typed)
                        for message in parser.feed(text) if text else ():
                            self.process_message(message)
                    for message in parser.tick():
                        self.process_message(message)

    return ConsoleDriver

"""Textual's terminal driver: keys go through our parser, and the window is written by the terminal alone."""

from __future__ import annotations

import codecs
import os
import selectors
import shutil
import sys
from contextlib import ExitStack, suppress
from io import TextIOWrapper
from typing import Any

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


def window_alone(stack: ExitStack) -> TextIOWrapper:
    """A file on the window behind standard error that nobody else has; nowhere for all others, until the stack ends.

    Others are what writes to descriptors 1 and 2: the processes that programs start, and C libraries.
    """
    streams: list[Any] = [sys.__stdout__, sys.__stderr__]
    drawn = streams[1]
    window = os.fdopen(os.dup(drawn.fileno()), "w", encoding=drawn.encoding, errors=drawn.errors)
    stack.callback(_close, window)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    stack.callback(os.close, nowhere)
    for stream in streams:
        stream.flush()
        number = stream.fileno()
        before = os.dup(number)
        stack.callback(os.close, before)
        os.dup2(nowhere, number)
        stack.callback(os.dup2, before, number)
    for stream in streams:
        stack.callback(stream.flush)  # what was printed past Textual goes where the rest went
    return window


def _close(window: TextIOWrapper) -> None:
    with suppress(OSError):  # it is gone
        window.close()


def driver_class() -> type[Driver] | None:
    """The driver for this system; None leaves the choice to Textual."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class ConsoleDriver(LinuxDriver):
        """Reads the terminal in a thread of its own, and writes to it through a descriptor of its own."""

        _aside: ExitStack | None = None
        _window: TextIOWrapper

        def start_application_mode(self) -> None:
            """Take the window; what others write from now on goes nowhere."""
            self._aside = ExitStack()
            self._file = self._window = window_alone(self._aside)
            super().start_application_mode()  # type: ignore[no-untyped-call]

        def close(self) -> None:
            """Write what is left, and give the descriptors back; called by Textual however the terminal ends."""
            try:
                super().close()
            finally:
                if self._aside is not None:
                    self._aside.close()

        def _get_terminal_size(self) -> tuple[int, int]:
            """Columns and rows of the window: Textual would ask descriptor 1, which is not there now."""
            try:
                columns, rows = os.get_terminal_size(self._window.fileno())
            except (OSError, ValueError):  # it is gone, or given back
                columns, rows = 0, 0
            return shutil.get_terminal_size((columns or 80, rows or 25))

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

"""Leaving the terminal: however the process is asked to end, the window is given back as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

WAIT_S_MAX = 15.0


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_window_back(asked: signal.Signals) -> None:
    """The alternate screen is left, the mouse is not reported any more, and what is typed is echoed again."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    terminal = subprocess.Popen(
        [sys.executable, "-m", "tests.screens.console.serve"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "TERM": "xterm-256color"},
    )
    try:
        read_until(ours, b"FORM01")
        terminal.send_signal(asked)
        said = read_until(ours, b"\x1b[?1049l")
        assert b"\x1b[?1000l" in said
        assert terminal.wait(WAIT_S_MAX) == 0
        assert termios.tcgetattr(theirs) == before
    finally:
        terminal.kill()
        terminal.wait()
        os.close(ours)
        os.close(theirs)


def read_until(file: int, text: bytes) -> bytes:
    """What the terminal writes, up to `text`."""
    said, end = b"", time.monotonic() + WAIT_S_MAX
    while text not in said:
        assert time.monotonic() < end, said
        if select.select([file], [], [], 0.1)[0]:
            said += os.read(file, 65536)
    return said

"""Leaving the terminal: however the process is asked to end, the window is given back as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

WAIT_S_MAX = 15.0


COLOR = re.compile(rb"\x1b\[[0-9;]*(?<![0-9])(3[0-8]|4[0-8]|9[0-7]|10[0-7])(?![0-9])[0-9;]*m")


@contextmanager
def window(serve: str = "serve", **environment: str) -> Iterator[tuple[int, int, subprocess.Popen[bytes]]]:
    """The window's end of a terminal, the process's end, and the process, with its form on the screen."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    terminal = subprocess.Popen(
        [sys.executable, "-m", f"tests.screens.console.{serve}"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "TERM": "xterm-256color", **environment},
    )
    try:
        yield ours, theirs, terminal
    finally:
        terminal.kill()
        terminal.wait()
        for end in (ours, theirs):
            with suppress(OSError):
                os.close(end)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_window_back(asked: signal.Signals) -> None:
    """The alternate screen is left, the mouse is not reported any more, and what is typed is echoed again."""
    with window() as (ours, theirs, terminal):
        before = termios.tcgetattr(theirs)
        read_until(ours, b"FORM01")
        terminal.send_signal(asked)
        said = read_until(ours, b"\x1b[?1049l")
        assert b"\x1b[?1000l" in said
        assert terminal.wait(WAIT_S_MAX) == 0
        assert termios.tcgetattr(theirs) == before


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "vt100", "COLORTERM": ""}])
def test_without_colours_no_dialog_has_any(environment: dict[str, str]) -> None:
    """Not one byte asks for a colour: on the form, the key pad, the palette and the help."""
    with window(**environment) as (ours, _, _):
        said = read_until(ours, b"FORM01")
        steps = (
            (b"\x0b", b"EraseEOF"),
            (b"\x0b", b"Enter=Check"),
            (b"\x10", b"Colours"),
            (b"help\r", b"next field"),
        )
        for key, shown in steps:
            os.write(ours, key)
            said += read_until(ours, shown)
        assert COLOR.findall(said) == []
        assert b"\x1b[7" in said or b";7" in said


def test_nothing_but_screens_is_written_to_the_window() -> None:
    """What programs and their processes write to descriptors 1 and 2 goes nowhere, until the terminal has ended."""
    with window("loud") as (ours, _, terminal):
        said = read_until(ours, b"FORM01")
        os.write(ours, b"ann\r")
        said += read_until(ours, b"ENTER")
        os.write(ours, b"\x11")
        said += read_until(ours, b"second again")
        assert terminal.wait(WAIT_S_MAX) == 0
        left = said.index(b"\x1b[?1049l")
        assert b"WRITTEN OVER IT" not in said
        assert said.index(b"first again") > left


def test_who_comes_back_to_a_stopped_terminal_sees_its_screen() -> None:
    """All of it, though nothing on it has changed meanwhile."""
    with window() as (ours, _, terminal):
        read_until(ours, b"F12=Cancel")
        terminal.send_signal(signal.SIGTSTP)
        read_until(ours, b"\x1b[?1049l")
        os.waitid(os.P_PID, terminal.pid, os.WSTOPPED)
        terminal.send_signal(signal.SIGCONT)
        assert b"\x1b[?1049h" in read_until(ours, b"F12=Cancel")


def test_a_window_that_is_gone_ends_the_process() -> None:
    """Whether a signal comes with it or not: nothing is left running that nobody can see."""
    with window() as (ours, theirs, terminal):
        read_until(ours, b"FORM01")
        os.close(theirs)
        os.close(ours)
        assert terminal.wait(WAIT_S_MAX) == 0


def read_until(file: int, text: bytes) -> bytes:
    """What the terminal writes, up to `text`."""
    said, end = b"", time.monotonic() + WAIT_S_MAX
    while text not in said:
        assert time.monotonic() < end, said
        if select.select([file], [], [], 0.1)[0]:
            said += os.read(file, 65536)
    return said

"""The terminal in a real terminal: started in tmux, typed into, and its window read back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")

WAIT_S_MAX = 15.0


class Tmux:
    """One tmux server of our own with one window."""

    def __init__(self, socket: Path, columns: int, rows: int) -> None:
        self._tmux = ("tmux", "-f", "/dev/null", "-S", str(socket))
        command = f"{sys.executable} -m tests.screens.console.serve"
        size = ("-x", str(columns), "-y", str(rows))
        environment = {**os.environ, "XDG_CONFIG_HOME": str(socket.parent), "TERM": "xterm-256color"}
        subprocess.run(
            [*self._tmux, "new-session", "-d", *size, command],
            check=True,
            env=environment,
            cwd=Path(__file__).parents[3],
        )

    def keys(self, *names: str) -> None:
        """Press keys, as tmux names them."""
        subprocess.run([*self._tmux, "send-keys", *names], check=True)

    def lines(self) -> list[str]:
        """The window's rows."""
        shown = subprocess.run(
            [*self._tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True
        )
        return shown.stdout.split("\n")[:-1]

    def cursor(self) -> str:
        """Column and row of the window's cursor."""
        place = [*self._tmux, "display-message", "-p", "#{cursor_x},#{cursor_y}"]
        return subprocess.run(place, check=True, capture_output=True, text=True).stdout.strip()

    def until(self, true: Callable[[list[str]], bool]) -> list[str]:
        """The window once something is on it."""
        end = time.monotonic() + WAIT_S_MAX
        while not true(lines := self.lines()):
            assert time.monotonic() < end, "\n".join(lines)
            time.sleep(0.02)
        return lines

    def shows(self, text: str) -> list[str]:
        """The window once some text is on it."""
        return self.until(lambda lines: any(text in line for line in lines))

    def close(self) -> None:
        """End the server."""
        subprocess.run([*self._tmux, "kill-server"], check=False)


@pytest.fixture(params=[(80, 24), (80, 25), (132, 50)], ids=["80x24", "80x25", "132x50"])
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tmux]:
    """The terminal in a window of each size."""
    columns, rows = request.param
    tmux = Tmux(tmp_path / "socket", columns, rows)
    try:
        tmux.shows("FORM01")
        yield tmux
    finally:
        tmux.close()


def test_a_day_at_the_terminal(window: Tmux) -> None:
    """Type, send, make a mistake, reset, PF keys of both kinds, Clear; then leave."""
    window.keys("ann", "Enter")
    window.shows("ENTER ann")
    window.keys("Up", "x")
    window.shows("X Protected  Esc=Reset")
    window.keys("Escape")
    window.until(lambda lines: not any("X Protected" in line for line in lines))
    window.keys("F5")
    window.shows("PF5")
    window.keys("C-a", "F4")
    window.shows("PF16")
    window.keys("S-F3")
    window.shows("PF15")
    window.keys("C-a", "2")
    window.shows("PA2")
    window.keys("M-1")
    window.shows("PA1")
    window.keys("C-a", "c")
    window.until(lambda lines: not any("FORM01" in line for line in lines))
    window.keys("menu", "Enter")
    window.shows("ENTER menu")


def test_nothing_scrolls_and_the_cursor_is_in_its_field(window: Tmux) -> None:
    """The form keeps its columns; the window's cursor is where the next character goes."""
    lines = window.lines()
    top = next(y for y, line in enumerate(lines) if "FORM01" in line)
    left = lines[top].index("FORM01") - 1
    assert lines[top + 3][left + 2 :].startswith("Name . . .")
    assert lines[top + 23][left + 2 :].startswith("Enter=Check")
    assert window.cursor() == f"{left + 20},{top + 3}"

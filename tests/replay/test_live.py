"""A recording by a person: the terminal in tmux, typed into, left, and played back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.settings import Settings
from screens.replay.running import run_file

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
WAIT_S_MAX = 20.0


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Runs a command of a tmux server of our own."""
    started = ("tmux", "-f", "/dev/null", "-S", str(tmp_path / "tmux"))

    def run(*arguments: str) -> str:
        return subprocess.run([*started, *arguments], check=False, capture_output=True, text=True).stdout

    yield run
    run("kill-server")


def shows(tmux: Callable[..., str], text: str) -> None:
    """Wait until the window shows a text."""
    end = time.monotonic() + WAIT_S_MAX
    while text not in (window := tmux("capture-pane", "-p")):
        assert time.monotonic() < end, window
        time.sleep(0.02)


def test_a_session_is_recorded_as_it_is_worked(tmp_path: Path, tmux: Callable[..., str]) -> None:
    """Keys go in, a scenario comes out, and it plays back the same through core and the terminal for people."""
    command = (
        f"{sys.executable} -c 'from monitor.cli import main; main()' replay record x.replay.toml; sleep 60"
    )
    tmux("new-session", "-d", "-x", "90", "-y", "30", "-c", str(tmp_path), command)
    shows(tmux, "M A I N   M E N U")
    tmux("send-keys", "2", "Enter")
    shows(tmux, "F U N D S")
    tmux("send-keys", "10020011", "Tab", "20030022", "Tab", "3.50", "Enter")
    shows(tmux, "Press F5 to post")
    tmux("send-keys", "F5")
    shows(tmux, "3.50 posted")
    tmux("send-keys", "C-q")
    shows(tmux, "it plays back the same")
    file = tmp_path / "x.replay.toml"
    for via in ("core", "ui"):
        report = run_file(file, Settings(), via)
        assert (report.verdict, len(report.played)) == (0, 4)

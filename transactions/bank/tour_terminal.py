"""A region in a process of its own, driven as a script drives it, and killed as an accident kills it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_ENTRACTE = (sys.executable, "-P", "-c", "from monitor.cli import main; main()")


class ScriptProcess:
    """One run of `entracte script`."""

    def __init__(self, store: Path, terminal: str) -> None:
        started = time.perf_counter()
        variables = {name: value for name, value in os.environ.items() if not name.startswith("ENTRACTE_")}
        self._process = subprocess.Popen(  # noqa: S603  our own command, by its full path
            [*_ENTRACTE, "script", "--store", str(store), "--terminal", terminal],
            cwd=store.parent,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for the tour, which ends this process itself
        )
        try:
            self.first_screen = self.screen()
        except BaseException:
            self.kill()
            raise
        self.ready_ms = (time.perf_counter() - started) * 1000
        """From the start of the process to the screen the terminal is on."""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def press(self, *actions: str) -> None:
        """Run actions, each to its answer; raises `ScriptError` for one that is not done."""
        for action in actions:
            self._ask(action)

    def screen(self) -> list[str]:
        """The text on the display, row by row."""
        return self._ask("Ascii")

    def write(self, action: str) -> None:
        """Send an action, and do not wait for what comes of it."""
        assert self._process.stdin is not None  # noqa: S101  it was opened as a pipe
        self._process.stdin.write(f"{action}\n".encode())
        self._process.stdin.flush()

    def kill(self) -> bool:
        """SIGKILL. True when the answer to the last action was out already, though nobody had read it."""
        self._process.send_signal(signal.SIGKILL)
        left, _ = self._process.communicate()
        return b"\nok\n" in b"\n" + left

    def close(self) -> None:
        """Let the script end."""
        self._process.communicate()

    def _ask(self, action: str) -> list[str]:
        self.write(action)
        assert self._process.stdout is not None  # noqa: S101  it was opened as a pipe
        said: list[str] = []
        for line in self._process.stdout:
            text = line.decode().rstrip("\n")
            if text == "ok":
                return [part.removeprefix("data: ") for part in said[:-1]]
            if text == "error":
                break
            said.append(text)
        raise ScriptError(action, said[:-1])


class ScriptError(Exception):
    """The scripted terminal did not do an action."""

    def __init__(self, action: str, said: list[str]) -> None:
        super().__init__(f"{action}: {' '.join(said) or 'no answer'}")
        self.action = action
        self.said = said

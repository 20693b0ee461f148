"""Key to screen, measured through a pty: `python -m tests.screens.console.latency` prints p50 and p95.

Typing is timed from writing the key's byte to reading the cursor's new place, the last thing an update
writes; a screen change from Enter to the same on the next screen, with a host that answers at once.
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

START_S_MAX = 20.0
ANSWER_S_MAX = 5.0


class Latency(NamedTuple):
    """One distribution, in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float


class Window:
    """The terminal's process behind a pty."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self) -> bytes:
        """What the process wrote; nothing once it ended."""
        try:
            return os.read(self._fd, 65536)
        except OSError:
            return b""

    def quiet(self, quiet_s: float, limit_s: float = START_S_MAX) -> bytes:
        """Read until nothing came for a while."""
        seen = b""
        end = time.monotonic() + limit_s
        while time.monotonic() < end and select.select([self._fd], [], [], quiet_s)[0]:
            piece = self.read()
            if not piece:
                break
            seen += piece
        return seen

    def expect(self, text: bytes) -> None:
        """Read until some text was written."""
        seen = b""
        end = time.monotonic() + START_S_MAX
        while text not in seen:
            if time.monotonic() > end:
                raise TimeoutError(f"no {text!r}; got {seen[-300:]!r}")
            seen += self.quiet(0.1, 1.0)

    def press(self, sent: bytes, row: int, column: int, text: bytes = b"") -> float:
        """Milliseconds from a key to the cursor at a place (1-based), after `text` was written."""
        wanted = f"\x1b[{row};{column}H".encode()
        seen = b""
        started = time.perf_counter()
        os.write(self._fd, sent)
        while text not in seen or not seen.endswith(wanted):
            if not select.select([self._fd], [], [], ANSWER_S_MAX)[0]:
                raise TimeoutError(f"no cursor at {row},{column} after {sent!r}; got {seen[-300:]!r}")
            seen += self.read()
        return (time.perf_counter() - started) * 1000


@contextmanager
def window(rows: int, columns: int, folder: Path) -> Iterator[Window]:
    """Start the terminal in a window that has room for its status line."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows + 1, columns, 0, 0))
    settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "XDG_CONFIG_HOME": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.screens.console.serve", str(rows), str(columns)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | settings,
        cwd=Path(__file__).parents[3],
        start_new_session=True,
    )
    os.close(theirs)
    shown = Window(ours)
    try:
        shown.expect(b"FORM01")
        shown.quiet(0.5)
        yield shown
    finally:
        os.write(ours, b"\x11")
        shown.quiet(0.3, 3.0)
        process.terminate()
        process.wait()
        os.close(ours)


def measure(rows: int, columns: int, folder: Path, rounds: int = 40) -> list[Latency]:
    """Type a field full and send it, again and again."""
    typing, changing = [], []
    chance = random.Random(3270)  # noqa: S311  spreads the keys over Textual's frames
    with window(rows, columns, folder) as shown:
        for number in range(rounds):
            for offset in range(5):
                time.sleep(chance.uniform(0.01, 0.04))
                typing.append(shown.press(b"abcde"[offset : offset + 1], 4, 22 + offset))
            time.sleep(chance.uniform(0.01, 0.04))
            key = b"\r" if number % 2 else b"\x1bOP"
            changing.append(shown.press(key, 4, 21, b"ENTER" if number % 2 else b"PF1"))
    size = f"{rows}x{columns}"
    return [_latency(f"{size} typing", typing), _latency(f"{size} next screen", changing)]


def _latency(name: str, values: list[float]) -> Latency:
    cuts = statistics.quantiles(values, n=100)
    return Latency(name, statistics.median(values), cuts[94])


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as kept:
        for size in ((24, 80), (43, 132)):
            for found in measure(*size, Path(kept)):
                print(f"{found.name:<22} p50 {found.p50_ms:6.2f} ms   p95 {found.p95_ms:6.2f} ms", flush=True)

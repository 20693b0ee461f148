"""The script's lines, read one at a time: what is not yet wanted stays in the pipe."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import IO

LINE_BYTES_MAX = 65_536
"""Bytes of a line, without its end; of a longer one no more than one byte more is kept."""


async def lines_of(opened: Callable[[], IO[bytes]]) -> AsyncIterator[str]:
    """The lines of what `opened` opens, in a thread that does not outlive the process; one is read ahead.

    Bytes that are no UTF-8 come as halves of surrogate pairs, and a line that is too long comes cut: the
    interpreter refuses both.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    wanted = threading.Semaphore(0)

    def read() -> None:
        with suppress(OSError, RuntimeError):  # the terminal it came from is gone, or the loop is closed
            try:
                with opened() as file:
                    for line in _cut(file):
                        wanted.acquire()
                        loop.call_soon_threadsafe(lines.put_nowait, line)
            finally:
                loop.call_soon_threadsafe(lines.put_nowait, b"")

    threading.Thread(target=read, name="standard input", daemon=True).start()
    wanted.release()
    while line := await lines.get():
        yield line.decode("utf-8", "surrogateescape")
        wanted.release()


def _cut(file: IO[bytes]) -> Iterator[bytes]:
    """Each line; of one that is too long its beginning, and the rest is read when the next is asked for."""
    while line := file.readline(LINE_BYTES_MAX + 1):
        yield line
        while len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES_MAX + 1)

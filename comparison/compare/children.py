"""Processes of our own that an experiment starts, talks to by lines of JSON, and kills."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

LINE_BYTES_MAX = 1_048_576
ANSWER_S_MAX = 120.0


class ChildFailed(Exception):
    """A process of an experiment ended before it had answered."""


def reason(error: Exception) -> str:
    """Why a process gave no figure, for the note in its competitor's row."""
    return str(error) or "nothing came in time"


class Child:
    """One process; it ends at the latest with its experiment, or with the process that started it."""

    def __init__(self, process: asyncio.subprocess.Process, began: float) -> None:
        self._process = process
        self.began = began
        """When it was started, by `time.perf_counter`."""

    async def heard(self, seconds: float = ANSWER_S_MAX) -> Any:
        """The next line it says; raises `ChildFailed` at its end, TimeoutError if nothing comes."""
        assert self._process.stdout is not None  # noqa: S101 started with a pipe
        line = await asyncio.wait_for(self._process.stdout.readline(), seconds)
        if not line:
            code = await self._process.wait()
            raise ChildFailed(f"it ended with {code}: {await self._complaint()}")
        return json.loads(line)

    async def said(self) -> list[Any]:
        """Everything it had said and that was not heard yet, once it is dead."""
        assert self._process.stdout is not None  # noqa: S101 started with a pipe
        lines = (await self._process.stdout.read()).splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def tell(self) -> None:
        """Let it go on."""
        assert self._process.stdin is not None  # noqa: S101 started with a pipe
        self._process.stdin.write(b"\n")

    async def kill(self) -> None:
        """SIGKILL for it, if it still runs, and for all it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        await asyncio.wait_for(self._process.wait(), ANSWER_S_MAX)

    async def _complaint(self) -> str:
        assert self._process.stderr is not None  # noqa: S101 started with a pipe
        lines = (await self._process.stderr.read()).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no reason given"


@asynccontextmanager
async def child(role: str, values: Mapping[str, Any], source: Path | None = None) -> AsyncIterator[Child]:
    """A process in a role of `comparison.compare.child`, on the sources in `source` if it is given."""
    began = time.perf_counter()
    environment = dict(os.environ)
    if source is not None:
        environment["PYTHONPATH"] = str(source)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "comparison.compare.child",
        role,
        json.dumps(dict(values)),
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
        env=environment,
        cwd=None if source is None else source,
        start_new_session=True,
    )
    running = Child(process, began)
    try:
        yield running
    finally:
        await running.kill()

"""The store in a process of its own, as the region sees it: the same contract, over a pair of sockets.

With many terminals busy the database's threads and the event loop wait for each other's turn at the interpreter;
in two processes each has its own. The process holds no more than the store's threads do, ends when the region
does, however that ends, and what it has not answered counts as not known to be done.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from monitor.errors import (
    ConstraintFailed,
    StoreBroken,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreProcessLost,
)
from monitor.store import COMMITTED, Committed, Key, Unit, Verdict, Versioned
from monitor.store.reading import questions_of, records_of
from monitor.store.wire import Answer, Commit, Failed, Found, Frames, Judged, Opening, Read, Ready, frame

_END_S_MAX = 10.0
"""Seconds the process gets to close the store when it is told to."""
_ERRORS = {error.__name__: error for error in (StoreBusy, StoreFull, StoreBroken, ConstraintFailed)}
_OPENING = 0
"""The number of the request that opens the store."""


class StoreProcess(asyncio.BufferedProtocol):
    """One process that reads and commits; made by `start`, and used in one event loop."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.alive = True
        self.cpu_s = 0.0
        """Processor time it has used, as of its last answer."""
        self._process = process
        self._frames = Frames[Answer](Answer)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._asked = _OPENING
        self._transport: asyncio.WriteTransport | None = None
        self._closing = False

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def read(self, keys: Sequence[Key]) -> list[Versioned | None]:
        """See `Store.read`."""
        questions, number = questions_of(keys), self._next()
        request = frame(Read(number, [(one.table, one.keys) for one in questions]))
        return records_of(questions, await self._ask(number, request))

    async def commit(self, units: Sequence[Unit]) -> list[Verdict]:
        """See `Store.commit`."""
        number = self._next()
        verdicts: list[Verdict] = await self._ask(number, frame(Commit(number, [*units])))
        if not verdicts:
            return [COMMITTED] * len(units)
        return [COMMITTED if isinstance(verdict, Committed) else verdict for verdict in verdicts]

    async def open(self, opening: Opening) -> None:
        """Have it open the store; raises `StoreError` if it cannot."""
        await self._ask(_OPENING, frame(opening))

    async def close(self) -> None:
        """Let it finish what it does, close the store and end."""
        self._closing = True
        if self._transport is not None:
            self._transport.close()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, self._process.wait, _END_S_MAX)
        except subprocess.TimeoutExpired:
            self._end()

    def _next(self) -> int:
        self._asked += 1
        return self._asked

    def _ask(self, number: int, request: bytes) -> asyncio.Future[Any]:
        answer = asyncio.get_running_loop().create_future()
        if self.alive and self._transport is not None:
            self._waiting[number] = answer
            self._transport.write(request)
        else:
            answer.set_exception(_lost())
        return answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The sockets are joined."""
        self._transport = transport  # type: ignore[assignment]  # asyncio gives the narrower type's name only

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next answer goes."""
        return self._frames.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Hand each answer to who asked."""
        for message in self._frames.filled(nbytes):
            match message:
                case Found(number, cpu_s, answers):
                    self.cpu_s = cpu_s
                    self._answer(number, answers)
                case Judged(number, cpu_s, verdicts):
                    self.cpu_s = cpu_s
                    self._answer(number, verdicts)
                case Ready():
                    self._answer(_OPENING, None)
                case Failed(number, name, text):
                    self._fail(number, _ERRORS.get(name, StoreBroken)(text))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended: what became of the requests under way is not known."""
        self.alive = False
        for number in list(self._waiting):
            self._fail(number, _lost())
        if not self._closing:
            self._end()

    def _answer(self, number: int, value: object) -> None:
        answer = self._waiting.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_result(value)

    def _fail(self, number: int, error: StoreError) -> None:
        answer = self._waiting.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


def _lost() -> StoreProcessLost:
    return StoreProcessLost("the store's own process ended; press the key again")


async def start(opening: Opening) -> StoreProcess:
    """Start a process and have it open the store; raises `StoreError` or `OSError` if that fails."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 our own module; it takes a few ms, once
                [sys.executable, "-m", "monitor.store.serving", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(_search_path())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C at the terminal is for the region
            )
        except BaseException:
            ours.close()
            raise
    store = StoreProcess(process)
    ours.setblocking(False)
    await asyncio.get_running_loop().create_connection(lambda: store, sock=ours)
    try:
        await store.open(opening)
    except BaseException:
        await store.close()
        raise
    return store


def _search_path() -> list[str]:
    """Where this process finds its modules, so that the other one finds the same."""
    return [folder or str(Path.cwd()) for folder in sys.path]

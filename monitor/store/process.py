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
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from monitor.errors import (
    ConstraintFailed,
    MonitorError,
    RecordUnreadable,
    StoreBroken,
    StoreBusy,
    StoreFull,
    StoreProcessLost,
)
from monitor.store import COMMITTED, Committed, Key, Unit, Verdict, Versioned
from monitor.store.reading import questions_of, records_of
from monitor.store.wire import (
    Answer,
    Commit,
    Failed,
    Found,
    Frames,
    Judged,
    Opening,
    Read,
    Ready,
    Request,
    answer_in,
    frame,
)

END_S_MAX = 10.0
"""Seconds the process gets to close the store when it is told to."""
ANSWER_S_MAX = 20.0
"""Seconds it gets for an answer, besides those it may wait for another process; then it is ended."""
_ROOT = Path(__file__).parents[2]
_OPENING = 0
"""The number of the request that opens the store."""


class Unsendable(MonitorError):
    """The request cannot go over as it is; nothing was done."""


_ERRORS: dict[str, type[MonitorError]] = {
    error.__name__: error
    for error in (StoreBusy, StoreFull, StoreBroken, ConstraintFailed, RecordUnreadable, Unsendable)
}


class StoreProcess(asyncio.BufferedProtocol):
    """One process that reads and commits; made by `start`, and used in one event loop."""

    def __init__(
        self, process: subprocess.Popen[bytes], channel: socket.socket, answer_s_max: float = ANSWER_S_MAX
    ) -> None:
        """`channel`: this end of the sockets, whatever event loop it is given to."""
        self.alive = True
        self.cpu_s = 0.0
        """Processor time it has used, as of its last answer."""
        self._process = process
        self._channel = channel
        self._answer_s_max = answer_s_max
        self._frames = Frames()
        self._waiting: dict[int, tuple[asyncio.Future[Any], asyncio.TimerHandle]] = {}
        self._asked = _OPENING
        self._transport: asyncio.WriteTransport | None = None
        self._closing = False

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def read(self, keys: Sequence[Key]) -> list[Versioned | None]:
        """See `Store.read`."""
        questions = questions_of(keys)
        answers = await self._ask(Read([(one.table, one.keys) for one in questions]))
        return records_of(questions, answers)

    async def commit(self, units: Sequence[Unit]) -> list[Verdict]:
        """See `Store.commit`; raises `Unsendable` for a row or a key that is none of the contract's."""
        verdicts: list[Verdict] = await self._ask(Commit([*units]))
        if not verdicts:
            return [COMMITTED] * len(units)
        return [COMMITTED if isinstance(verdict, Committed) else verdict for verdict in verdicts]

    async def open(self, opening: Opening) -> None:
        """Have it open the store; raises `StoreError` if it cannot."""
        await self._ask(opening)

    async def close(self) -> None:
        """Let it finish what it does, close the store and end."""
        self._closing = True
        if self._transport is not None:
            with suppress(OSError):  # a child that a program has forked may hold the socket open as well
                self._channel.shutdown(socket.SHUT_WR)
            self._transport.close()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, self._process.wait, END_S_MAX)
        except subprocess.TimeoutExpired:
            self._end()
        except BaseException:
            self._end()
            raise
        finally:
            self._let_go()

    def end(self) -> None:
        """End it at once, whatever it does; those who wait for answers are told."""
        self._end()
        if self._transport is not None:
            self._transport.abort()
        self._let_go()

    def _ask(self, request: Request) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        number, self._asked = self._asked, self._asked + 1 & 0x7FFF_FFFF
        if not self.alive or self._transport is None:
            answer.set_exception(_lost())
            return answer
        try:
            data = frame(number, request)
        except (ValueError, TypeError, OverflowError) as error:
            answer.set_exception(Unsendable(str(error)))
            return answer
        self._waiting[number] = (answer, loop.call_later(self._answer_s_max, self.end))
        self._transport.write(data)
        return answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The sockets are joined."""
        self._transport = transport  # type: ignore[assignment]  # asyncio gives the narrower type's name only

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next answer goes."""
        return self._frames.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Hand each answer to who asked."""
        for number, body in self._frames.filled(nbytes):
            self._take(number, answer_in(body))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended: what became of the requests under way is not known."""
        self._let_go()
        if not self._closing:
            self._end()

    def _take(self, number: int, message: Answer) -> None:
        answer, timer = self._waiting.pop(number)
        timer.cancel()
        if isinstance(message, Found | Judged):
            self.cpu_s = message.cpu_s
        if answer.done():
            return
        match message:
            case Found(answers=answers):
                answer.set_result(answers)
            case Judged(verdicts=verdicts):
                answer.set_result(verdicts)
            case Ready():
                answer.set_result(None)
            case Failed(error=name, text=text) if name in _ERRORS:
                answer.set_exception(_ERRORS[name](text))
            case Failed(error=name, text=text):
                answer.set_exception(StoreProcessLost(f"the store's own process failed ({name}: {text})"))

    def _let_go(self) -> None:
        self.alive = False
        for answer, timer in self._waiting.values():
            timer.cancel()
            if not answer.done():
                answer.set_exception(_lost())
        self._waiting.clear()

    def _end(self) -> None:
        """Kill it, if it has not ended; who waits for the end is a thread, for a disk may hold that up."""
        if self._process.poll() is None:
            self._process.kill()
            threading.Thread(target=self._process.wait, daemon=True).start()


def _lost() -> StoreProcessLost:
    return StoreProcessLost("the store's own process ended; press the key again")


async def start(opening: Opening, answer_s_max: float = ANSWER_S_MAX) -> StoreProcess:
    """Start a process and have it open the store; raises `StoreError` or `OSError` if that fails."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 our own module; it takes a few ms, once
                [sys.executable, "-m", "monitor.store.serving", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": _search_path()},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C at the terminal is for the region
            )
        except BaseException:
            ours.close()
            raise
    store = StoreProcess(process, ours, opening.busy_s_max + answer_s_max)
    try:
        ours.setblocking(False)
        await asyncio.get_running_loop().create_connection(lambda: store, sock=ours)
        await store.open(opening)
    except BaseException:
        store.end()
        ours.close()
        raise
    return store


def _search_path() -> str:
    """Where this process finds its modules; first of all its own, so that the other one finds the same."""
    folders = [str(_ROOT), *(folder or str(Path.cwd()) for folder in sys.path if isinstance(folder, str))]
    return os.pathsep.join(folders)

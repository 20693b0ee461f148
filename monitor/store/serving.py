"""The store's own process: opens the store, answers requests until the region is gone, and ends with it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from monitor.errors import StoreError
from monitor.store import COMMITTED
from monitor.store.connection import ThreadConnection, connect
from monitor.store.sqlite import SqliteStore, translated
from monitor.store.wire import (
    FINGERPRINT,
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
    frame,
    request_in,
)
from monitor.tuning import tune_process

REGION_LOOK_S = 0.5
"""How often it is looked whether the region is still there: a child of the region may hold the socket open."""


class Service(asyncio.BufferedProtocol):
    """The requests of one region, each answered when it is done."""

    def __init__(self, ended: asyncio.Future[None]) -> None:
        self._ended = ended
        self._frames = Frames()
        self._connections: list[ThreadConnection] = []
        self._store: SqliteStore | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The region is there."""
        self._transport = transport  # type: ignore[assignment]  # asyncio gives the narrower type's name only

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next request goes."""
        return self._frames.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Begin each request that came; one that cannot be read is told so, and nothing of it is done."""
        for number, body in self._frames.filled(nbytes):
            try:
                request: Request = request_in(body)
            except (msgspec.MsgspecError, ValueError) as error:
                self._say(number, Failed("Unsendable", str(error)))
            else:
                self._begin(self._answer(number, request))

    def connection_lost(self, exc: Exception | None) -> None:
        """The region has ended, or told this process to."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def close(self) -> None:
        """Finish what is under way, and close the store."""
        await asyncio.gather(*self._tasks)
        for connection in reversed(self._connections):
            await connection.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, number: int, answer: Answer) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(number, answer))

    async def _answer(self, number: int, request: Request) -> None:
        try:
            match request:
                case Read(asked):
                    answers = await self._opened().answers(asked)
                    self._say(number, Found(time.process_time(), answers))
                case Commit(units):
                    verdicts = await self._opened().commit(units)
                    all_well = all(verdict is COMMITTED for verdict in verdicts)
                    self._say(number, Judged(time.process_time(), [] if all_well else [*verdicts]))
                case Opening():
                    await self._open(request)
                    self._say(number, Ready())
        except Exception as error:  # noqa: BLE001 told to the region, which knows what it asked
            self._say(number, Failed(type(error).__name__, str(error)))

    async def _open(self, opening: Opening) -> None:
        _check_alike(opening)
        with translated():
            writer = await self._connect(opening, read_only=False)
            reader = await self._connect(opening, read_only=True)
        _check_alike(opening)
        self._store = SqliteStore(writer, reader, reader, opening.tables)
        tune_process()

    async def _connect(self, opening: Opening, read_only: bool) -> ThreadConnection:
        connection = await connect(
            Path(opening.path),
            read_only=read_only,
            create=False,
            busy_s_max=opening.busy_s_max,
            cache_kib=opening.cache_kib,
            commit_delay_s=0.0 if read_only else opening.commit_delay_s,
        )
        self._connections.append(connection)
        return connection

    def _opened(self) -> SqliteStore:
        if self._store is None:
            raise RuntimeError("the store was not opened")
        return self._store


def _check_alike(opening: Opening) -> None:
    """Raise `StoreError` unless this is the store the region works at, kept by the same code."""
    if opening.fingerprint != FINGERPRINT:
        raise StoreError("another version of the monitor was installed meanwhile; start the region again")
    there = Path(opening.path).stat()
    if opening.file != (there.st_dev, there.st_ino):
        raise StoreError("another file has the name of the store by now")


async def serve(connection: socket.socket) -> None:
    """Answer what comes over `connection` until its other end is closed, or the region is gone."""
    region = os.getppid()
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    service = Service(ended)
    await loop.create_connection(lambda: service, sock=connection)
    try:
        while not ended.done() and os.getppid() == region:
            await asyncio.wait((ended,), timeout=REGION_LOOK_S)
    finally:
        await service.close()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))

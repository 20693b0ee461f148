"""The store's own process: opens the store, answers requests until the region is gone, and ends with it."""

from __future__ import annotations

import asyncio
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
from monitor.store.wire import Commit, Failed, Found, Frames, Judged, Opening, Read, Ready, Request, frame
from monitor.tuning import tune_process


class Service(asyncio.BufferedProtocol):
    """The requests of one region, each answered when it is done."""

    def __init__(self, ended: asyncio.Future[None]) -> None:
        self._ended = ended
        self._frames = Frames[Request](Request)
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
        """Begin each request that came."""
        for message in self._frames.filled(nbytes):
            match message:
                case Read():
                    self._begin(self._read(message))
                case Commit():
                    self._begin(self._commit(message))
                case Opening():
                    self._begin(self._open(message))

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

    def _say(self, answer: msgspec.Struct) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(answer))

    async def _open(self, opening: Opening) -> None:
        try:
            with translated():
                writer = await self._connect(opening, read_only=False)
                reader = await self._connect(opening, read_only=True)
        except StoreError as error:
            self._say(Failed(0, type(error).__name__, str(error)))
            return
        self._store = SqliteStore(writer, reader, reader, opening.tables)
        tune_process()
        self._say(Ready())

    async def _connect(self, opening: Opening, read_only: bool) -> ThreadConnection:
        connection = await connect(
            Path(opening.path),
            read_only=read_only,
            busy_s_max=opening.busy_s_max,
            cache_kib=opening.cache_kib,
            commit_delay_s=0.0 if read_only else opening.commit_delay_s,
        )
        self._connections.append(connection)
        return connection

    async def _read(self, request: Read) -> None:
        try:
            answers = await self._opened().answers(request.asked)
        except Exception as error:  # noqa: BLE001 told to the region, which knows what it asked
            self._say(Failed(request.number, type(error).__name__, str(error)))
            return
        self._say(Found(request.number, time.process_time(), answers))

    async def _commit(self, request: Commit) -> None:
        try:
            verdicts = await self._opened().commit(request.units)
        except Exception as error:  # noqa: BLE001 told to the region, which knows what it asked
            self._say(Failed(request.number, type(error).__name__, str(error)))
            return
        all_well = all(verdict is COMMITTED for verdict in verdicts)
        self._say(Judged(request.number, time.process_time(), [] if all_well else [*verdicts]))

    def _opened(self) -> SqliteStore:
        if self._store is None:
            raise RuntimeError("the store was not opened")
        return self._store


async def serve(connection: socket.socket) -> None:
    """Answer what comes over `connection` until its other end is closed."""
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    service = Service(ended)
    await loop.create_connection(lambda: service, sock=connection)
    try:
        await ended
    finally:
        await service.close()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))

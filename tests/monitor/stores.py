"""Every kind of store there is, on a file, with the monitor's and the tests' tables."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from monitor.startup import prepare_schema
from monitor.store import Store, Unit
from monitor.store.connection import Connection, connect
from monitor.store.process import start
from monitor.store.relay import RelayedStore
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from monitor.store.wire import opening_of
from tests.monitor.bed import InlineConnection, application_of
from tests.monitor.records import TABLES

Opened = Callable[[], Awaitable[Store]]
"""Opens a store; called twice, two stores on the same records."""


async def over(writer: Connection, reader: Connection, browser: Connection) -> Store:
    """A store over these connections, with the tests' tables."""
    tables = await prepare_schema(writer, application_of([]))
    return SqliteStore(writer, reader, browser, (*MONITOR_TABLES, *tables))


@asynccontextmanager
async def inline(path: Path) -> AsyncIterator[Opened]:
    """SQLite in the thread of the event loop; every store opened is on the same file."""
    opened: list[sqlite3.Connection] = []

    async def open_one() -> Store:
        opened.append(sqlite3.connect(path, isolation_level=None))
        return await over(*[InlineConnection(opened[-1])] * 3)

    yield open_one
    for database in opened:
        database.close()


@asynccontextmanager
async def threaded(path: Path) -> AsyncIterator[Opened]:
    """SQLite through aiosqlite, as a region has it."""
    stores: list[Store] = []

    async def open_one(busy_s_max: float = 5.0) -> Store:
        writer = await connect(path, read_only=False, busy_s_max=busy_s_max, cache_kib=256)
        await prepare_schema(writer, application_of([]))
        readers = [
            await connect(path, read_only=True, busy_s_max=busy_s_max, cache_kib=256) for _ in range(2)
        ]
        stores.append(await over(writer, *readers))
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@asynccontextmanager
async def in_process(path: Path) -> AsyncIterator[Opened]:
    """SQLite in another process, as a region under load has it; every store opened has one of its own."""
    async with threaded(path) as open_one, AsyncExitStack() as opened:

        async def open_relayed() -> Store:
            near = await open_one()
            opening = opening_of(path, (*MONITOR_TABLES, *TABLES), busy_s_max=5.0, cache_kib=256)
            store = RelayedStore(near, lambda: start(opening), 1)
            opened.push_async_callback(store.close)
            for _ in range(500):
                if store.process is not None:
                    break
                await store.commit([Unit(0, {}, {}, [])] * 40)
                await asyncio.sleep(0.02)
            assert store.process is not None
            return store

        yield open_relayed

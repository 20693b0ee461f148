"""The store in one SQLite file: any number of processes, one of them writing at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from monitor.errors import ConstraintFailed, QueryFailed, StoreBroken, StoreBusy, StoreError, StoreFull
from monitor.store import Key, Row, Table, Unit, Value, Verdict, Versioned, statements
from monitor.store.connection import Connection
from monitor.store.interruptible import Interruptible
from monitor.store.reading import questions_of, records_of, versioned
from monitor.store.transactor import Transactor, readable

T = TypeVar("T")
_FAULTS_OF_THE_STORE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""What a query does not bring about, whatever it asks."""


class SqliteStore:
    """The contract of `monitor.store.Store`, over one connection that writes and three that read."""

    def __init__(
        self,
        writer: Connection,
        reader: Connection,
        browser: Connection,
        tables: Iterable[Table],
        querier: Connection | None = None,
    ) -> None:
        """`querier`: the connection of the applications' own queries, which may last; None: `browser`, too."""
        self._writer = writer
        self._reader = reader
        self._browser = browser
        self._querier = querier or browser
        self._transactor = Transactor(tables)
        self._queries: set[Interruptible[Any]] = set()

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        """All records in one hop."""
        questions = questions_of(keys)
        asked = [(one.table, one.keys) for one in questions]
        with translated():
            answers = await self._reader.run(lambda database: self._transactor.read(database, asked))
        return records_of(questions, answers)

    async def browse(
        self, table: str, *, by: str, start: Value | Row, rows_max: int, backward: bool
    ) -> Sequence[Versioned]:
        """One query, in a connection of its own, so that it holds up nobody's next key."""
        place = start if isinstance(start, tuple) else () if start is None else (start,)
        sql = statements.browse(self._transactor.tables[table], by, len(place), backward)
        with translated(), readable(table):
            rows = await self._query(
                self._browser, lambda database: database.execute(sql, (*place, rows_max)).fetchall()
            )
        return [versioned(table, row[0], tuple(row[1:])) for row in rows]

    async def select(self, sql: str, values: Mapping[str, Value], rows_max: int) -> Sequence[Row]:
        """A query of the application's own; the connection it runs in can only read."""
        with translated():
            try:
                return await self._query(
                    self._querier, lambda database: database.execute(sql, values).fetchmany(rows_max)
                )
            except (sqlite3.Error, OverflowError) as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _FAULTS_OF_THE_STORE:
                    raise
                raise QueryFailed(str(error)) from error

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """One transaction and one hop for all; a constraint that fails is traced to its unit."""
        batch = self._transactor.prepare(units)
        with translated():
            return await self._writer.run(lambda database: self._transactor.commit(database, units, batch))

    async def _query(self, connection: Connection, work: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
        """If who waits is cancelled, the connection is free for the next one at once."""
        query = Interruptible(work)
        self._queries.add(query)
        try:
            return await connection.run(query)
        except asyncio.CancelledError:
            query.give_up()
            raise
        finally:
            self._queries.discard(query)

    def give_up_queries(self) -> None:
        """Break off every browse and query that is under way: the store is about to be closed."""
        for query in self._queries:
            query.give_up()

    async def close(self) -> None:
        """Close all connections."""
        self.give_up_queries()
        for connection in dict.fromkeys((self._reader, self._browser, self._querier, self._writer)):
            await connection.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite raises into the store's own errors."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ConstraintFailed(str(error)) from error
    except sqlite3.Error as error:
        raise _translate(error) from error


def _translate(error: sqlite3.Error) -> StoreError:
    """What an operator may do something about is short enough for the status line of a terminal."""
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("another process holds the store; press the key again")
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreFull("the disk of the store is full; make room, then press the key again")
    if extended == sqlite3.SQLITE_IOERR_WRITE:  # so SQLite tells a quota, and a limit of the file's size
        return StoreFull("the disk of the store takes no more; make room, then press the key again")
    return StoreBroken(f"the store failed ({error}); run `entracte doctor`, then start the region again")

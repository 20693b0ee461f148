"""The store in one SQLite file: any number of processes, one of them writing at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import msgspec

from monitor.errors import ConstraintFailed, QueryFailed, StoreBroken, StoreBusy, StoreError, StoreFull
from monitor.store import (
    COMMITTED,
    Key,
    Rejected,
    Row,
    Table,
    Unit,
    Value,
    Verdict,
    Versioned,
    judge,
    statements,
)
from monitor.store.batch import Batch, Statement, batch_of, writes_of
from monitor.store.connection import Connection
from monitor.store.reading import Answer, questions_of, records_of

_decode_rows = msgspec.json.Decoder(list[tuple[Any, ...]]).decode

_FAULTS_OF_A_UNIT = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    ValueError,
    OverflowError,
)
"""What a row that cannot be stored raises: the unit it came from is rejected, the others are not."""


_FAULTS_OF_A_QUERY = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY)


class SqliteStore:
    """The contract of `monitor.store.Store`, over one connection that writes and two that read."""

    def __init__(
        self, writer: Connection, reader: Connection, browser: Connection, tables: Iterable[Table]
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._browser = browser
        self._tables = {table.name: table for table in tables}
        self._broken = ""

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        """See `Store.read`."""
        questions = questions_of(keys)
        return records_of(questions, await self.answers([(one.table, one.keys) for one in questions]))

    async def answers(self, asked: Sequence[tuple[str, str]]) -> list[Answer]:
        """What the reading connection finds, in one hop, for each table and JSON array of keys."""
        with translated():
            return await self._reader.run(
                lambda database: [self._read(database, self._tables[table], keys) for table, keys in asked]
            )

    async def browse(
        self, table: str, *, by: str, start: Value, rows_max: int, backward: bool
    ) -> Sequence[Versioned]:
        """One query, in the second reading connection, so that it holds up nobody's next key."""
        sql = statements.browse(self._tables[table], by, start is None, backward)
        with translated():
            rows = await self._browser.run(
                lambda database: database.execute(sql, {"start": start, "rows": rows_max}).fetchall()
            )
        return [Versioned(tuple(row[1:]), row[0]) for row in rows]

    async def select(self, sql: str, values: Mapping[str, Value], rows_max: int) -> Sequence[Row]:
        """A query of the application's own; the connection it runs in can only read."""
        with translated():
            try:
                return await self._browser.run(
                    lambda database: database.execute(sql, values).fetchmany(rows_max)
                )
            except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
                if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) in _FAULTS_OF_A_QUERY:
                    raise QueryFailed(str(error)) from error
                raise

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """One transaction and one hop for all; a constraint that fails is traced to its unit."""
        if self._broken:
            raise StoreBroken(self._broken)
        batch = self._batch(units)
        try:
            with translated():
                return await self._writer.run(lambda database: self._commit(database, units, batch))
        except StoreBroken as error:
            self._broken = str(error)
            raise

    async def close(self) -> None:
        """Close all connections."""
        for connection in (self._reader, self._browser, self._writer):
            await connection.close()

    def _read(self, database: sqlite3.Connection, table: Table, wanted: str) -> Answer:
        if table.real:
            return database.execute(statements.read_rows(table), (wanted,)).fetchall()
        return cast("str", database.execute(statements.read(table), (wanted,)).fetchone()[0])

    def _batch(self, units: Sequence[Unit]) -> Batch | None:
        try:
            return batch_of(units, self._tables)
        except _FAULTS_OF_A_UNIT:  # found again, and laid to the unit it comes from, one by one
            return None

    def _commit(
        self, database: sqlite3.Connection, units: Sequence[Unit], batch: Batch | None
    ) -> list[Verdict]:
        try:
            return self._transact(database, units, batch)
        except _FAULTS_OF_A_UNIT:
            return self._commit_one_by_one(database, units)

    def _transact(
        self, database: sqlite3.Connection, units: Sequence[Unit], batch: Batch | None
    ) -> list[Verdict]:
        database.execute("BEGIN IMMEDIATE")
        try:
            if batch is not None and database.execute(*batch.check).fetchone() == batch.expected:
                verdicts: list[Verdict] = [COMMITTED] * len(units)
                writes: Iterable[Statement] = batch.writes
            else:
                verdicts = judge(units, self._current(database, units))
                applied = [
                    unit for unit, verdict in zip(units, verdicts, strict=True) if verdict is COMMITTED
                ]
                writes = writes_of(applied, self._tables)
            for sql, values in writes:
                database.execute(sql, values)
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        return verdicts

    def _current(self, database: sqlite3.Connection, units: Sequence[Unit]) -> dict[Key, int]:
        keys = list({key: None for unit in units for key in unit.reads})
        current: dict[Key, int] = {}
        for table, wanted, places in questions_of(keys):
            sql = statements.versions(self._tables[table])
            for position, written_by in _decode_rows(database.execute(sql, (wanted,)).fetchone()[0]):
                current[keys[places[position]]] = written_by
        return current

    def _commit_one_by_one(self, database: sqlite3.Connection, units: Sequence[Unit]) -> list[Verdict]:
        """Each unit in a transaction of its own, so that one that cannot be stored harms no other."""
        verdicts: list[Verdict] = []
        for unit in units:
            try:
                verdicts += self._transact(database, [unit], None)
            except _FAULTS_OF_A_UNIT as error:
                verdicts.append(Rejected(str(error)))
        return verdicts


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
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("another process holds the store; press the key again")
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("the disk of the store is full; make room, then press the key again")
    return StoreBroken(f"the store failed ({error}); run `entracte doctor`, then start the region again")

"""What the store does in a SQLite connection, in whichever thread that one lives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import msgspec

from monitor.store import COMMITTED, Conflict, Key, Rejected, Table, Unit, Verdict, judge, statements
from monitor.store.batch import Batch, Statement, batch_of, writes_in_order, writes_of
from monitor.store.reading import Answer, questions_of, unreadable

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


def _is_of_a_unit(error: Exception) -> bool:
    """Also what an expression of the table (of an index, a generated column, a trigger) makes of a row.

    So is a `written_by` that cannot be read, among those the units are checked by.
    """
    return isinstance(error, _FAULTS_OF_A_UNIT) or (
        isinstance(error, sqlite3.OperationalError) and _code(error) in _FAULTS_OF_A_RECORD
    )


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for an error that is not SQLite's."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


_FAULTS_OF_A_RECORD = (0, sqlite3.SQLITE_ERROR)
"""What SQL of others' has left raises where it is read: bytes in a column of text, or what is no UTF-8."""


@contextmanager
def readable(table: str) -> Iterator[None]:
    """Turn what SQLite raises at such a record into `RecordUnreadable`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _code(error) not in _FAULTS_OF_A_RECORD:
            raise
        raise unreadable(table, error) from error


_JSON_COLUMNS_MAX = 96
"""Of a table wider than this the records come as rows: SQLite's functions take 127 arguments at most, or 100."""


class Transactor:
    """Reads records and applies units; keeps nothing but the tables' declarations, and raises what SQLite does."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {table.name: table for table in tables}

    def read(self, database: sqlite3.Connection, asked: Sequence[tuple[str, str]]) -> list[Answer]:
        """What is found for each table and JSON array of keys."""
        return [self._read(database, self.tables[table], keys) for table, keys in asked]

    def prepare(self, units: Sequence[Unit]) -> Batch | None:
        """The statements of `commit`, which any thread may make; None if they are not known beforehand."""
        try:
            return batch_of(units, self.tables)
        except _FAULTS_OF_A_UNIT:  # found again, and laid to the unit it comes from, one by one
            return None

    def commit(
        self, database: sqlite3.Connection, units: Sequence[Unit], batch: Batch | None
    ) -> list[Verdict]:
        """One transaction for all units; a constraint that fails is traced to its unit."""
        for work in (partial(self._transact, batch=batch), self._transact_each):
            try:
                return work(database, units)
            except Exception as error:
                if not _is_of_a_unit(error):
                    raise
        return self._commit_one_by_one(database, units)

    def _read(self, database: sqlite3.Connection, table: Table, wanted: str) -> Answer:
        with readable(table.name):
            if table.real or len(table.columns) > _JSON_COLUMNS_MAX:
                return database.execute(statements.read_rows(table), (wanted,)).fetchall()
            return cast("str", database.execute(statements.read(table), (wanted,)).fetchone()[0])

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
                writes = writes_of(applied, self.tables)
            self._end(database, writes)
        except BaseException:
            _undo(database)
            raise
        return verdicts

    def _current(self, database: sqlite3.Connection, units: Sequence[Unit]) -> dict[Key, int | None]:
        """Who wrote what the units read; None for a damaged `written_by`, which nobody can have seen."""
        keys = list({key: None for unit in units for key in unit.reads})
        current: dict[Key, int | None] = {}
        for table, wanted, places in questions_of(keys):
            sql = statements.versions(self.tables[table])
            for position, written_by in _decode_rows(database.execute(sql, (wanted,)).fetchone()[0]):
                current[keys[places[position]]] = written_by
        return current

    def _transact_each(self, database: sqlite3.Connection, units: Sequence[Unit]) -> list[Verdict]:
        """One transaction still, in which one that cannot be stored harms no other."""
        database.execute("BEGIN IMMEDIATE")
        try:
            verdicts = [self._apply(database, unit) for unit in units]
            database.execute("COMMIT")
        except BaseException:
            _undo(database)
            raise
        return verdicts

    def _apply(self, database: sqlite3.Connection, unit: Unit) -> Verdict:
        (verdict,) = judge([unit], self._current(database, [unit]))
        if verdict is not COMMITTED:
            return verdict
        database.execute("SAVEPOINT unit")
        try:
            _run(database, writes_in_order(unit, self.tables))
        except Exception as error:
            if not _is_of_a_unit(error) or not database.in_transaction:  # a table may undo the whole of it
                raise
            database.execute("ROLLBACK TO unit")
            verdict = Rejected(str(error))
        database.execute("RELEASE unit")
        return verdict

    def _commit_one_by_one(self, database: sqlite3.Connection, units: Sequence[Unit]) -> list[Verdict]:
        """Each unit in a transaction of its own: for what is refused at the COMMIT, and undoes all before it.

        If the store fails on the way, what is stored stays; the others conflict, so that their steps run again.
        """
        verdicts: list[Verdict] = []
        for unit in units:
            try:
                verdicts.append(self._commit_one(database, unit))
            except Exception:
                if COMMITTED not in verdicts:
                    raise
                return verdicts + [Conflict(_key_of(late)) for late in units[len(verdicts) :]]
        return verdicts

    def _commit_one(self, database: sqlite3.Connection, unit: Unit) -> Verdict:
        database.execute("BEGIN IMMEDIATE")
        try:
            (verdict,) = judge([unit], self._current(database, [unit]))
            if verdict is COMMITTED:
                self._end(database, writes_in_order(unit, self.tables))
            else:
                _undo(database)
        except BaseException as error:
            _undo(database)
            if isinstance(error, Exception) and _is_of_a_unit(error):
                return Rejected(str(error))
            raise
        return verdict

    @staticmethod
    def _end(database: sqlite3.Connection, writes: Iterable[Statement]) -> None:
        _run(database, writes)
        database.execute("COMMIT")


def _run(database: sqlite3.Connection, writes: Iterable[Statement]) -> None:
    for sql, values in writes:
        database.execute(sql, values)


def _key_of(unit: Unit) -> Key:
    """Any that it needs; a step has one at least, its terminal's."""
    return next(iter((*unit.reads, *unit.writes)), Key("", 0))


def _undo(database: sqlite3.Connection) -> None:
    if database.in_transaction:
        database.execute("ROLLBACK")

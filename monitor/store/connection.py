"""One hop to the database thread for a whole batch.

aiosqlite hands every call to its thread, and each such hop costs more than the SQL of a small step. Here a
function goes over in one hop, through public interfaces only: `sqlite3.connect` takes a connection `factory`,
and ours runs a function when it is asked to execute the statement `RUN`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiosqlite

from monitor.errors import StartupError, StoreBroken
from monitor.store.migrations import is_store

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

Place = tuple[int, int]
"""The device and inode of a file."""
NOTHING: Place = (0, 0)

RUN = "-- entracte: run a function in the database thread"


class Connection(Protocol):
    """Runs a function of a `sqlite3.Connection` where that connection lives."""

    async def run(self, work: Work[T]) -> T:
        """The function's result; what it raises is raised here."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class _Result(sqlite3.Cursor):
    """A cursor over one value that is there already."""

    def __init__(self, connection: sqlite3.Connection, value: object) -> None:
        super().__init__(connection)
        self._value = value

    def fetchall(self) -> list[Any]:
        """The value, as the only row."""
        return [self._value]


class HopConnection(sqlite3.Connection):
    """A connection that runs whole functions, and commits only while its file and its log are where they were opened.

    It can emulate a disk whose commits are slow.
    """

    commit_delay_s = 0.0
    """How much longer a commit takes that has written something."""
    _changes = 0
    _opened: tuple[Path, Place, Path, Place] | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As `sqlite3` has it, but `RUN` calls the function given as the only parameter."""
        if sql is RUN:
            return _Result(self, parameters[0](self))
        if sql == "COMMIT":
            self._before_commit()
        return super().execute(sql, parameters)

    def commit(self) -> None:
        """As `sqlite3` has it."""
        self._before_commit()
        super().commit()

    def keep_to(self, path: Path) -> None:
        """From now on commit to the file and the log there, and to no others: raises `StoreBroken` at the commit."""
        super().execute("SELECT 1 FROM sqlite_master").fetchone()  # the log is opened by now, at the latest
        self._opened = (path, file_at(path), log := log_of(path), found_at(log))

    def _before_commit(self) -> None:
        if self._opened is not None:
            self._check_there(*self._opened)
        if self.commit_delay_s and self.total_changes != self._changes:
            self._changes = self.total_changes
            time.sleep(self.commit_delay_s)

    @staticmethod
    def _check_there(path: Path, file: Place, log_path: Path, log: Place) -> None:
        """What is committed to a file that was moved is lost once its log is, which goes by the name; so is a log."""
        if found_at(path) != file:
            raise StoreBroken("the store was moved or removed; put it back, then start the region again")
        if found_at(log_path) != log:
            raise StoreBroken("the store's log was moved or removed; stop all regions, then start again")


_CLOSED = ("Connection closed", "no active connection")
"""What aiosqlite says of a connection that is not there any more."""


class ThreadConnection:
    """A connection in aiosqlite's thread."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, work: Work[T]) -> T:
        """Run `work` in the thread: one hop."""
        try:
            rows = await self._connection.execute_fetchall(RUN, (work,))
        except ValueError as error:
            if str(error) in _CLOSED:
                raise StoreBroken("the store was closed; start the region again") from error
            raise
        result: T = rows[0]  # type: ignore[index]  # the list our cursor made
        return result

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._connection.close()


async def connect(
    path: Path, *, read_only: bool, busy_s_max: float, cache_kib: int, commit_delay_s: float = 0.0
) -> ThreadConnection:
    """Open `path` (absolute) in a thread of its own; a file that is not there is made."""
    mode = "ro" if read_only else "rwc"
    hop = ThreadConnection(await aiosqlite.connect(_uri(path, mode), timeout=busy_s_max, **_AS_HOP))
    try:
        await hop.run(
            lambda database: _prepare(database, path, read_only, busy_s_max, cache_kib, commit_delay_s)
        )
    except BaseException:
        await hop.close()
        raise
    return hop


def connect_here(
    path: Path, *, read_only: bool, busy_s_max: float, cache_kib: int, commit_delay_s: float = 0.0
) -> HopConnection:
    """Open `path` (absolute), which must be there, for one thread at a time.

    For a second process: were the file gone and made anew, the log of the first would be reset.
    """
    mode = "ro" if read_only else "rw"
    database: HopConnection = sqlite3.connect(
        _uri(path, mode), timeout=busy_s_max, check_same_thread=False, **_AS_HOP
    )
    try:
        _prepare(database, path, read_only, busy_s_max, cache_kib, commit_delay_s)
    except BaseException:
        database.close()
        raise
    return database


_AS_HOP: Any = {"uri": True, "isolation_level": None, "factory": HopConnection, "cached_statements": 256}


def _uri(path: Path, mode: str) -> str:
    return f"{path.as_uri()}?mode={mode}"


def file_at(path: Path) -> Place:
    """What has this name now; raises `OSError`."""
    there = path.stat()
    return there.st_dev, there.st_ino


def found_at(path: Path) -> Place:
    """What has this name now; `NOTHING` if there is no such file."""
    try:
        return file_at(path)
    except OSError:
        return NOTHING


def log_of(path: Path) -> Path:
    """The file beside a store that SQLite writes commits to first."""
    return path.with_name(f"{path.name}-wal")


def _prepare(
    database: sqlite3.Connection,
    path: Path,
    read_only: bool,
    busy_s_max: float,
    cache_kib: int,
    commit_delay_s: float,
) -> None:
    """The region's settings: WAL, and every commit on disk before it returns."""
    if not read_only:
        _refuse_foreign(database)
        _begin_wal(database, busy_s_max)
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA wal_autocheckpoint = 10000")
        database.execute("PRAGMA temp_store = MEMORY")  # what a statement may have to undo is no file, then
    database.execute(f"PRAGMA cache_size = -{cache_kib:d}")
    database.execute("PRAGMA foreign_keys = ON")
    if isinstance(database, HopConnection) and not read_only:
        database.commit_delay_s = commit_delay_s
        database.keep_to(path)
    if read_only:
        database.set_authorizer(_only_reading)


_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
_WRITING = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
_TELLING = frozenset(
    {
        "data_version",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
"""Pragmas that only tell something."""


def _only_reading(
    action: int, what: str | None, _of: str | None, database: str | None, _by: str | None
) -> int:
    """No more than a query does: what a table of one program's, or a transaction, would be to all others.

    Writing is no matter, for the file is opened to be read: SQLite only prepares it, for its full-text tables.
    """
    allowed = (
        action in _READING
        or (action in _WRITING and database == "main")
        or (action == sqlite3.SQLITE_PRAGMA and what in _TELLING)
    )
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _refuse_foreign(database: sqlite3.Connection) -> None:
    """Raise `StartupError` for a file of something else, before anything in it is changed."""
    database.execute("BEGIN")  # another region may make its tables just now: one look for both
    foreign = not is_store(database) and database.execute("SELECT 1 FROM sqlite_master").fetchone()
    database.execute("COMMIT")
    if foreign:
        path = database.execute("PRAGMA database_list").fetchone()[2]
        raise StartupError(f"{path} is no store of entracte's; name another with --store")


def _begin_wal(database: sqlite3.Connection, busy_s_max: float) -> None:
    """Write-ahead logging; SQLite itself does not wait here while another process closes the store."""
    give_up = time.monotonic() + busy_s_max
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


_PAUSE_S = 0.01

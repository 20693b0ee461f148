"""Batches that go wrong in the middle: each unit has the verdict it would have alone, for every store there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.errors import StoreBroken, StoreFull
from monitor.store import ABSENT, COMMITTED, Conflict, Key, Rejected, Row, Unit
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import InlineConnection
from tests.monitor.records import TABLES
from tests.monitor.stores import Opened

T = TypeVar("T")
ONE, TWO, THREE = (Key("account", number) for number in (1, 2, 3))


def put(unit: int, key: Key, balance: int, seen: int | None = None) -> Unit:
    """A unit that writes an account, having read it as `seen` wrote it (None: without reading)."""
    row: Row = (key.value, "X", balance, unit)
    return Unit(unit, {} if seen is None else {key: seen}, {key: row}, [])


UNDONE = """
CREATE TRIGGER undone BEFORE INSERT ON account WHEN new.owner = 'BAD'
BEGIN SELECT RAISE(ROLLBACK, 'no such owner'); END
"""


@pytest.mark.parametrize("undone", [False, True], ids=["refuses the row", "undoes the transaction"])
async def test_a_stale_unit_does_not_hold_up_those_judged_one_by_one_behind_it(
    opened: Opened, tmp_path: Path, undone: bool
) -> None:
    """A stale unit, one that breaks a rule of its table and a good one: a conflict, a rejection and a commit."""
    store = await opened()
    assert await store.commit([put(1, ONE, 100)]) == [COMMITTED]
    with closing(sqlite3.connect(tmp_path / "store.db")) as database:
        database.execute(UNDONE)
    bad: Row = (2, "BAD" if undone else "X", 5 if undone else -1, 3)
    broken = Unit(3, {}, {THREE: (3, "X", 5, 3), TWO: bad}, [])
    verdicts = await store.commit([put(2, ONE, 1, seen=77), broken, put(4, ONE, 90, seen=1)])
    assert [verdicts[0], verdicts[2]] == [Conflict(ONE), COMMITTED]
    assert isinstance(verdicts[1], Rejected)
    assert await store.read([TWO, THREE]) == [None, None]
    assert await store.commit([put(5, ONE, 80, seen=4)]) == [COMMITTED]


async def test_a_unit_that_read_before_an_earlier_one_of_its_batch_wrote_is_not_applied(
    opened: Opened,
) -> None:
    """Both read the same stored record: the first write wins, and the second is no lost update."""
    store = await opened()
    await store.commit([put(1, ONE, 100)])
    verdicts = await store.commit([put(2, ONE, 110, seen=1), put(3, ONE, 120, seen=1)])
    assert verdicts == [COMMITTED, Conflict(ONE)]
    (record,) = await store.read([ONE])
    assert record is not None
    assert (record.row[2], record.written_by) == (110, 2)


@pytest.mark.parametrize(("seen", "verdict"), [(ABSENT, COMMITTED), (2, Conflict(ONE))])
async def test_what_an_earlier_unit_of_the_batch_deletes_is_absent(
    opened: Opened, seen: int, verdict: object
) -> None:
    """Who saw that there is no record may put one there; who saw one by the unit that deletes it may not."""
    store = await opened()
    await store.commit([put(1, ONE, 100)])
    gone = Unit(2, {ONE: 1}, {ONE: None}, [])
    assert await store.commit([gone, put(3, ONE, 5, seen=seen)]) == [COMMITTED, verdict]


class Failing(InlineConnection):
    """A connection to a disk on which everything fails with one of SQLite's codes."""

    def __init__(self, code: int) -> None:
        self.error = sqlite3.OperationalError("disk I/O error")
        self.error.sqlite_errorcode = code

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFull),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreBroken),
        (sqlite3.SQLITE_IOERR, StoreBroken),
        (sqlite3.SQLITE_IOERR_SHMMAP, StoreBroken),
    ],
)
async def test_what_cannot_be_written_for_want_of_room_is_a_full_disk(
    code: int, error: type[Exception]
) -> None:
    """The operator is told to make room; any other failure of the disk is a broken store."""
    disk = Failing(code)
    store = SqliteStore(disk, disk, disk, (*MONITOR_TABLES, *TABLES))
    with pytest.raises(error):
        await store.commit([put(1, ONE, 100)])

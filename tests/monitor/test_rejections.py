"""A batch with a unit that a table refuses: the others are stored, together if they can be, and each is told so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from monitor.store import ABSENT, COMMITTED, Conflict, Key, Rejected, Table, Unit, Verdict
from monitor.store.transactor import Transactor

PART = Table("part", ("id",), ("id", "of"))
SCHEMA = """
CREATE TABLE part (
    id         INTEGER PRIMARY KEY,
    of         INTEGER NOT NULL REFERENCES part (id) DEFERRABLE INITIALLY DEFERRED,
    written_by INTEGER NOT NULL,
    CHECK (id < 100)
);
CREATE TRIGGER undoes BEFORE INSERT ON part WHEN NEW.id = 66 BEGIN SELECT RAISE(ROLLBACK, 'not 66'); END;
CREATE TRIGGER stops AFTER INSERT ON part WHEN NEW.id = 77 BEGIN SELECT RAISE(FAIL, 'not 77'); END;
"""
TOO_LARGE, ORPHAN, UNDOING, STOPPING = (100, 100), (5, 55), (66, 66), (77, 77)
"""Rows that break a CHECK, a deferred key, and two triggers."""


class Counting(sqlite3.Connection):
    """Counts commits, and is busy from one of its transactions on."""

    commits = 0
    begun = 0
    busy_from = 1000

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As `sqlite3` has it."""
        if sql.startswith("BEGIN"):
            self.begun += 1
            if self.begun >= self.busy_from:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
        cursor = super().execute(sql, parameters)
        self.commits += sql == "COMMIT"
        return cursor


@pytest.fixture
def database() -> Iterator[Counting]:
    """A database with the table."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=Counting)) as database:
        database.execute("PRAGMA foreign_keys = ON")
        database.executescript(SCHEMA)
        yield database


def key(number: int) -> Key:
    return Key("part", number)


def add(number: int, of: int) -> Unit:
    """A unit that adds a part, having seen that there is none; its id is the part's."""
    return Unit(number, {key(number): ABSENT}, {key(number): (number, of, number)}, [])


def commit(database: Counting, units: list[Unit]) -> list[Verdict]:
    transactor = Transactor([PART])
    return transactor.commit(database, units, transactor.prepare(units))


def stored(database: Counting) -> list[int]:
    return [number for (number,) in sqlite3.Connection.execute(database, "SELECT id FROM part ORDER BY id")]


@pytest.mark.parametrize(
    ("bad", "commits"), [(TOO_LARGE, 1), (STOPPING, 1), (ORPHAN, 3), (UNDOING, 3)], ids=str
)
def test_the_others_are_stored_in_one_transaction_where_they_can_be(
    database: Counting, bad: tuple[int, int], commits: int
) -> None:
    """Only what is refused at the commit, or undoes a whole transaction, costs the others one each."""
    built_on_it = Unit(9, {key(bad[0]): bad[0]}, {}, [])
    verdicts = commit(database, [add(1, 1), add(*bad), built_on_it, add(2, 1), add(3, 3)])
    assert isinstance(verdicts.pop(1), Rejected)
    assert verdicts == [COMMITTED, Conflict(key(bad[0])), COMMITTED, COMMITTED]
    assert stored(database) == [1, 2, 3]
    assert database.commits == commits
    assert not database.in_transaction


def test_units_behind_a_rejected_one_see_those_before_it(database: Counting) -> None:
    """What an earlier unit of the batch wrote is what a later one has read, or has not."""
    change = Unit(8, {key(1): 1}, {key(1): (1, 1, 8)}, [])
    stale = Unit(9, {key(1): 1}, {key(1): (1, 1, 9)}, [])
    verdicts = commit(database, [add(1, 1), add(*TOO_LARGE), change, stale])
    assert verdicts[2:] == [COMMITTED, Conflict(key(1))]


@pytest.mark.parametrize("bad", [TOO_LARGE, ORPHAN, UNDOING], ids=str)
@pytest.mark.parametrize("busy_from", range(1, 7))
def test_a_store_that_fails_on_the_way_has_stored_what_it_says(
    database: Counting, bad: tuple[int, int], busy_from: int
) -> None:
    """Either the whole batch fails and nothing of it is stored, or who is not stored is told to run again."""
    database.busy_from = busy_from
    units = [add(1, 1), add(*bad), add(2, 1), add(3, 3)]
    try:
        verdicts = commit(database, units)
    except sqlite3.OperationalError:
        assert stored(database) == []
    else:
        told = [unit.id for unit, verdict in zip(units, verdicts, strict=True) if verdict is COMMITTED]
        assert stored(database) == told
        rest = [verdict for unit, verdict in zip(units, verdicts, strict=True) if unit.id not in told]
        assert all(isinstance(verdict, Rejected | Conflict) for verdict in rest)

"""The store contract: what the engine may rely on, for every store there is."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import MonitorError, QueryFailed, StoreBroken, StoreBusy, StoreFull
from monitor.store import (
    ABSENT,
    COMMITTED,
    Conflict,
    Key,
    Rejected,
    Row,
    Store,
    Unit,
    Value,
    Versioned,
    judge,
)
from monitor.store.connection import connect
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import InlineConnection
from tests.monitor.records import TABLES
from tests.monitor.stores import Opened, over, threaded

STATUS_CHARS_MAX = 74
"""What the status line of a terminal of 80 columns has room for."""


def account(number: int, balance: int, unit: int, owner: str = "X") -> Row:
    """A row of an account, as a unit carries it."""
    return (number, owner, balance, unit)


def key(number: int) -> Key:
    """The key of an account."""
    return Key("account", number)


def put(unit: int, number: int, balance: int, seen: int | None = None, owner: str = "X") -> Unit:
    """A unit that writes an account, having read it as `seen` wrote it (None: without reading)."""
    reads = {} if seen is None else {key(number): seen}
    return Unit(unit, reads, {key(number): account(number, balance, unit, owner)}, [])


async def balances(store: Store, *numbers: int) -> list[int | None]:
    """What the store has of the accounts."""
    records = await store.read([key(number) for number in numbers])
    return [None if record is None else record.row[2] for record in records]


async def test_what_was_committed_is_read_in_the_order_asked(opened: Opened) -> None:
    """Records come back as they were written, with who wrote them; one that is not there is None."""
    store = await opened()
    assert await store.commit([put(7, 1, 100), put(8, 2, 200)]) == [COMMITTED, COMMITTED]
    two, none, one = await store.read([key(2), key(3), key(1)])
    assert none is None
    assert two == Versioned((2, "X", 200), 8)
    assert one == Versioned((1, "X", 100), 7)


async def test_nothing_asked_is_nothing_read(opened: Opened) -> None:
    """Empty batches are allowed."""
    store = await opened()
    assert list(await store.read([])) == []
    assert list(await store.commit([])) == []


async def test_unit_that_read_an_old_version_is_not_applied(opened: Opened) -> None:
    """A conflict names the key, and leaves nothing of the unit: no write, no ledger row."""
    store = await opened()
    await store.commit([put(1, 1, 100)])
    await store.commit([put(2, 1, 150, seen=1)])
    stale = Unit(3, {key(1): 1}, {key(2): account(2, 5, 3)}, [("ledger", (1, 2, 5, "stale"))])
    assert await store.commit([stale]) == [Conflict(key(1))]
    assert await balances(store, 1, 2) == [150, None]
    assert list(await store.select("SELECT count(*) FROM ledger", {}, 1)) == [(0,)]


@pytest.mark.parametrize("absent", [True, False])
async def test_absence_is_checked_too(opened: Opened, absent: bool) -> None:
    """A unit that saw no record falls if there is one now, and one that saw a record falls if it is gone."""
    store = await opened()
    await store.commit([put(1, 1, 100)])
    if absent:
        assert await store.commit([put(2, 1, 0, seen=ABSENT)]) == [Conflict(key(1))]
    else:
        assert await store.commit([Unit(2, {key(1): 1}, {key(1): None}, [])]) == [COMMITTED]
        assert await balances(store, 1) == [None]
        assert await store.commit([put(3, 1, 0, seen=1)]) == [Conflict(key(1))]
        assert await store.commit([put(4, 1, 9, seen=ABSENT)]) == [COMMITTED]


async def test_units_of_a_batch_build_on_each_other_in_order(opened: Opened) -> None:
    """A unit may have read what an earlier one of its batch writes; a fallen one takes its dependants along."""
    store = await opened()
    await store.commit([put(1, 1, 100), put(2, 2, 100)])
    verdicts = await store.commit(
        [
            put(3, 1, 110, seen=1),
            put(4, 1, 120, seen=3),
            put(5, 2, 999, seen=77),
            put(6, 2, 999, seen=5),
            put(7, 1, 130, seen=4),
        ]
    )
    assert verdicts == [COMMITTED, COMMITTED, Conflict(key(2)), Conflict(key(2)), COMMITTED]
    assert await balances(store, 1, 2) == [130, 100]
    (record,) = await store.read([key(1)])
    assert record is not None
    assert record.written_by == 7


async def test_one_rejected_unit_leaves_the_others_alone(opened: Opened) -> None:
    """A constraint refuses its own unit, with the table's words; units that do not need it are applied."""
    store = await opened()
    await store.commit([put(1, 1, 100), put(2, 2, 100)])
    verdicts = await store.commit([put(3, 1, 90, seen=1), put(4, 2, -1, seen=2), put(5, 2, -2, seen=4)])
    assert verdicts[0] == COMMITTED
    assert isinstance(verdicts[1], Rejected)
    assert "balance" in verdicts[1].text
    assert verdicts[2] == Conflict(key(2))
    assert await balances(store, 1, 2) == [90, 100]


@pytest.mark.parametrize("odd", [object(), 2**64, "\udc80"], ids=["object", "number", "half a character"])
async def test_value_no_column_takes_is_rejected_alone(opened: Opened, odd: object) -> None:
    """A value the database cannot take does not fail the batch it comes in."""
    store = await opened()
    bad = Unit(2, {}, {key(2): (2, odd, 0, 2)}, [])
    verdicts = await store.commit([put(1, 1, 100), bad])
    assert verdicts[0] == COMMITTED
    assert isinstance(verdicts[1], Rejected)
    assert await balances(store, 1, 2) == [100, None]
    assert await store.commit([put(3, 3, 1)]) == [COMMITTED]


async def test_ledger_rows_are_numbered_in_order(opened: Opened) -> None:
    """Appended rows follow one another as their units did."""
    store = await opened()
    await store.commit([Unit(n, {}, {}, [("ledger", (1, 2, n, f"r{n}"))]) for n in range(1, 151)])
    rows = await store.select("SELECT reference FROM ledger ORDER BY id", {}, 1000)
    assert [reference for (reference,) in rows] == [f"r{n}" for n in range(1, 151)]


async def test_browse_both_ways_from_a_start(opened: Opened) -> None:
    """From a key included, or from the end; equal values of another column in key order; no more than asked."""
    store = await opened()
    await store.commit([put(n, n, 0, owner="AB"[n % 2]) for n in range(1, 10)])

    async def numbers(by: str, start: Value | Row, backward: bool, rows_max: int = 100) -> list[int]:
        found = await store.browse("account", by=by, start=start, rows_max=rows_max, backward=backward)
        assert all(record.written_by == record.row[0] for record in found)
        return [record.row[0] for record in found]

    assert await numbers("number", None, backward=False, rows_max=3) == [1, 2, 3]
    assert await numbers("number", 4, backward=False, rows_max=2) == [4, 5]
    assert await numbers("number", 4, backward=True) == [4, 3, 2, 1]
    assert await numbers("number", None, backward=True, rows_max=2) == [9, 8]
    assert await numbers("owner", "B", backward=False) == [1, 3, 5, 7, 9]
    assert await numbers("owner", "A", backward=True) == [8, 6, 4, 2]
    assert await numbers("number", 100, backward=False) == []
    assert await numbers("owner", ("A", 6), backward=False, rows_max=3) == [6, 8, 1]
    assert await numbers("owner", ("B", 3), backward=True, rows_max=3) == [3, 1, 8]
    assert await numbers("owner", ("B", 4), backward=False) == [5, 7, 9]


async def test_select_gives_no_more_than_asked(opened: Opened) -> None:
    """A query's rows, named values filled in, at most so many."""
    store = await opened()
    await store.commit([put(n, n, n * 10) for n in range(1, 10)])
    sql = "SELECT number, balance FROM account WHERE balance > :least ORDER BY number"
    assert list(await store.select(sql, {"least": 50}, 2)) == [(6, 60), (7, 70)]


async def test_two_stores_on_the_same_records_lose_no_update(opened: Opened) -> None:
    """Two stores add to one record as fast as they can, each re-reading when it lost: all additions are there."""
    stores = [await opened(), await opened()]
    await stores[0].commit([put(1, 1, 0)])

    async def add(store: Store, place: int) -> None:
        for n in range(20):
            unit = (place + 1) * 1000 + n * 50
            while True:
                (record,) = await store.read([key(1)])
                assert record is not None
                unit += 1
                (verdict,) = await store.commit([put(unit, 1, record.row[2] + 1, seen=record.written_by)])
                if verdict == COMMITTED:
                    break

    await asyncio.gather(*(add(store, place) for place, store in enumerate(stores)))
    assert await balances(stores[0], 1) == await balances(stores[1], 1) == [40]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = texts.filter(lambda text: "\0" not in text)


@given(
    hall=words,
    number=st.integers(-(2**63), 2**63 - 1),
    guest=st.none() | texts,
    degrees=st.floats(allow_nan=False),
)
def test_every_value_comes_back_as_it_was(hall: str, number: int, guest: str | None, degrees: float) -> None:
    """Any text, number or nothing that a record may hold is read back the same, also as part of a key."""

    async def main() -> None:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
            store = await over(*[InlineConnection(database)] * 3)
            seat, reading = Key("seat", (hall, number)), Key("reading", hall)
            await store.commit(
                [Unit(1, {}, {seat: (hall, number, guest, "9.50", 1), reading: (hall, degrees, 1)}, [])]
            )
            found, measured = await store.read([seat, reading])
            assert found == Versioned((hall, number, guest, "9.50"), 1)
            assert measured == Versioned((hall, degrees), 1)
            unit = Unit(2, {seat: 1, reading: 1}, {seat: None, reading: None}, [])
            assert await store.commit([unit]) == [COMMITTED]
            assert await store.read([seat, reading]) == [None, None]

    if math.isfinite(degrees):
        asyncio.run(main())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=12))
def test_judgement_is_that_of_a_serial_run(steps: list[tuple[int, int, bool]]) -> None:
    """A batch is judged as if its units had come one by one."""
    units = [
        Unit(100 + place, {key(number): seen}, {key(number): None if gone else (0,)}, [])
        for place, (number, seen, gone) in enumerate(steps)
    ]
    serial: dict[Key, int | None] = {key(number): number for number in range(4)}
    expected = [verdict for unit in units for verdict in judge([unit], serial)]
    at_once: dict[Key, int | None] = {key(number): number for number in range(4)}
    assert judge(units, at_once) == expected
    assert at_once == serial


async def test_store_on_a_full_disk_says_so(tmp_path: Path) -> None:
    """Nothing is applied, and the same commit goes through once there is room."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        await store.commit([put(1, 1, 100)])
        small = await connect(tmp_path / "store.db", read_only=False, busy_s_max=1.0, cache_kib=256)
        await small.run(lambda database: database.execute("PRAGMA max_page_count = 1"))
        full = SqliteStore(small, small, small, (*MONITOR_TABLES, *TABLES))
        large = Unit(2, {}, {key(place): account(place, 0, 2, "X" * 4000) for place in range(2, 6)}, [])
        with pytest.raises(StoreFull) as raised:
            await full.commit([large])
        assert len(str(raised.value)) <= STATUS_CHARS_MAX
        assert await balances(full, 1) == [100]
        await small.run(lambda database: database.execute("PRAGMA max_page_count = 100000"))
        assert await full.commit([large]) == [COMMITTED]
        await full.close()


async def test_store_held_by_another_process_is_busy(tmp_path: Path) -> None:
    """Who waits longer than its limit for the file is told that it is busy, and may try again."""
    async with threaded(tmp_path / "store.db") as open_one:
        await (await open_one()).commit([put(1, 1, 100)])
        short = await connect(tmp_path / "store.db", read_only=False, busy_s_max=0.05, cache_kib=256)
        store = SqliteStore(short, short, short, (*MONITOR_TABLES, *TABLES))
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy) as raised:
                await store.commit([put(2, 1, 50, seen=1)])
            assert len(str(raised.value)) <= STATUS_CHARS_MAX
            assert await balances(store, 1) == [100]
            other.execute("ROLLBACK")
            assert await store.commit([put(2, 1, 50, seen=1)]) == [COMMITTED]
        await store.close()


async def test_query_that_is_wrong_is_the_programs_fault(opened: Opened) -> None:
    """SQL that cannot run, or would write, is an error of that task alone; the store goes on."""
    store = await opened()
    for sql in ("SELECT nothing FROM account", "SELECT :missing"):
        with pytest.raises(MonitorError) as raised:
            await store.select(sql, {}, 1)
        assert getattr(raised.value, "abend_code", "") == "ESQL"
    assert await store.commit([put(1, 1, 1)]) == [COMMITTED]


async def test_query_cannot_write(tmp_path: Path) -> None:
    """The connections that read are read-only."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        await store.commit([put(1, 1, 100)])
        with pytest.raises(MonitorError):
            await store.select("DELETE FROM account", {}, 1)
        assert await balances(store, 1) == [100]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP TABLE account AS SELECT 1 AS number, 'X' AS owner, 7 AS balance, 1 AS written_by",
        "BEGIN",
        "SAVEPOINT here",
        "ATTACH ':memory:' AS other",
        "PRAGMA cache_size = 1",
    ],
)
async def test_query_changes_nothing_for_the_next_one(tmp_path: Path, sql: str) -> None:
    """All queries share a connection: none may make a table, begin a transaction, or set anything in it."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        await store.commit([put(1, 1, 100)])
        with pytest.raises(QueryFailed, match="not authorized"):
            await store.select(sql, {}, 1)
        await store.commit([put(2, 1, 200, seen=1)])
        assert await store.select("SELECT balance FROM account", {}, 9) == [(200,)]
        assert await store.select("SELECT value FROM json_each('[5]')", {}, 9) == [(5,)]


FULL_TEXT = """
CREATE VIRTUAL TABLE words USING fts5(text);
INSERT INTO words VALUES ('a short story'), ('a long one');
"""


async def test_a_query_may_look_wherever_there_is_something_to_read(tmp_path: Path) -> None:
    """In a full-text table, which SQLite reads in its own ways, and in what it tells of tables."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        with closing(sqlite3.connect(tmp_path / "store.db")) as database:
            database.executescript(FULL_TEXT)
        found = await store.select("SELECT text FROM words WHERE words MATCH :word", {"word": "short"}, 9)
        assert found == [("a short story",)]
        assert await store.select("SELECT count(*) FROM pragma_table_info('account')", {}, 9) == [(4,)]


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


async def test_a_query_given_up_holds_up_nobody(tmp_path: Path) -> None:
    """Cancelled while it runs, or before it began, it makes way; those behind it get their answers."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        await store.commit([put(1, 1, 100)])
        running, waiting = (asyncio.ensure_future(store.select(ENDLESS, {}, 1)) for _ in range(2))
        behind = asyncio.ensure_future(store.select("SELECT balance FROM account", {}, 1))
        await asyncio.sleep(0.1)
        assert not running.done()
        running.cancel()
        waiting.cancel()
        async with asyncio.timeout(10):
            assert await behind == [(100,)]
            assert (
                len(await store.browse("account", by="number", start=None, rows_max=5, backward=False)) == 1
            )
        assert running.cancelled()
        assert waiting.cancelled()


async def test_constraints_see_the_row_of_every_unit_of_a_batch(opened: Opened) -> None:
    """A row that breaks a CHECK is rejected, though a later unit of the batch would put it right again."""
    store = await opened()
    await store.commit([put(1, 1, 5)])
    bad, built_on_it = put(2, 1, -5, seen=1), put(3, 1, 95, seen=2)
    verdicts = await store.commit([bad, built_on_it])
    assert isinstance(verdicts[0], Rejected)
    assert verdicts[1] == Conflict(key(1))
    assert await balances(store, 1) == [5]


async def test_closed_store_is_a_broken_store(tmp_path: Path) -> None:
    """What was closed says so with the store's own error, not with the library's."""
    async with threaded(tmp_path / "store.db") as open_one:
        store = await open_one()
        await store.close()
        with pytest.raises(StoreBroken, match="closed"):
            await store.commit([put(1, 1, 5)])
        with pytest.raises(StoreBroken, match="closed"):
            await store.read([key(1)])

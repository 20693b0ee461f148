"""A row or a record that SQLite will not take, or give back, harms only the step it belongs to."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.errors import RecordUnreadable
from monitor.exchange import Outbound, Reason, Refused
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.store import ABSENT, COMMITTED, Conflict, Key, Rejected, Table, Unit
from monitor.store.declared import check_tables
from monitor.store.sqlite import SqliteStore
from monitor.unit_of_work import Overlay, UnitOfWork
from tests.monitor.bed import Disk, InlineConnection, Terminal, dumps, region_on
from tests.monitor.records import Account
from tests.monitor.stores import Opened


def account(number: int, unit: int, owner: str) -> Unit:
    """A unit that adds an account."""
    key = Key("account", number)
    return Unit(unit, {key: ABSENT}, {key: (number, owner, 5, unit)}, [])


async def test_an_expression_of_the_table_refuses_its_row_alone(opened: Opened, tmp_path: Path) -> None:
    """An index on JSON makes an error of what is none; the others of the batch, and later ones, are stored."""
    store = await opened()
    with closing(sqlite3.connect(tmp_path / "store.db")) as database:
        database.execute("CREATE INDEX account_name ON account (json_extract(owner, '$.name'))")
    verdicts = await store.commit([account(1, 1, "{}"), account(2, 2, "not json"), account(3, 3, "{}")])
    assert verdicts[0] == verdicts[2] == COMMITTED
    assert isinstance(verdicts[1], Rejected)
    assert "malformed JSON" in verdicts[1].text
    assert await store.commit([account(4, 4, "{}")]) == [COMMITTED]


@pytest.mark.parametrize(
    "bad",
    ["owner = x'00ff'", "owner = CAST(x'ff' AS TEXT)", "balance = 9e999"],
    ids=["bytes", "no UTF-8", "an infinity"],
)
async def test_a_record_that_cannot_be_read_is_told_as_such(opened: Opened, tmp_path: Path, bad: str) -> None:
    """SQL has left it; the store goes on."""
    store = await opened()
    assert await store.commit([account(1, 1, "A"), account(2, 2, "B")]) == [COMMITTED] * 2
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute(f"UPDATE account SET {bad} WHERE number = 1")
    with pytest.raises(
        RecordUnreadable, match=r"a record of table account cannot be read .*; correct it with SQL"
    ):
        await store.read([Key("account", 1), Key("account", 2)])
    (found,) = await store.read([Key("account", 2)])
    assert found is not None
    assert found.row == (2, "B", 5)


DAMAGE = ["'who'", "1.5", "9e999", "x'ff'", "CAST(x'ff' AS TEXT)"]


@pytest.mark.parametrize("bad", DAMAGE)
async def test_a_record_whose_writer_is_damaged_refuses_its_unit_alone(
    opened: Opened, tmp_path: Path, bad: str
) -> None:
    """It is not what was read: that step runs again, and is told when it reads it."""
    store = await opened()
    assert await store.commit([account(1, 1, "A"), account(2, 2, "B")]) == [COMMITTED] * 2
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute(f"UPDATE account SET written_by = {bad} WHERE number = 1")
    one, two = Key("account", 1), Key("account", 2)
    units = [Unit(3, {one: 1}, {one: (1, "A", 6, 3)}, []), Unit(4, {two: 2}, {two: (2, "B", 6, 4)}, [])]
    assert [Conflict(one), COMMITTED] == await store.commit(units)
    with pytest.raises(RecordUnreadable, match="a record of table account cannot be read"):
        await store.read([one])
    (found,) = await store.read([two])
    assert found is not None
    assert found.written_by == 4


@pytest.mark.parametrize("bad", ["'who'", "1.5", "9e999", "x'ff'"])
async def test_a_browse_over_a_damaged_writer_is_told_of_it(opened: Opened, tmp_path: Path, bad: str) -> None:
    """What is browsed may be rewritten."""
    store = await opened()
    assert await store.commit([account(1, 1, "A")]) == [COMMITTED]
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute(f"UPDATE account SET written_by = {bad}")
    with pytest.raises(RecordUnreadable, match=r"cannot be read .*its written_by is"):
        await store.browse("account", by="number", start=None, rows_max=9, backward=False)


@pytest.mark.parametrize("bad", ["owner = x'ff'", "balance = 9e999"])
async def test_who_reads_it_abends_and_nobody_else(disk: Disk, bad: str) -> None:
    """Reads that go out together are told apart again."""

    @transaction("READ")
    async def read(task: Task[NoArea]) -> Outcome:
        found = await task.files[Account].read(int(task.terminal[1:]))
        return Finish(Send("NOTE", {"text": found.owner if found else ""}))

    async with region_on(disk, read) as region:
        disk.accounts({1: 0, 2: 0, 3: 0})
        disk.ask(f"UPDATE account SET {bad} WHERE number = 2")
        terminals = [Terminal(region, f"T00{number}") for number in (1, 2, 3)]
        for terminal in terminals:
            await terminal.attach()
        one, two, three = await asyncio.gather(*(terminal.press(text="READ") for terminal in terminals))
        assert (one.values, three.values) == ({"text": "OWNER 1"}, {"text": "OWNER 3"})
        assert "READ abend EREC" in two.message
    assert "a record of table account cannot be read" in dumps(disk)[0][2]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("terminal SET epoch = 9e999 WHERE id = 'T002'", "record of table terminal_state cannot"),
        ("terminal SET epoch = 'one' WHERE id = 'T002'", "state of terminal T002 cannot .* `str` - at epoch"),
        (
            "terminal SET written_by = 'me' WHERE id = 'T002'",
            "terminal_state cannot .*its written_by is 'me'",
        ),
        ("conversation SET written_by = 'me' WHERE terminal = 'T002'", "T002 cannot .* `str` - at step"),
        ("step SET sequence = 'two' WHERE terminal = 'T002'", "T002 cannot .* `str` - at sequence"),
    ],
)
async def test_a_terminal_whose_own_row_is_bad_is_refused_alone(disk: Disk, bad: str, told: str) -> None:
    """The states of all terminals are asked for together; the others run."""

    @transaction("EASY")
    async def easy(task: Task[NoArea]) -> Outcome:
        return Finish(Send("NOTE", {"text": "easy"}))

    async with region_on(disk, easy) as region:
        terminals = [Terminal(region, f"T00{number}") for number in (1, 2, 3)]
        for terminal in terminals:
            await terminal.attach()
            await terminal.press(text="EASY")
        disk.ask(f"UPDATE {bad}")
        one, two, three = await asyncio.gather(*(each.send(each.input(text="EASY")) for each in terminals))
        for refused in (two, await region.attach("T002")):
            assert isinstance(refused, Refused)
            assert refused.reason is Reason.BROKEN
            assert re.search(f"{told}.*correct it with SQL", refused.text)
        assert [type(answer) for answer in (one, three)] == [Outbound, Outbound]


async def test_a_table_may_be_wider_than_a_function_of_sqlite_has_arguments() -> None:
    """Records of 200 columns are written and read."""
    columns = tuple(f"c{number}" for number in range(200))
    wide = Table("wide", ("c0",), columns)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        others = ", ".join(f"{column} INTEGER" for column in columns[1:])
        database.execute(f"CREATE TABLE wide (c0 INTEGER PRIMARY KEY, {others}, written_by INTEGER NOT NULL)")
        connection = InlineConnection(database)
        store = SqliteStore(connection, connection, connection, check_tables(database, (wide,)))
        key = Key("wide", 0)
        assert await store.commit([Unit(9, {key: ABSENT}, {key: (*range(200), 9)}, [])]) == [COMMITTED]
        (found,) = await store.read([key])
        assert found is not None
        assert (found.row, found.written_by) == (tuple(range(200)), 9)


OTHERS = """
CREATE TABLE stock (
    code TEXT PRIMARY KEY, place TEXT UNIQUE, count INTEGER NOT NULL, written_by INTEGER NOT NULL,
    colour TEXT NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER no_new_stock BEFORE INSERT ON stock BEGIN SELECT RAISE(ABORT, 'stock comes by lorry'); END;
"""
STOCK = Table("stock", ("code",), ("code", "place", "count"), text_key=("code",))


@pytest.mark.parametrize("together", [True, False])
async def test_a_record_that_is_there_is_updated_not_inserted(together: bool) -> None:
    """A table with a column the record type lacks, and a trigger on INSERT, has its rows rewritten all the same."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        rows = "INSERT INTO stock VALUES ('A', 'x', 1, 7, 'red'), ('B', 'y', 1, 7, 'blue')"
        database.executescript(OTHERS.replace("CREATE TRIGGER", f"{rows};\nCREATE TRIGGER"))
        tables = check_tables(database, (STOCK,))
        assert not tables[0].whole
        connection = InlineConnection(database)
        store = SqliteStore(connection, connection, connection, tables)
        one, two, three = Key("stock", "A"), Key("stock", "B"), Key("stock", "C")
        good = Unit(
            8, {one: 7, two: 7}, {one: ("A", "x", 2, 8), two: ("B", "z", 1, 8)}, [], {one: (2,), two: (1,)}
        )
        units = [good] if together else [good, Unit(9, {three: ABSENT}, {three: ("C", "c", 1, 9)}, [])]
        verdicts = await store.commit(units)
        assert verdicts[0] == COMMITTED
        assert together or verdicts[1] == Rejected("stock comes by lorry")
        found = database.execute("SELECT * FROM stock").fetchall()
        assert found == [("A", "x", 2, 8, "red"), ("B", "z", 1, 8, "blue")]


async def test_a_step_may_use_again_what_it_has_made_free(opened: Opened) -> None:
    """Its writes are made in its own order if they cannot be made all at once."""
    store = await opened()
    first, second = Key("seat", ("A", 1)), Key("seat", ("A", 2))
    taken = Unit(1, {first: ABSENT}, {first: ("A", 1, "ANN", "1", 1)}, [])
    assert await store.commit([taken]) == [COMMITTED]
    moved = Unit(2, {first: 1, second: ABSENT}, {first: None, second: ("A", 2, "ANN", "1", 2)}, [])
    assert await store.commit([moved]) == [COMMITTED]
    assert [record and record.row for record in await store.read([first, second])] == [
        None,
        ("A", 2, "ANN", "1"),
    ]


async def test_a_change_may_use_what_was_made_free_after_an_earlier_one(opened: Opened) -> None:
    """A record that is changed twice stands where it was changed last."""
    store = await opened()
    first, second = Key("seat", ("A", 1)), Key("seat", ("A", 2))
    rows = {first: ("A", 1, "ANN", "1", 1), second: ("A", 2, "BOB", "1", 1)}
    assert await store.commit([Unit(1, {first: ABSENT, second: ABSENT}, {**rows}, [])]) == [COMMITTED]
    work = UnitOfWork(lambda: 2, {}, Loader(store), Overlay(), UpdateLocks(), Limits())
    await work.read_many([first, second])
    work.write(first, ("A", 1, "ANN", "2"))
    work.write(second, None)
    work.write(first, ("A", 1, "BOB", "2"))
    assert await store.commit([work.seal({}, ("ledger", (1, 2, 3, "moved")))]) == [COMMITTED]
    assert [record and record.row for record in await store.read([first, second])] == [
        ("A", 1, "BOB", "2"),
        None,
    ]


PRICES = """
CREATE TABLE price (
    code TEXT PRIMARY KEY, price INTEGER NOT NULL, stock INTEGER NOT NULL, written_by INTEGER NOT NULL
);
CREATE TABLE past (code TEXT, price INTEGER);
CREATE TRIGGER past_price AFTER UPDATE OF price ON price BEGIN INSERT INTO past VALUES (old.code, old.price); END;
INSERT INTO price VALUES ('A', 10, 1, 7), ('B', 20, 1, 7);
"""
PRICE = Table("price", ("code",), ("code", "price", "stock"), text_key=("code",))


async def test_a_trigger_on_a_column_fires_for_the_rows_that_change_it() -> None:
    """And not for another row that is written in the same batch."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(PRICES)
        connection = InlineConnection(database)
        store = SqliteStore(connection, connection, connection, check_tables(database, (PRICE,)))
        one, two = Key("price", "A"), Key("price", "B")
        dearer = Unit(8, {one: 7}, {one: ("A", 11, 1, 8)}, [], {one: (1,)})
        fewer = Unit(9, {two: 7}, {two: ("B", 20, 0, 9)}, [], {two: (2,)})
        assert await store.commit([dearer, fewer]) == [COMMITTED] * 2
        assert database.execute("SELECT * FROM past").fetchall() == [("A", 10)]
        assert database.execute("SELECT * FROM price").fetchall() == [("A", 11, 1, 8), ("B", 20, 0, 9)]


async def test_a_history_that_takes_no_step_is_a_broken_store(disk: Disk) -> None:
    """Not even the abend can be stored then: the operator is told so at once, and what to do."""

    @transaction("EASY")
    async def easy(task: Task[NoArea]) -> Outcome:
        return Finish(Send("NOTE", {"text": "easy"}))

    async with region_on(disk, easy) as region:
        terminal = Terminal(region)
        await terminal.attach()
        disk.ask("CREATE TRIGGER no_step BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'no more'); END")
        refused = await terminal.send(terminal.input(text="EASY"))
        assert isinstance(refused, Refused)
        assert (refused.reason, "the store failed (no more); run" in refused.text) == (Reason.BROKEN, True)
        disk.ask("DROP TRIGGER no_step")
        assert (await terminal.press(text="EASY")).values == {"text": "easy"}


async def test_a_trigger_may_refuse_without_a_word(disk: Disk) -> None:
    """It is a constraint all the same: the program runs once, and abends."""
    runs = []

    @transaction("NEW")
    async def new(task: Task[NoArea]) -> Outcome:
        runs.append(task.restart_count)
        await task.files[Account].write(Account(1, "ANN", 5))
        return Finish(Send("NOTE", {"text": "made"}))

    async with region_on(disk, new) as region:
        terminal = Terminal(region)
        await terminal.attach()
        disk.ask("CREATE TRIGGER mute BEFORE INSERT ON account BEGIN SELECT RAISE(ABORT, ''); END")
        assert "NEW abend ECON" in (await terminal.press(text="NEW")).message
        assert runs == [0]


async def test_a_store_that_takes_no_terminal_is_broken(disk: Disk) -> None:
    """Whoever attaches is told at once, and why: it is no contention."""
    async with region_on(disk) as region:
        disk.ask(
            "CREATE TRIGGER no_terminal BEFORE INSERT ON terminal BEGIN SELECT RAISE(ABORT, 'shut'); END"
        )
        refused = await region.attach("T001")
        assert isinstance(refused, Refused)
        assert (refused.reason, "the store failed (shut); run" in refused.text) == (Reason.BROKEN, True)
        assert region.committer.units == 1

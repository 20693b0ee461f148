"""The records that today's programs wrote, beside the stored ones."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from monitor import Abend, Aid, Converse, Outcome, Task, transaction
from monitor.records import changed
from monitor.settings import Settings
from monitor.startup import open_region
from monitor.store import Table
from screens.replay.commands.against import run_again
from screens.replay.records import Records, Unlike
from tests.monitor.test_doctor import only_read
from tests.replay.programs import RPLY01, Count
from tests.replay.test_recording import PROGRAMS, work
from transactions.bank.records import Account

NOTE = Table("note", ("id",), ("id", "count"))
SAID = Table("said", ("number",), ("text", "amount"), append=True)
BEGINNING = """
CREATE TABLE step (unit INTEGER PRIMARY KEY, terminal TEXT, sequence INTEGER);
CREATE TABLE note (id INTEGER PRIMARY KEY, count INTEGER, written_by INTEGER NOT NULL);
CREATE TABLE said (number INTEGER PRIMARY KEY, text TEXT, amount INTEGER);
INSERT INTO note VALUES (1, 10, 1), (2, 20, 1), (3, 30, -2);
INSERT INTO said (text, amount) VALUES ('seed', 1);
"""
UNITS = (101, 102, 103)
"""Of the steps that are stored, all of one terminal."""
Unlikely = Callable[..., Unlike]


@pytest.fixture
def unlike(tmp_path: Path) -> Unlikely:
    """How the records differ that SQL left: what was stored, and what the run made of the same beginning."""

    def found(
        stored: str, today: str, skipped: Sequence[int] = (), volatile: Sequence[str] = (), steps: str = ""
    ) -> Unlike:
        file = tmp_path / "stored.db"
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as database:
            database.executescript(BEGINNING)
            rows = [(unit, "T001", sequence) for sequence, unit in enumerate(UNITS, 1)]
            database.executemany("INSERT INTO step VALUES (?, ?, ?)", rows)
            database.executescript(f"{stored};{steps}")
        with closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as database:
            database.executescript(BEGINNING)
            records = Records(database, (NOTE, SAID), database.serialize(), volatile)
            database.executescript(today)
            for unit in UNITS:
                records.note(unit, ran=unit not in skipped)
            return records.unlike(file)

    return found


WRITTEN = "INSERT INTO note VALUES (5, 1, 101)"
SQL_OF_OTHERS = "UPDATE note SET count = 0, written_by = -77 WHERE id = 2"


@pytest.mark.parametrize(
    ("stored", "today", "unit", "told"),
    [
        (WRITTEN, "INSERT INTO note VALUES (5, 999, 101)", 101, "record note 5: count 999 instead of 1"),
        (WRITTEN, "", 101, "record note 5: not there today"),
        ("", WRITTEN, 101, "record note 5: not stored"),
        (f"{WRITTEN}; DELETE FROM note WHERE id = 5", WRITTEN, 101, "record note 5: not stored"),
        ("UPDATE note SET count = 11, written_by = 102 WHERE id = 1", "", 102, "count 10 instead of 11"),
        ("", "UPDATE note SET count = 11, written_by = 102 WHERE id = 1", 102, "count 11 instead of 10"),
        ("", "UPDATE note SET written_by = 102 WHERE id = 1", 102, "record note 1: written, and was not"),
        ("UPDATE note SET written_by = 102 WHERE id = 1", "", 102, "record note 1: not written"),
    ],
    ids=["changed", "missing", "extra", "not deleted", "seed then", "seed today", "same now", "same then"],
)
def test_a_record_that_differs_is_told_of_its_step(
    unlike: Unlikely, stored: str, today: str, unit: int, told: str
) -> None:
    """That which wrote it, with the columns that differ."""
    found = unlike(stored, today)
    assert [unit] == list(found.by_unit)
    assert told in found.of_unit(unit)
    assert ([], []) == (found.others, found.unknown)


@pytest.mark.parametrize(
    ("then", "now", "unit"),
    [
        ((1, 102), (1, 103), 103),
        ((1, 103), (1, 102), 103),
        ((7, 103), (9, 103), 103),
        ((7, 102), (9, 103), 103),
    ],
)
def test_of_several_that_write_a_record_the_last_is_told(
    unlike: Unlikely, then: tuple[int, int], now: tuple[int, int], unit: int
) -> None:
    """The later one of those who wrote it last, then and today."""
    found = unlike(
        f"INSERT INTO note VALUES (5, {then[0]}, {then[1]})",
        f"INSERT INTO note VALUES (5, {now[0]}, {now[1]})",
    )
    assert [unit] == list(found.by_unit)


def test_a_record_that_only_today_is_deleted_is_told(unlike: Unlikely) -> None:
    """Of no step, for it bears the name of none."""
    found = unlike("", "DELETE FROM note WHERE id = 2")
    assert ({}, ["record note 2: deleted today"]) == (found.by_unit, found.others)


@pytest.mark.parametrize(
    ("stored", "today", "skipped"),
    [
        (WRITTEN, WRITTEN, ()),
        (f"DELETE FROM note WHERE id = 1; {SQL_OF_OTHERS}", "", ()),
        (SQL_OF_OTHERS, "UPDATE note SET written_by = 101 WHERE id = 2", ()),
        ("INSERT INTO note VALUES (6, 0, -5), (7, 0, 55)", "", ()),
        (WRITTEN, "", (101,)),
        ("DELETE FROM said; ALTER TABLE note DROP COLUMN count", "", ()),
        ("DROP TABLE note; DROP TABLE said", WRITTEN, ()),
    ],
    ids=["same", "SQL", "SQL after it", "not run", "skipped", "old schema", "older schema"],
)  # fmt: skip
def test_what_no_step_that_was_run_wrote_is_left_alone(
    unlike: Unlikely, stored: str, today: str, skipped: tuple[int, ...]
) -> None:
    """First data, SQL of others', and steps that are gone or could not be run."""
    assert Unlike() == unlike(stored, today, skipped)


def test_a_volatile_column_is_not_compared(unlike: Unlikely) -> None:
    """By its name, or with that of its table."""
    for volatile in ("count", "note.count"):
        assert {} == unlike(WRITTEN, "INSERT INTO note VALUES (5, 999, 101)", volatile=[volatile]).by_unit


APPENDED = "INSERT INTO said (text, amount) VALUES ('paid', 5)"


def test_a_ledger_is_compared_as_a_whole(unlike: Unlikely) -> None:
    """However its rows are numbered; a row that is there once too often is one as well."""
    assert Unlike() == unlike(
        f"INSERT INTO said VALUES (77, 'x', NULL); {APPENDED}",
        f"{APPENDED}; INSERT INTO said (text) VALUES ('x')",
    )
    found = unlike(
        f"{APPENDED};{APPENDED}", "INSERT INTO said (text, amount) VALUES ('seed', 1), ('paid', 5)"
    )
    assert [
        'ledger said: text "paid"; amount 5 was appended, and is not today',
        'ledger said: text "seed"; amount 1 is appended today, and was not',
    ] == sorted(found.others)


@pytest.mark.parametrize(
    ("skipped", "steps"),
    [((102,), ""), ((), "DELETE FROM step WHERE unit = 101; INSERT INTO step VALUES (104, 'T002', 2)")],
    ids=["skipped", "pruned"],
)
def test_a_row_that_a_step_may_have_appended_that_was_not_run_is_counted(
    unlike: Unlikely, skipped: tuple[int, ...], steps: str
) -> None:
    """It is no difference."""
    found = unlike(f"{APPENDED};{APPENDED}", "", skipped, steps=steps)
    assert ([], 1) == (found.others, len(found.unknown))
    assert found.unknown[0].startswith("2 rows of ledger said not appended again")


def test_rows_that_others_may_have_deleted_meanwhile_are_counted(unlike: Unlikely) -> None:
    """A store that is worked on has steps that came after the last one that was run."""
    found = unlike("", WRITTEN, steps="INSERT INTO step VALUES (104, 'T001', 4)")
    assert ({}, ["1 records of note not stored any more: others work on it"]) == (
        found.by_unit,
        found.unknown,
    )


def test_of_many_a_few_are_told(unlike: Unlikely) -> None:
    """The others are counted."""
    rows = ", ".join(f"({number}, {{}}, 101)" for number in range(10, 17))
    found = unlike(
        f"INSERT INTO note VALUES {rows.format(*'1234567')}",
        f"INSERT INTO note VALUES {rows.format(*'2345678')}",
    )
    assert found.of_unit(101).endswith("record note 13: count 5 instead of 4, and 3 more records")


BALANCE, RINGS = 1, False


@transaction("WRIT", area=Count)
async def writes(task: Task[Count]) -> Outcome:
    """Writes an account on PF6, and does not show it; rings."""
    if task.aid is Aid.PF6:
        account = await task.files[Account].read("10020011", update=True)
        if account is None:
            raise Abend("NONE")
        await task.files[Account].rewrite(changed(account, balance=BALANCE))
    return Converse(RPLY01.show(alarm=RINGS), area=Count())


@pytest.fixture
def written(tmp_path: Path) -> Settings:
    """A store in which an account was written."""
    settings = Settings(
        store=str(tmp_path / "written.db"),
        programs=(__name__, *PROGRAMS),
        good_morning_transid="WRIT",
    )

    async def run() -> None:
        async with open_region(settings) as region:
            await work(region, None, "T001", ("enter", "pf6"))
            await work(region, None, "T002", ("enter",))

    asyncio.run(run())
    return settings


def test_a_program_that_writes_something_else_is_told(
    written: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the line of its step, although its screen is the same; the store is as it was."""
    assert not asyncio.run(run_again(written)).different
    monkeypatch.setattr(sys.modules[__name__], "BALANCE", 999)
    outcome = asyncio.run(run_again(written))
    (verdict,) = outcome.different
    assert (3, "record account 10020011: balance 999 instead of 1") == (verdict.step.number, verdict.unlike)
    assert (outcome.steps, outcome.same) == (5, 4)
    told = asyncio.run(run_again(written, only=verdict.step.conversation))
    assert [verdict.unlike] == [one.unlike for one in told.different]


def test_of_one_conversation_only_its_own_records_are_told(
    written: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are run for what they leave."""
    monkeypatch.setattr(sys.modules[__name__], "BALANCE", 999)
    with closing(sqlite3.connect(written.store)) as database:
        (other,) = database.execute("SELECT id FROM conversation WHERE terminal = 'T002'").fetchone()
    outcome = asyncio.run(run_again(written, only=other))
    assert (outcome.steps, outcome.same, outcome.different) == (2, 2, [])


def test_records_are_compared_in_a_folder_that_cannot_be_written(written: Settings) -> None:
    """As the history is."""
    asyncio.run(run_again(written))  # all is imported
    with TemporaryDirectory() as folder:
        store = Path(shutil.copy(written.store, folder))
        store.chmod(0o444)
        with only_read(store.parent):
            outcome = asyncio.run(run_again(msgspec.structs.replace(written, store=str(store))))
    assert (5, []) == (outcome.same, outcome.different)


def test_an_alarm_is_compared(written: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be seen, and is heard; what a step wrote is not told a second time."""
    monkeypatch.setattr(sys.modules[__name__], "RINGS", True)
    monkeypatch.setattr(sys.modules[__name__], "BALANCE", 999)
    outcome = asyncio.run(run_again(written))
    assert ["alarm on instead of off"] * 5 == [verdict.unlike for verdict in outcome.different]

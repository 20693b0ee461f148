"""What is stored, run again on today's programs."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from monitor import Abend, Aid, Converse, Outcome, Task, transaction
from monitor.records import changed
from monitor.settings import Settings
from monitor.startup import open_region
from monitor.units import UnitIds
from screens.replay import rerunning
from screens.replay.commands.against import run_again
from screens.replay.loading import Load, Plan
from screens.replay.reading import load_scenario
from screens.replay.rerunning import order_of
from tests.replay.programs import RPLY01, Count
from tests.replay.test_recording import PROGRAMS, SESSION, entracte, store_with, work
from transactions.bank.records import Account

SCENARIOS = Path(__file__).parents[2] / "transactions" / "bank" / "scenarios"


def bank_store(folder: Path, sessions: int = 3) -> Settings:
    """A store in which several terminals posted transfers at once."""
    settings = Settings(store=str(folder / "bank.db"), good_morning_transid="XFER")
    scenario = load_scenario(SCENARIOS / "transfer.replay.toml")

    async def run() -> None:
        async with open_region(settings) as region:
            work = Load(scenario, region, Plan(sessions=sessions, ramp_s=0, seconds=0.05))
            await work.run()
            assert work.figures.failed == 0

    asyncio.run(run())
    return settings


def test_programs_that_did_not_change_answer_the_same(tmp_path: Path) -> None:
    """Balances included, since the transfers are made again."""
    outcome = asyncio.run(run_again(bank_store(tmp_path)))
    assert outcome.same == outcome.steps >= 12
    assert not outcome.different and not outcome.skipped


def test_a_program_that_changed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that would answer differently, with both screens."""
    settings = bank_store(tmp_path, sessions=1)
    monkeypatch.setattr(sys.modules["transactions.bank.transfer"], "money", lambda minor: Decimal(minor))
    outcome = asyncio.run(run_again(settings))
    assert outcome.different
    assert {verdict.step.transid for verdict in outcome.different} == {"XFER"}
    told = entracte(settings, "against", "--shown", "1")
    assert told.exit_code == 1
    assert "XFER at " in told.output and "stored" in told.output and "^" in told.output


def test_a_map_that_changed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stored screens are still drawn by the layouts that were stored with them."""
    settings = store_with(tmp_path, *SESSION)
    before = RPLY01.layout
    fields = [
        msgspec.structs.replace(field, text=field.text.replace("S I G N", "L O G "))
        for field in before.fields
    ]
    monkeypatch.setattr(RPLY01, "layout", msgspec.structs.replace(before, fields=tuple(fields)))
    outcome = asyncio.run(run_again(settings))
    assert {verdict.unlike for verdict in outcome.different} == {"screen"}
    assert sum(outcome.skipped.values()) == 1  # the one with the password


def test_what_cannot_be_run_is_counted(tmp_path: Path) -> None:
    """A secret is not stored, so its step is left out; the ones after it run on the stored state."""
    outcome = asyncio.run(run_again(store_with(tmp_path, *SESSION)))
    assert dict(outcome.skipped) == {"what was typed is not displayed, so it is not stored": 1}
    assert (outcome.same, outcome.different) == (5, [])


def test_a_copy_gives_the_records_to_begin_with(tmp_path: Path) -> None:
    """Only what came after it is run."""
    settings = bank_store(tmp_path)
    copy = tmp_path / "copy.db"
    shutil.copy(settings.store, copy)
    before = asyncio.run(run_again(settings)).steps
    bank_store(tmp_path)
    outcome = asyncio.run(run_again(settings, copy))
    whole = asyncio.run(run_again(settings))
    assert outcome.steps == whole.steps - before > 0
    assert not outcome.different


def test_the_history_may_be_longer_than_what_is_kept_in_memory(tmp_path: Path) -> None:
    """Of each conversation one step is kept while the history is run."""
    settings = bank_store(tmp_path)
    kept: list[int] = []
    run = rerunning.Rerun.run

    async def counted(self: rerunning.Rerun, *given: object) -> rerunning.Verdict:
        verdict = await run(self, *given)  # type: ignore[arg-type]
        kept.append(
            self._database.execute(
                "SELECT max(n) FROM (SELECT count(*) n FROM step GROUP BY conversation)"
            ).fetchone()[0]
        )
        return verdict

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rerunning.Rerun, "run", counted)
        asyncio.run(run_again(settings))
    assert max(kept) == 1


@transaction("OVER", area=Count)
async def overdraws(task: Task[Count]) -> Outcome:
    """Breaks a CHECK of the account's table on PF12."""
    count = Count() if task.first_time else Count(task.area.entered + 1)
    if task.aid is Aid.PF12:
        account = await task.files[Account].read("10020011", update=True)
        if account is None:
            raise Abend("NONE")
        await task.files[Account].rewrite(changed(account, balance=-1))
    return Converse(RPLY01.show(said=str(count.entered)), area=count)


OVERDRAWN = ("pf12", "enter", "pf12", "enter")


def overdrawn_store(folder: Path) -> Settings:
    """A store in which every second step of a conversation broke a constraint."""
    settings = Settings(
        store=str(folder / "over.db"),
        programs=("tests.replay.test_against", *PROGRAMS),
        good_morning_transid="OVER",
    )

    async def run() -> None:
        async with open_region(settings) as region:
            await work(region, None, "T001", OVERDRAWN)

    asyncio.run(run())
    with closing(sqlite3.connect(settings.store)) as database:
        codes = database.execute("SELECT code FROM step ORDER BY sequence").fetchall()
    assert [("",), ("ECON",), ("",), ("ECON",), ("",)] == codes
    return settings


def test_a_step_that_broke_a_constraint_breaks_it_again(tmp_path: Path) -> None:
    """It is compared, and so is the one after it."""
    outcome = asyncio.run(run_again(overdrawn_store(tmp_path)))
    assert (5, [], {}) == (outcome.same, outcome.different, dict(outcome.skipped))


def test_a_step_that_breaks_no_constraint_any_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The abend is stored, today the screen is another one."""
    settings = overdrawn_store(tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "changed", lambda account, **_: account)
    outcome = asyncio.run(run_again(settings))
    assert [2, 4] == [verdict.step.number for verdict in outcome.different]
    assert (3, {}) == (outcome.same, dict(outcome.skipped))


def rewritten(settings: Settings, sql: str) -> Settings:
    """The store, with what another release would have left in it."""
    with closing(sqlite3.connect(settings.store)) as database, database:
        assert database.execute(sql).rowcount
    return settings


def test_an_area_that_differs_is_told_by_its_fields(tmp_path: Path) -> None:
    """What it is today, and what was stored."""
    settings = rewritten(
        overdrawn_store(tmp_path), "UPDATE step SET area = '{\"entered\":7}' WHERE number = 5"
    )
    outcome = asyncio.run(run_again(settings))
    assert ["area (entered 2 instead of 7)"] == [verdict.unlike for verdict in outcome.different]


def test_a_field_that_has_come_since_makes_no_area_differ(tmp_path: Path) -> None:
    """An area without it is what it is once its type has read it."""
    settings = rewritten(overdrawn_store(tmp_path), "UPDATE step SET area = '{}' WHERE number = 1")
    assert not asyncio.run(run_again(settings)).different


REACHED, WRITTEN = asyncio.Event(), asyncio.Event()


@transaction("LATE", area=Count)
async def reads_late(task: Task[Count]) -> Outcome:
    """Writes an account on PF6; shows it on PF5, once that is done."""
    if task.first_time:
        return Converse(RPLY01.show(), area=Count())
    if task.aid is Aid.PF5:
        REACHED.set()
        await WRITTEN.wait()
    account = await task.files[Account].read("10020011", update=True)
    if account is None:
        raise Abend("NONE")
    if task.aid is Aid.PF6:
        await task.files[Account].rewrite(changed(account, balance=1))
        WRITTEN.set()
    return Converse(RPLY01.show(said=str(account.balance)), area=Count())


def test_steps_are_run_in_the_order_of_their_commits(tmp_path: Path) -> None:
    """One that began first and ended last has read what the other wrote."""
    settings = Settings(
        store=str(tmp_path / "late.db"),
        programs=("tests.replay.test_against", *PROGRAMS),
        good_morning_transid="LATE",
    )

    async def run() -> None:
        async with open_region(settings) as region:
            first = asyncio.create_task(work(region, None, "T001", ("pf5",)))
            await REACHED.wait()
            await work(region, None, "T002", ("pf6",))
            await first

    asyncio.run(run())
    with closing(sqlite3.connect(settings.store)) as database:
        written, read = database.execute(
            "SELECT unit, started FROM step WHERE number = 2 ORDER BY unit"
        ).fetchall()
    assert read[1] <= written[1]
    outcome = asyncio.run(run_again(settings))
    assert (4, []) == (outcome.same, outcome.different)


def test_regions_on_one_store_are_run_side_by_side() -> None:
    """Each in its own order; between them, by when their steps were done, and none before it began."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE step (unit INTEGER PRIMARY KEY, started TEXT, elapsed_us INTEGER)")
        database.execute("CREATE TABLE region (number INTEGER PRIMARY KEY, started TEXT)")
        database.execute("INSERT INTO region VALUES (3, '2026-01-02T03:04:06+00:00')")
        one, other, forking = UnitIds(1), UnitIds(2), UnitIds(3)
        steps = [
            (slow := one.new(), "2026-01-02T03:04:05.000+00:00", 50_000),
            (after := one.new(), "2026-01-02T03:04:05.010+00:00", 1_000),
            (between := other.new(), "2026-01-02T03:04:05.020+00:00", 1_000),
            (forked := forking.new(), "2026-01-02T03:04:05.000+00:00", 1_000),
        ]
        database.executemany("INSERT INTO step VALUES (?, ?, ?)", steps)
        assert [between, slow, after, forked] == [*order_of(database)]


@pytest.mark.parametrize("content", [b"junk", b""], ids=["junk", "empty"])
def test_a_copy_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    """In a line, with what to do."""
    settings = store_with(tmp_path, "enter")
    (tmp_path / "copy.db").write_bytes(content)
    told = entracte(settings, "against", "--from", str(tmp_path / "copy.db"))
    assert (2, True) == (told.exit_code, "copy.db is no copy of a store (" in told.output)


def test_a_conversation_that_is_not_run_is_told(tmp_path: Path) -> None:
    """Because there is none, or it is over in the copy."""
    settings = store_with(tmp_path, "enter")
    told = entracte(settings, "against", "--conversation", "9-9")
    assert (2, True) == (told.exit_code, "there is no conversation 9-9" in told.output)
    told = entracte(settings, "against", "--conversation", "1-3", "--from", settings.store)
    assert (2, True) == (told.exit_code, "no step of conversation 1-3 came after" in told.output)

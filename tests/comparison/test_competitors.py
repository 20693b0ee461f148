"""Every competitor does the same work: the same inputs lead to the same balances and the same ledger."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from comparison.audit import Expected, audit
from comparison.bank_store import copied
from comparison.competitor import Competitor, Keyboard
from comparison.table import COMPETITORS, competitor_named
from comparison.workload import OPENING_BALANCE, Transfer, WrongAnswer, transfers
from monitor.store import connection

TERMINALS = 4
TRANSFERS = 3
EVERY = pytest.mark.parametrize("competitor", COMPETITORS, ids=lambda competitor: competitor.name)


def required(competitor: Competitor) -> Competitor:
    """The competitor, or a skip that says what to install; the `test` extra has all of it."""
    if missing := competitor.missing():
        pytest.skip(missing)
    return competitor


def seeded(terminal: int) -> list[Transfer]:
    """What one terminal types."""
    return list(islice(transfers(5, terminal), TRANSFERS))


def minor(amount: str) -> int:
    """An amount as typed, in minor units."""
    whole, _, cents = amount.partition(".")
    return int(whole) * 100 + int(cents)


async def operate(keyboard: Keyboard, typed: list[Transfer]) -> None:
    """Check and post each."""
    for transfer in typed:
        await keyboard.check(transfer)
        await keyboard.post()


@EVERY
async def test_same_inputs_same_books(competitor: Competitor, template: Path, tmp_path: Path) -> None:
    """Balances and ledger are what plain arithmetic says, and the audit finds nothing."""
    required(competitor)
    store = copied(template, competitor.name)
    async with competitor.opened(store) as opened:
        keyboards = [await competitor.keyboard(opened, f"T{place:03}") for place in range(TERMINALS)]
        work = [seeded(place) for place in range(TERMINALS)]
        await asyncio.gather(*(operate(*pair) for pair in zip(keyboards, work, strict=True)))

    typed = [(place, transfer) for place in range(TERMINALS) for transfer in seeded(place)]
    change: Counter[str] = Counter()
    for _, transfer in typed:
        change[transfer.source] -= minor(transfer.amount)
        change[transfer.target] += minor(transfer.amount)
    with closing(sqlite3.connect(store)) as database:
        moved = database.execute(
            "SELECT number, balance - ? FROM account WHERE number >= '90100001' AND balance <> ?",
            (OPENING_BALANCE, OPENING_BALANCE),
        ).fetchall()
        ledger = database.execute("SELECT source, target, amount, reference, terminal FROM ledger").fetchall()
    assert dict(moved) == {number: amount for number, amount in change.items() if amount}
    assert sorted(ledger) == sorted(
        (transfer.source, transfer.target, minor(transfer.amount), transfer.reference, f"T{place:03}")
        for place, transfer in typed
    )
    expected = Expected(2 * len(typed), len(typed))
    assert audit(store, expected, history=competitor.steps_kept) == []


@pytest.mark.parametrize(
    "competitor", [one for one in COMPETITORS if one.saves], ids=lambda competitor: competitor.name
)
async def test_a_saved_conversation_outlives_its_process(competitor: Competitor, template: Path) -> None:
    """What was checked before everything was closed is posted afterwards, once."""
    required(competitor)
    store = copied(template, f"restart {competitor.name}")
    transfer = next(transfers(9, 1))
    async with competitor.opened(store) as opened:
        await (await competitor.keyboard(opened, "T1")).check(transfer)
    async with competitor.opened(store) as opened:
        keyboard = await competitor.keyboard(opened, "T1")
        assert "Press F5 to post" in keyboard.screen
        await keyboard.post()
    assert audit(store, Expected(2, 1), history=competitor.steps_kept) == []


@pytest.mark.parametrize("name", ["asyncio, saved", "asyncio, grouped", "threads, saved"])
async def test_a_refused_input_harms_no_other(name: str, template: Path) -> None:
    """A repeated input, and one nobody can afford to post, leave nothing behind; the terminal beside goes on."""
    competitor = competitor_named(name)
    store = copied(template, f"refused {name}")
    transfer, other = islice(transfers(8, 1), 2)
    async with competitor.opened(store) as opened:
        lines = [await competitor.line(opened, f"T{place}") for place in range(3)]
        good, repeats, poor = (Keyboard(line) for line in lines)
        await asyncio.gather(good.check(transfer), repeats.check(transfer), poor.check(transfer))
        done = await asyncio.gather(good.post(), Keyboard(lines[1]).check(transfer), return_exceptions=True)
        assert [type(one) for one in done] == [type(None), WrongAnswer]
        with closing(sqlite3.connect(store, isolation_level=None)) as database:
            database.execute("UPDATE account SET balance = 0 WHERE number = ?", (transfer.source,))
        done = await asyncio.gather(poor.post(), good.check(other), return_exceptions=True)
        assert [type(one) for one in done] == [WrongAnswer, type(None)]
        await repeats.check(other)
    with closing(sqlite3.connect(store)) as database:
        kept = database.execute("SELECT terminal, max(sequence) FROM step GROUP BY terminal").fetchall()
        assert dict(kept) == {"T0": 4, "T1": 3, "T2": 2}


@pytest.mark.parametrize(
    "competitor", [one for one in COMPETITORS if one.saves], ids=lambda competitor: competitor.name
)
async def test_every_step_of_it_meets_the_slower_disk(
    competitor: Competitor, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The delay is charged for a check and for a posting, however the competitor commits; and not for looking."""
    required(competitor)
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, monotonic=time.monotonic)
    monkeypatch.setattr(connection, "time", clock)
    store = copied(template, f"slow {competitor.name}")
    transfer = next(transfers(9, 2))
    async with competitor.opened(store, 0.25) as opened:
        keyboard = await competitor.keyboard(opened, "T1")
        slept.clear()
        await keyboard.check(transfer)
        checked = len(slept)
        await keyboard.post()
    assert 1 <= checked < len(slept)
    assert set(slept) == {0.25}


def test_only_what_has_written_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way to commit; a transaction that only read costs what it costs."""
    slept: list[float] = []
    monkeypatch.setattr(connection, "time", SimpleNamespace(sleep=slept.append))
    with closing(
        sqlite3.connect(tmp_path / "a.db", isolation_level=None, factory=connection.HopConnection)
    ) as database:
        database.execute("CREATE TABLE t (x)")
        database.commit_delay_s = 1.0
        for write, commit in ((0, 0), (1, 0), (0, 1), (1, 1), (0, 0)):
            database.execute("BEGIN")
            database.execute("INSERT INTO t VALUES (1)" if write else "SELECT * FROM t")
            if commit:
                database.commit()
            else:
                database.execute("COMMIT")
    assert slept == [1.0, 1.0]

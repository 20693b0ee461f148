"""A value of another type than its field's never reaches the table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from monitor import Abend, Finish, NoArea, Outcome, Query, Record, Send, Task, file, transaction
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.records import Account, Entry


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Account(1, "X", "many"), "Account.balance cannot be 'many'"),  # type: ignore[arg-type]
        (Account(1, 5, 5), "Account.owner cannot be 5"),  # type: ignore[arg-type]
        (Account(1, "X", 1.0), "Account.balance cannot be 1.0"),  # type: ignore[arg-type]  # equal to its number
        (Entry(1, 2, "ten", "r"), "Entry.amount cannot be 'ten'"),  # type: ignore[arg-type]
    ],
)
async def test_a_wrong_type_abends(disk: Disk, record: Any, told: str) -> None:
    """The step abends EREC and names the field; nothing is stored."""

    @transaction("TYPE")
    async def typed(task: Task[NoArea]) -> Outcome:
        if isinstance(record, Account):
            await task.files[Account].write(record)
        else:
            task.files.append(record)
        return Finish(Send("NOTE", {"text": "stored"}))

    async with region_on(disk, typed) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend EREC" in (await terminal.press(text="TYPE")).message
    assert f"{told}: it has another type" == dumps(disk)[0][2]
    assert disk.one("SELECT count(*) FROM account") == disk.one("SELECT count(*) FROM ledger") == 0


NULLS = Query("nulls", "SELECT number, owner, NULL FROM account LIMIT :limit", Account)


@pytest.mark.parametrize("way", ["read", "browse", "select"])
async def test_another_type_that_sql_has_left_abends(disk: Disk, way: str) -> None:
    """However the record is read: a program may rely on its fields' types."""

    @transaction("TYPE")
    async def typed(task: Task[NoArea]) -> Outcome:
        accounts = task.files[Account]
        if way == "read":
            await accounts.read(1)
        elif way == "browse":
            await accounts.browse(limit=1)
        else:
            await task.files.select(NULLS, limit=1)
        return Finish()

    async with region_on(disk, typed) as region:
        disk.accounts({1: 5})
        disk.ask("UPDATE account SET balance = 'five'")
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend EREC" in (await terminal.press(text="TYPE")).message
    found = "NULL" if way == "select" else "a str"
    said = f"Account 1 has another type in the store: {found} in balance"
    assert (f"query 'nulls', row 1: {said}" if way == "select" else said) == dumps(disk)[0][2]


class Total(Record, frozen=True):
    """What a query adds up."""

    owner: str
    number: int


class Dated(Record, frozen=True):
    """The same with a date."""

    number: int
    day: date


@file("visit", key=("hall", "number"))
class Visit(Record, frozen=True):
    """A record with a key of two parts, and a column that is converted."""

    hall: str
    number: int
    day: date


TOTALS = Query("totals", "SELECT owner, balance FROM account ORDER BY number LIMIT :limit", Total)
DATED = Query("days", "SELECT number, balance FROM account ORDER BY number LIMIT :limit", Dated)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (TOTALS, "query 'totals', row 2: Total has another type in the store: a str in number"),
        (DATED, "query 'days', row 1: Dated has another type in the store: Expected `date`, got `int`"),
    ],
)
async def test_the_row_of_a_query_that_cannot_be_read_is_named(
    disk: Disk, query: Query[Any], said: str
) -> None:
    """By its place in the answer: it has no key."""

    @transaction("TYPE")
    async def typed(task: Task[NoArea]) -> Outcome:
        await task.files.select(query, limit=9)
        return Finish()

    async with region_on(disk, typed) as region:
        disk.accounts({1: 5, 2: 6})
        disk.ask("UPDATE account SET balance = 'five' WHERE number = 2")
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="TYPE")
    assert dumps(disk)[0][2].startswith(said)


def test_a_record_that_cannot_be_converted_is_named() -> None:
    """By all parts of its key."""
    with pytest.raises(Abend, match=r"Visit \('A', 7\) has another type in the store: Invalid .*`\$.day`"):
        Visit.from_row(("A", 7, "tomorrow"))

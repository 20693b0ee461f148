"""Typed files: what a program reads, writes and browses, with its own changes in it, by the limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from monitor import (
    Abend,
    DuplicateRecord,
    MonitorError,
    NoArea,
    Query,
    Record,
    RecordNotFound,
    Task,
    changed,
    file,
    ledger,
)
from monitor.errors import KeyUnfit, LimitExceeded
from tests.monitor.bed import Disk, perform
from tests.monitor.records import ENTRIES, Account, Day, Entry, Reading, Seat

TODAY = Day(date(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=UTC), "")


async def test_record_is_read_changed_and_read_again(disk: Disk) -> None:
    """A program sees its own changes at once, and the next step sees them from the store."""

    async def change(task: Task[NoArea]) -> None:
        accounts = task.files[Account]
        account = await accounts.read(1, update=True)
        assert account == Account(1, "OWNER 1", 10)
        await accounts.rewrite(changed(account, balance=11))
        assert await accounts.read(1) == Account(1, "OWNER 1", 11)
        await accounts.delete(2)
        assert await accounts.read(2) is None
        await accounts.write(Account(2, "NEW", 0))
        await accounts.write(Account(20, "NEW", 0))
        assert await accounts.read_many(20, 1, 404, 2) == [
            Account(20, "NEW", 0),
            Account(1, "OWNER 1", 11),
            None,
            Account(2, "NEW", 0),
        ]

    async def look(task: Task[NoArea]) -> None:
        assert await task.files[Account].read_many(20, 1, 2) == [
            Account(20, "NEW", 0),
            Account(1, "OWNER 1", 11),
            Account(2, "NEW", 0),
        ]

    await perform(disk, change, look)


async def test_a_tuple_of_one_is_the_key_itself(disk: Disk) -> None:
    """One record has one key, and one lock, however it is written."""

    async def body(task: Task[NoArea]) -> None:
        accounts = task.files[Account]
        found = await accounts.read((1,))
        assert found is not None
        assert found == await accounts.read(1)
        await accounts.delete((1,))
        assert await accounts.read(1) is None

    await perform(disk, body)


async def test_composite_key_and_values_that_are_no_plain_columns(disk: Disk) -> None:
    """A Decimal and a missing text come back as they were, under a key of two parts."""
    seat = Seat("A", 12, None, Decimal("9.50"))

    async def write(task: Task[NoArea]) -> None:
        await task.files[Seat].write(seat)
        assert await task.files[Seat].read(("A", 12)) == seat

    async def look(task: Task[NoArea]) -> None:
        assert await task.files[Seat].read(("A", 12)) == seat
        assert await task.files[Seat].read(("A", 13)) is None
        await task.files[Seat].delete(("A", 12))

    async def gone(task: Task[NoArea]) -> None:
        assert await task.files[Seat].read(("A", 12)) is None

    await perform(disk, write, look, gone)


async def test_real_number_keeps_all_its_digits(disk: Disk) -> None:
    """A float is the same before and after its commit."""

    async def write(task: Task[NoArea]) -> None:
        await task.files[Reading].write(Reading("x", 0.1 + 0.2))

    async def look(task: Task[NoArea]) -> None:
        assert await task.files[Reading].read("x") == Reading("x", 0.1 + 0.2)

    await perform(disk, write, look)


def delete_one(task: Task[NoArea]) -> Awaitable[object]:
    """Delete what is not there."""
    return task.files[Account].delete(404)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (delete_one, RecordNotFound),
        (lambda task: task.files[Account].rewrite(Account(404, "X", 0)), RecordNotFound),
        (lambda task: task.files[Account].version(404), RecordNotFound),
        (lambda task: task.files[Account].write(Account(1, "X", 0)), DuplicateRecord),
        (lambda task: task.files[Account].read("1"), KeyUnfit),
        (lambda task: task.files[Account].read(True), KeyUnfit),
        (lambda task: task.files[Account].read(1.0), KeyUnfit),
        (lambda task: task.files[Account].read((1, 2)), KeyUnfit),
        (lambda task: task.files[Account].write(Account("7", "X", 0)), KeyUnfit),  # type: ignore[arg-type]
        (lambda task: task.files[Seat].read("A"), KeyUnfit),
        (lambda task: task.files[Seat].read((12, "A")), KeyUnfit),
        (lambda task: task.files[Seat].read(("A\0", 1)), KeyUnfit),
        (lambda task: task.files[Account].browse("1", limit=1), KeyUnfit),
        (lambda task: task.files[Account].browse((1, 2), limit=1), KeyUnfit),
        (lambda task: task.files[Account].browse(7, limit=1, alternate=True), KeyUnfit),
        (lambda task: task.files[Day].browse(1, limit=1), KeyUnfit),
        (lambda task: task.files[Day].browse(object(), limit=1), KeyUnfit),
        (lambda task: task.files[Seat].write(Seat("A", 1, None, Decimal("NaN"))), None),
        (lambda task: task.files[Seat].write(Seat("A", 1, 7, Decimal(1))), Abend),  # type: ignore[arg-type]
        (lambda task: task.files[Seat].write(Seat("A", "1", None, Decimal(1))), KeyUnfit),  # type: ignore[arg-type]
        (lambda task: task.files[Day].write(msgspec.structs.replace(TODAY, begun="now")), Abend),
        (lambda task: task.files[Account].browse(2**63, limit=1), KeyUnfit),
        (lambda task: task.files[Account].browse(float("nan"), limit=1), KeyUnfit),
        (lambda task: task.files[Reading].write(Reading("x", float("nan"))), Abend),
        (lambda task: task.files[Reading].write(Reading("x", float("inf"))), Abend),
        (lambda task: task.files[Account].browse(limit=51), LimitExceeded),
        (lambda task: task.files[Account].browse(limit=-1), Abend),
        (lambda task: task.files[Account].browse(limit=2.5), Abend),
        (lambda task: task.files[Reading].browse(limit=1, alternate=True), MonitorError),
        (lambda task: task.files.select(ENTRIES, limit=51, account=1), LimitExceeded),
        (lambda task: task.files[Stranger].read(1), MonitorError),
        (lambda task: task.files[Entry].read(1), MonitorError),
    ],
)
async def test_what_cannot_be_done_is_told(
    disk: Disk, attempt: Callable[[Task[NoArea]], Awaitable[Any]], error: type[Exception] | None
) -> None:
    """Each mistake has an error of its own kind, and costs nobody else anything."""

    async def body(task: Task[NoArea]) -> None:
        if error is None:
            await attempt(task)
        else:
            with pytest.raises(error):
                await attempt(task)

    await perform(disk, body)


@file("stranger", key="id")
class Stranger(Record, frozen=True):
    """A record type no loaded module shows."""

    id: int


class Loose(Record, frozen=True):
    """A record type without `@file`."""

    id: int


async def test_a_record_that_was_not_declared_is_told(disk: Disk) -> None:
    """With what to write above it, as a file and as a ledger."""

    async def body(task: Task[NoArea]) -> None:
        for use in (lambda: task.files[Loose], lambda: task.files.append(Loose(1))):
            with pytest.raises(MonitorError, match="Loose is in no table: declare it with @file or @ledger"):
                use()

    await perform(disk, body)


async def test_declaration_names_a_field_that_is_not_there() -> None:
    """A key or an index that is no field is told when the record type is declared."""
    with pytest.raises(MonitorError, match="nothing"):

        @file("broken", key="nothing")
        class Broken(Record, frozen=True):
            id: int


def test_what_the_store_fills_in_is_no_field() -> None:
    """Were it one, no change of the record would be noticed, or a second row of the ledger be refused."""
    with pytest.raises(MonitorError, match="written_by is filled in by the store"):

        @file("row", key="id")
        class Row(Record, frozen=True):
            id: int
            written_by: int

    with pytest.raises(MonitorError, match="Id is filled in by the store"):

        @ledger("line")
        class Line(Record, frozen=True):
            Id: int = 0


async def test_ledger_is_appended_and_selected(disk: Disk) -> None:
    """Rows of an append-only table are seen by queries once they are durable, in their order."""

    async def append(task: Task[NoArea]) -> None:
        for amount in (1, 2, 3):
            task.files.append(Entry(1, 2, amount, f"r{amount}"))
        assert await task.files.select(ENTRIES, limit=10, account=1) == []

    async def look(task: Task[NoArea]) -> None:
        found = await task.files.select(ENTRIES, limit=2, account=2)
        assert found == [Entry(1, 2, 1, "r1"), Entry(1, 2, 2, "r2")]

    await perform(disk, append, look)


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT nope FROM account", {}),
        ("SELECT number FROM account LIMIT :limit OFFSET :skip", {"skip": "abc"}),
        ("SELECT owner FROM account ORDER BY owner COLLATE nope", {}),
        ("SELECT length(hex(zeroblob(700000000)))", {}),
        ("SELECT number FROM account WHERE number = :number", {"number": 2**63}),
        ("SELECT number FROM account WHERE number = :query", {"query": 2**63}),
    ],
)
async def test_query_that_is_wrong_is_an_abend(disk: Disk, sql: str, values: dict[str, object]) -> None:
    """SQL that does not run, for whatever reason, ends the task, not the region."""

    async def body(task: Task[NoArea]) -> None:
        with pytest.raises(Abend, match="ESQL"):
            await task.files.select(Query("bad", sql, Entry), limit=1, **values)

    await perform(disk, body)


class Few(Record, frozen=True):
    """One that needs no more than its first column."""

    number: int
    more: int = 0


async def test_a_query_may_leave_out_columns_that_have_a_default(disk: Disk) -> None:
    """The last ones."""

    async def body(task: Task[NoArea]) -> None:
        few = await task.files.select(Query("few", "SELECT number FROM account LIMIT :limit", Few), limit=1)
        assert few == [Few(1)]

    await perform(disk, body)


@pytest.mark.parametrize("how", ["same", "changed", "deleted", "again"])
async def test_optimistic_update_sees_a_change_by_someone_else(disk: Disk, how: str) -> None:
    """A version kept across screens gives the record back only if nobody wrote it in between."""
    kept: list[int] = []

    async def show(task: Task[NoArea]) -> None:
        await task.files[Account].read(1)
        kept.append(await task.files[Account].version(1))

    async def other(task: Task[NoArea]) -> None:
        account = await task.files[Account].read(1, update=True)
        assert account
        if how == "changed":
            await task.files[Account].rewrite(changed(account, balance=0))
        if how in ("deleted", "again"):
            await task.files[Account].delete(1)

    async def return_it(task: Task[NoArea]) -> None:
        if how == "again":
            await task.files[Account].write(Account(1, "OWNER 1", 10))

    async def update(task: Task[NoArea]) -> None:
        record = await task.files[Account].read_unchanged(1, kept[0])
        assert (record is not None) == (how == "same")

    await perform(disk, show, other, return_it, update)


async def test_an_own_change_is_no_change_by_someone_else(disk: Disk) -> None:
    """The version after this step's own write is the step's own, and the record is unchanged since."""

    async def body(task: Task[NoArea]) -> None:
        accounts = task.files[Account]
        await accounts.rewrite(Account(1, "NEW", 5))
        assert await accounts.read_unchanged(1, await accounts.version(1)) == Account(1, "NEW", 5)
        assert await accounts.read_unchanged(1, 1) is None
        await task.files[Day].write(TODAY)
        assert await task.files[Day].read_unchanged(date(2026, 1, 1), task.files[Day]._unit.id) == TODAY

    await perform(disk, body)

"""Typed files: what a program reads, writes and browses, with its own changes in it, by the limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import (
    Abend,
    DuplicateRecord,
    Finish,
    MonitorError,
    NoArea,
    Outcome,
    Query,
    Record,
    RecordNotFound,
    Send,
    Task,
    changed,
    file,
    ledger,
    transaction,
)
from monitor.errors import KeyUnfit, LimitExceeded
from tests.monitor.bed import QUIET, Disk, Terminal, region_on
from tests.monitor.records import ENTRIES, Account, Day, Entry, Reading, Seat
from tests.simulation.virtual_time import run_virtually

Body = Callable[[Task[NoArea]], Awaitable[object]]


async def perform(disk: Disk, *bodies: Body) -> None:
    """Run each body as the program of a step of its own; what a body asserts is raised here."""
    failures: list[BaseException] = []
    waiting = list(bodies)

    @transaction("TEST")
    async def test(task: Task[NoArea]) -> Outcome:
        try:
            await waiting.pop(0)(task)
        except BaseException as error:
            failures.append(error)
            raise
        return Finish(Send("NOTE", {"text": "done"}))

    async with region_on(disk, test, limits=msgspec.structs.replace(QUIET, browse_rows_max=50)) as region:
        if not disk.ask("SELECT 1 FROM account"):
            disk.accounts({number: number * 10 for number in range(1, 10)})
        terminal = Terminal(region)
        await terminal.attach()
        for _ in bodies:
            await terminal.press(text="TEST")
            if failures:
                raise failures[0]


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
        (lambda task: task.files[Reading].write(Reading("x", float("nan"))), Abend),
        (lambda task: task.files[Reading].write(Reading("x", float("inf"))), Abend),
        (lambda task: task.files[Account].browse(limit=51), LimitExceeded),
        (lambda task: task.files[Account].browse(limit=-1), LimitExceeded),
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


async def test_query_that_is_wrong_is_an_abend(disk: Disk) -> None:
    """SQL that does not run ends the task, not the region."""

    async def body(task: Task[NoArea]) -> None:
        with pytest.raises(Abend, match="ESQL"):
            await task.files.select(Query("bad", "SELECT nope FROM account", Entry), limit=1)

    await perform(disk, body)


async def test_nobody_in_an_alternate_index_can_be_browsed(disk: Disk) -> None:
    """Records whose alternate value is nothing are browsed like the others, first."""

    async def write(task: Task[NoArea]) -> None:
        for number, guest in ((1, "ZOE"), (2, None), (3, "ANN"), (4, None)):
            await task.files[Seat].write(Seat("A", number, guest, Decimal(1)))
        assert await guests(task) == [2, 4, 3, 1]

    async def guests(task: Task[NoArea]) -> list[int]:
        return [seat.number for seat in await task.files[Seat].browse(limit=9, alternate=True)]

    async def look(task: Task[NoArea]) -> None:
        assert await guests(task) == [2, 4, 3, 1]
        await task.files[Seat].rewrite(Seat("A", 4, "BOB", Decimal(1)))
        assert await guests(task) == [2, 3, 4, 1]
        await task.files[Seat].rewrite(Seat("A", 3, None, Decimal(1)))
        found = await task.files[Seat].browse("A", limit=9, alternate=True)
        assert [seat.number for seat in found] == [4, 1]

    await perform(disk, write, look)


NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def day(number: int, note: str = "") -> Day:
    """One of January."""
    return Day(date(2026, 1, number), NOON + timedelta(days=number), note)


async def test_records_by_date_are_browsed_with_own_changes(disk: Disk) -> None:
    """A date and a time begin a browse at the same record, stored or not; what is deleted is not seen."""

    async def write(task: Task[NoArea]) -> None:
        for number in (1, 2, 3, 4):
            await task.files[Day].write(day(number))
        await look(task)

    async def look(task: Task[NoArea]) -> None:
        days = task.files[Day]
        assert await days.browse(date(2026, 1, 2), limit=2) == [day(2), day(3)]
        assert await days.browse(day(3).begun, limit=2, alternate=True) == [day(3), day(4)]
        assert await days.browse(day(2).begun, limit=9, alternate=True, backward=True) == [day(2), day(1)]
        since = Query("days", 'SELECT "on", begun, note FROM day WHERE begun >= :begun', Day)
        found = await task.files.select(since, limit=9, begun=day(4).begun)
        assert found == ([day(4)] if task.step > 1 or disk.ask("SELECT 1 FROM day") else [])

    async def change(task: Task[NoArea]) -> None:
        await task.files[Day].delete(date(2026, 1, 2))
        await task.files[Day].rewrite(day(3, "new"))
        assert await task.files[Day].browse(limit=9) == [day(1), day(3, "new"), day(4)]

    await perform(disk, write, look, change)


async def test_an_own_change_is_no_change_by_someone_else(disk: Disk) -> None:
    """The version after this step's own write is the step's own, and the record is unchanged since."""

    async def body(task: Task[NoArea]) -> None:
        accounts = task.files[Account]
        await accounts.rewrite(Account(1, "NEW", 5))
        assert await accounts.read_unchanged(1, await accounts.version(1)) == Account(1, "NEW", 5)
        assert await accounts.read_unchanged(1, 1) is None
        await task.files[Day].write(day(1))
        assert await task.files[Day].read_unchanged(date(2026, 1, 1), task.files[Day]._unit.id) == day(1)

    await perform(disk, body)


async def test_a_browse_begins_at_the_place_of_one_record(disk: Disk) -> None:
    """Past those before it in the first part of the key."""

    async def write(task: Task[NoArea]) -> None:
        for hall, number in (("A", 1), ("A", 2), ("A", 3), ("B", 1)):
            await task.files[Seat].write(Seat(hall, number, None, Decimal(1)))

    async def look(task: Task[NoArea]) -> None:
        seats = task.files[Seat]
        await seats.rewrite(Seat("A", 3, None, Decimal(2)))
        found = await seats.browse(("A", 2), limit=2)
        assert [(seat.hall, seat.number) for seat in found] == [("A", 2), ("A", 3)]
        found = await seats.browse(("A", 2), limit=9, backward=True)
        assert [(seat.hall, seat.number) for seat in found] == [("A", 2), ("A", 1)]
        assert await seats.browse(("B",), limit=9) == await seats.browse("B", limit=9) != []
        for unfit in ((), ("A", "2"), ("A", 2, 3), (None, "A")):
            with pytest.raises(KeyUnfit):
                await seats.browse(unfit, limit=9)  # type: ignore[arg-type]  # None is no part of a place

    await perform(disk, write, look)


changes = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 12), st.sampled_from("ABC")), max_size=8
)


@settings(max_examples=40)
@given(
    changes,
    st.none() | st.integers(-1, 13),
    st.integers(0, 12),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 12),
)
def test_browse_is_a_sorted_file_with_own_changes(
    edits: list[tuple[str, int, str]],
    start: int | None,
    limit: int,
    backward: bool,
    alternate: bool,
    key: int | None,
) -> None:
    """A browse gives what a sorted list of all records, with this step's changes made, would give."""
    before = {number: Account(number, "ABC"[number % 3], 0) for number in range(1, 12, 2)}
    place: tuple[Any, ...] = () if start is None else ("ABC"[start % 3] if alternate else start,)
    if place and alternate and key is not None:
        place = (*place, key)

    def sort_key(account: Account) -> tuple[Any, int]:
        return (account.owner if alternate else account.number, account.number)

    async def prepare(task: Task[NoArea]) -> None:
        for number in range(1, 10):
            await task.files[Account].delete(number)

    async def fill(task: Task[NoArea]) -> None:
        for account in before.values():
            await task.files[Account].write(account)

    async def body(task: Task[NoArea]) -> None:
        after = dict(before)
        for what, number, owner in edits:
            there = await task.files[Account].read(number) is not None
            if what == "put":
                record = Account(number, owner, 5)
                await (task.files[Account].rewrite if there else task.files[Account].write)(record)
                after[number] = record
            elif there:
                await task.files[Account].delete(number)
                del after[number]
        expected = sorted(after.values(), key=sort_key, reverse=backward)
        expected = [
            account
            for account in expected
            if (
                sort_key(account)[: len(place)] <= place
                if backward
                else sort_key(account)[: len(place)] >= place
            )
        ]
        found = await task.files[Account].browse(
            place or None, limit=limit, backward=backward, alternate=alternate
        )
        assert found == expected[:limit]

    disk = Disk()
    run_virtually(perform(disk, prepare, fill, body))
    disk.database.close()


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

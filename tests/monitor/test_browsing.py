"""A browse: records in order from a place on, with the changes of the step that browses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import NoArea, Query, Task
from monitor.errors import KeyUnfit
from tests.monitor.bed import Disk, perform
from tests.monitor.records import Account, Day, Seat
from tests.simulation.virtual_time import run_virtually


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


Edit = tuple[str, int, str]
"""What to do, the number of an account, its owner from then on."""

edits_of_a_step = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 12), st.sampled_from("ABC")), max_size=8
)


async def made(task: Task[NoArea], edits: list[Edit], accounts: dict[int, Account]) -> dict[int, Account]:
    """The accounts after some changes of this step."""
    after = dict(accounts)
    for what, number, owner in edits:
        there = await task.files[Account].read(number) is not None
        if what == "put":
            record = Account(number, owner, 5)
            await (task.files[Account].rewrite if there else task.files[Account].write)(record)
            after[number] = record
        elif there:
            await task.files[Account].delete(number)
            del after[number]
    return after


def from_place(
    accounts: Iterable[Account], place: tuple[Any, ...], *, backward: bool, alternate: bool
) -> list[Account]:
    """The accounts in order, from a place on: what a browse is compared with."""

    def sort_key(account: Account) -> tuple[Any, int]:
        return (account.owner if alternate else account.number, account.number)

    def is_reached(account: Account) -> bool:
        begin = sort_key(account)[: len(place)]
        return begin <= place if backward else begin >= place

    return sorted(filter(is_reached, accounts), key=sort_key, reverse=backward)


@settings(max_examples=40)
@given(
    edits_of_a_step,
    st.none() | st.integers(-1, 13),
    st.integers(0, 12),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 12),
)
def test_browse_is_a_sorted_file_with_own_changes(
    edits: list[Edit],
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

    async def prepare(task: Task[NoArea]) -> None:
        for number in range(1, 10):
            await task.files[Account].delete(number)

    async def fill(task: Task[NoArea]) -> None:
        for account in before.values():
            await task.files[Account].write(account)

    async def body(task: Task[NoArea]) -> None:
        after = await made(task, edits, before)
        expected = from_place(after.values(), place, backward=backward, alternate=alternate)
        found = await task.files[Account].browse(
            place or None, limit=limit, backward=backward, alternate=alternate
        )
        assert found == expected[:limit]

    disk = Disk()
    run_virtually(perform(disk, prepare, fill, body))
    disk.database.close()

"""The unit of work and the overlay: what a step sees, what falls with what, and what its end puts an end to."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Sequence
from itertools import count

import pytest

from monitor.errors import Abend, LimitExceeded, TaskOver
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.store import ABSENT, COMMITTED, Conflict, Key, Row, Unit
from monitor.unit_of_work import Overlay, UnitOfWork
from monitor.values import storable
from tests.monitor.bed import Disk, region_on, settle
from tests.monitor.hooked import HookedStore

ONE, TWO, THREE = (Key("account", number) for number in (1, 2, 3))
STEP: tuple[str, Row] = ("ledger", (1, 2, 3, "step"))


class Bench:
    """Units of work over accounts 1 and 2 (OWNER 1 with 10, OWNER 2 with 20), one overlay and one set of locks."""

    def __init__(self, store: HookedStore, loader: Loader) -> None:
        self.store = store
        self.loader = loader
        self.overlay = Overlay()
        self.locks = UpdateLocks()
        self.ids = count(100)

    def unit(self, limits: Limits = Limits()) -> UnitOfWork:  # noqa: B008 it is frozen
        """A new one."""
        return UnitOfWork(self.ids.__next__, {}, self.loader, self.overlay, self.locks, limits)

    async def sealed(self, key: Key, row: Row | None) -> Unit:
        """A unit that read a record, wrote `row` there, and waits for its commit."""
        work = self.unit()
        await work.read(key)
        work.write(key, row)
        return work.seal({}, STEP)


@pytest.fixture
async def bench(disk: Disk) -> AsyncIterator[Bench]:
    """A bench on a disk."""
    async with region_on(disk) as region:
        disk.accounts({1: 10, 2: 20})
        store = HookedStore(region.store)
        yield Bench(store, Loader(store))


async def test_all_that_was_built_on_a_fallen_unit_falls_with_it(bench: Bench) -> None:
    """However far up; later steps see none of it, and a step that read any of it is doomed. Others stand."""
    first = await bench.sealed(ONE, (1, "A", 11))
    second = bench.unit()
    await second.read(ONE)
    await second.read(THREE)
    second.write(THREE, (3, "B", 0))
    second.seal({}, STEP)
    await bench.sealed(THREE, (3, "C", 1))
    other = await bench.sealed(TWO, (2, "D", 21))
    late, spared = bench.unit(), bench.unit()
    assert await late.read(THREE) == (3, "C", 1)
    assert await spared.read(TWO) == (2, "D", 21)
    assert not late.doomed()
    bench.overlay.settle(first, Conflict(ONE))
    assert (late.doomed(), spared.doomed()) == (True, False)
    assert await bench.unit().read_many([ONE, TWO, THREE]) == [(1, "OWNER 1", 10), (2, "D", 21), None]
    bench.overlay.settle(other, COMMITTED)
    assert not spared.doomed()
    assert len(bench.overlay) == 0


async def test_a_unit_whose_fate_is_not_known_dooms_nobody(bench: Bench) -> None:
    """The store failed: nobody reads it as pending any more, but it may be durable all the same."""
    first = await bench.sealed(ONE, (1, "A", 11))
    late = bench.unit()
    await late.read(ONE)
    bench.overlay.settle(first, None)
    assert not late.doomed()
    assert len(bench.overlay) == 0


def test_of_the_fallen_units_the_latest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many, and no more: a region that runs for ever does not grow by its conflicts."""
    monkeypatch.setattr("monitor.unit_of_work._FALLEN_MAX", 3)
    overlay = Overlay()
    for number in range(1, 6):
        overlay.settle(Unit(number, {}, {}, []), Conflict(ONE))
    assert [overlay.doomed({ONE: number}) for number in range(1, 6)] == [False, False, True, True, True]


async def test_what_was_sealed_while_the_store_was_read_is_seen(bench: Bench) -> None:
    """A step reads the newest version there is when its answer comes, not the one of when it asked."""
    sealed: list[Unit] = []

    async def meanwhile(keys: Sequence[Key]) -> None:
        if not sealed:
            sealed.append(Unit(50, {ONE: 1}, {ONE: (1, "A", 11, 50)}, []))
            bench.overlay.add(sealed[0], {ONE: (1, "A", 11)})

    bench.store.before_read = meanwhile
    work = bench.unit()
    assert await work.read_many([ONE, TWO]) == [(1, "A", 11), (2, "OWNER 2", 20)]
    assert (work.version(ONE), work.version(TWO)) == (50, 1)


async def test_a_record_whose_deletion_is_pending_is_absent(bench: Bench) -> None:
    """A step may put a new record there, and both are committed."""
    gone = await bench.sealed(ONE, None)
    work = bench.unit()
    assert await work.read(ONE) is None
    assert work.version(ONE) == ABSENT
    work.write(ONE, (1, "NEW", 0))
    assert await bench.store.commit([gone, work.seal({}, STEP)]) == [COMMITTED] * 2


async def test_reads_for_update_in_any_order_do_not_cross(bench: Bench) -> None:
    """Two steps name the same records the other way round while a third holds one: no deadlock, both go on."""
    third, first, second = bench.unit(), bench.unit(), bench.unit()
    await third.hold(ONE)
    reads = [
        asyncio.create_task(first.read_many([ONE, TWO], update=True)),
        asyncio.create_task(second.read_many([TWO, ONE], update=True)),
    ]
    await settle()
    third.release()
    assert [row and row[0] for row in await asyncio.wait_for(reads[0], 1)] == [1, 2]
    first.release()
    assert [row and row[0] for row in await asyncio.wait_for(reads[1], 1)] == [2, 1]
    second.release()
    assert len(bench.locks) == 0


async def test_a_read_past_its_limit_holds_up_nobody(bench: Bench) -> None:
    """It is refused before a record is locked; as many as are allowed are read."""
    work = bench.unit(Limits(records_max=2))
    with pytest.raises(LimitExceeded):
        await work.read_many([ONE, TWO, THREE], update=True)
    assert len(bench.locks) == 0
    assert len(await work.read_many([ONE, TWO], update=True)) == 2


async def test_what_still_waits_for_records_when_its_step_ends_gets_none(bench: Bench) -> None:
    """Neither the part that is granted one then, nor the one behind it, which waits no longer."""
    holder, work = bench.unit(), bench.unit()
    await holder.hold(ONE)
    await holder.hold(TWO)
    first, second = (asyncio.create_task(work.read(key, update=True)) for key in (ONE, TWO))
    await settle()
    work.end()
    work.release()
    bench.locks.release(holder, ONE)
    await settle()
    assert (first.done(), second.done()) == (True, True)
    assert [type(part.exception()) for part in (first, second)] == [TaskOver] * 2
    assert len(bench.locks) == 1
    holder.release()
    assert len(bench.locks) == 0


async def test_what_is_being_read_when_its_step_ends_is_not_told(bench: Bench) -> None:
    """The answer comes after the end: what a program leaves running sees nothing of it."""
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hold_up(keys: Sequence[Key]) -> None:
        asked.set()
        await answered.wait()

    bench.store.before_read = hold_up
    work = bench.unit()
    reading = asyncio.create_task(work.read(ONE))
    await asked.wait()
    work.end()
    answered.set()
    with pytest.raises(TaskOver):
        await reading


async def test_after_its_step_a_program_reads_locks_and_writes_nothing(bench: Bench) -> None:
    """Not even what it has read before."""
    work = bench.unit()
    await work.read(ONE)
    work.end()
    for key, update in ((ONE, False), (TWO, False), (ONE, True)):
        with pytest.raises(TaskOver):
            await work.read(key, update)
    with pytest.raises(TaskOver):
        work.write(ONE, (1, "LATE", 0))
    with pytest.raises(TaskOver):
        work.append(*STEP)
    assert len(bench.locks) == 0
    assert (work.rows, work.appended) == ({}, [])


async def test_a_write_never_awaited_is_an_abend_and_leaves_no_warning(bench: Bench) -> None:
    """The call is closed, so that Python does not complain of it at some later time; one awaited is fine."""

    async def write() -> None:
        """Nothing to wait for."""

    work = bench.unit()
    await work.called("write", write())
    work.check_calls()
    forgotten = work.called("rewrite", write())
    with pytest.raises(Abend, match="rewrite was called and not awaited"):
        work.check_calls()
    assert inspect.getcoroutinestate(forgotten) == inspect.CORO_CLOSED


async def test_a_change_names_the_columns_that_changed(bench: Bench) -> None:
    """And no other; a new record and one that is deleted name none."""
    work = bench.unit()
    await work.read_many([ONE, TWO, THREE])
    work.write(ONE, (1, "OWNER 1", 11))
    work.write(TWO, None)
    work.write(THREE, (3, "NEW", 0))
    assert work.seal({}, STEP).changed == {ONE: (2,)}


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_largest_numbers_are_stored(number: int) -> None:
    """Whole numbers have 63 bits and a sign; one more is an abend."""
    assert storable((number,)) == (number,)
    with pytest.raises(Abend, match="63 bits"):
        storable((number + (1 if number > 0 else -1),))

"""Which process does the store's work, and who goes on when one is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from monitor.errors import StoreBroken, StoreProcessLost
from monitor.store import COMMITTED, Key, Store, Unit, Verdict, Versioned
from monitor.store.process import StoreProcess, Unsendable
from monitor.store.relay import RelayedStore
from tests.monitor.test_store_process import layout


class Fake:
    """A store that notes how many units and keys came, and can be lost."""

    def __init__(self) -> None:
        self.units: list[int] = []
        self.cpu_s = 1.5
        self.error: Exception | None = None
        self.closed = self.ended = False
        self.alive = True
        self.pid = 1

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        if self.error:
            raise self.error
        return [None] * len(keys)

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        if self.error:
            raise self.error
        self.units.append(len(units))
        return [COMMITTED] * len(units)

    async def close(self) -> None:
        self.closed = True

    def end(self) -> None:
        self.ended = True


def relay(near: Fake, fars: list[Fake], units_min: int = 8, pause_s: float = 0.0) -> RelayedStore:
    """A relay whose process is the next of `fars`; when there is none left it cannot be started."""

    async def start_one() -> StoreProcess:
        if not fars:
            raise OSError("no more processes")
        return fars.pop(0)  # type: ignore[return-value]  # as much of one as a relay knows

    return RelayedStore(near, start_one, units_min, pause_s=pause_s)  # type: ignore[arg-type]  # nothing browses


async def commit(store: Store, size: int, times: int) -> None:
    """So many batches of this size."""
    for _ in range(times):
        await store.commit([layout(number, number) for number in range(size)])
        await asyncio.sleep(0)


async def test_small_batches_need_no_process() -> None:
    """A few terminals are served by threads, however long they work, and one burst is no load."""
    near, far = Fake(), Fake()
    store = relay(near, [far])
    await commit(store, 7, 200)
    await commit(store, 20, 1)
    await commit(store, 7, 5)
    assert store.process is None
    assert far.units == []
    await store.close()


async def test_large_batches_go_to_the_process_until_they_are_small_again() -> None:
    """It is started once, keeps the work while batches are of middling size, and gives it back after that."""
    near, far = Fake(), Fake()
    store = relay(near, [far])
    await commit(store, 16, 100)
    assert store.process is far  # type: ignore[comparison-overlap]
    there = len(far.units)
    assert there > 50
    await commit(store, 4, 100)
    assert len(far.units) == there + 100
    assert await store.read([Key("layout", 1)]) == [None]
    await commit(store, 1, 200)
    near_before = len(near.units)
    await commit(store, 1, 10)
    assert len(near.units) == near_before + 10
    await store.close()
    assert far.closed


async def test_small_batches_go_to_the_process_while_a_program_computes_in_a_thread() -> None:
    """It is started then, and does the work as long as the interpreter is wanted by somebody else."""
    near, far = Fake(), Fake()
    store = relay(near, [far])
    computing = True
    store.contended = lambda: computing
    await commit(store, 1, 10)
    assert store.process is far  # type: ignore[comparison-overlap]
    there = len(far.units)
    assert there > 5
    computing = False
    await commit(store, 1, 10)
    assert len(far.units) == there
    computing = True
    await commit(store, 1, 10)
    assert len(far.units) == there + 10
    await store.close()


async def test_a_start_that_was_cancelled_is_made_again() -> None:
    """A program may cancel every task there is, even before it has begun."""
    near, far = Fake(), Fake()
    store = relay(near, [far])
    store.contended = lambda: True
    await store.commit([layout(1, 1)])
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await commit(store, 1, 3)
    assert store.process is far  # type: ignore[comparison-overlap]
    await store.close()


async def test_zero_means_never() -> None:
    """With `store_process_units_min` = 0 there is no process under any load."""
    near, far = Fake(), Fake()
    store = relay(near, [far], units_min=0)
    store.contended = lambda: True
    await commit(store, 64, 100)
    assert far.units == []
    await store.close()


async def test_threads_take_over_from_a_lost_process() -> None:
    """A read is made again by the threads; a commit fails, for what became of it is not known; then all goes on."""
    near, far, other = Fake(), Fake(), Fake()
    store = relay(near, [far, other])
    await commit(store, 16, 50)
    far.error = StoreProcessLost("gone")
    assert await store.read([Key("layout", 1)]) == [None]
    assert store.process is None
    await commit(store, 16, 10)
    assert other.units
    other.error = StoreProcessLost("gone")
    with pytest.raises(StoreProcessLost):
        await commit(store, 16, 1)
    before = len(near.units)
    await commit(store, 16, 50)
    assert len(near.units) == before + 50
    assert store.cpu_s == 3.0
    assert far.ended
    assert other.ended
    await store.close()


async def test_a_process_that_died_in_its_sleep_costs_nobody_a_key() -> None:
    """Nothing was sent to it, so the threads do what it would have done; the next one comes after a pause."""
    near, far, other = Fake(), Fake(), Fake()
    store = relay(near, [far, other], pause_s=60.0)
    await commit(store, 16, 50)
    far.alive = False
    far.error = StoreProcessLost("gone")
    before = len(near.units)
    await commit(store, 16, 50)
    assert len(near.units) == before + 50
    assert store.process is None
    await store.close()


async def test_what_cannot_go_over_is_left_to_the_threads() -> None:
    """A row that is none of the contract's fails where it can be laid to its unit, and not the process."""
    near, far = Fake(), Fake()
    store = relay(near, [far])
    await commit(store, 16, 50)
    far.error = Unsendable("no")
    before = len(near.units)
    await commit(store, 16, 3)
    assert len(near.units) == before + 3
    assert store.process is far  # type: ignore[comparison-overlap]
    await store.close()


async def test_a_broken_store_is_broken_for_all() -> None:
    """After one write failed for good nothing is committed any more, though a disk may seem to have got well."""
    for commits_before in (0, 50):
        near, far = Fake(), Fake()
        store = relay(near, [far])
        await commit(store, 16, commits_before)
        where = far if commits_before else near
        where.error = StoreBroken("disk I/O error")
        with pytest.raises(StoreBroken, match="disk"):
            await commit(store, 16, 1)
        where.error = None
        done = len(near.units) + len(far.units)
        for size in (16, 1):
            with pytest.raises(StoreBroken, match="disk"):
                await commit(store, size, 1)
        assert len(near.units) + len(far.units) == done
        await store.close()


async def test_a_start_under_way_does_not_hold_up_the_end() -> None:
    """A region is closed while its store's process is starting: the start is given up."""
    begun = asyncio.Event()

    async def start_for_ever() -> StoreProcess:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    store = RelayedStore(Fake(), start_for_ever, 8)  # type: ignore[arg-type]  # nothing here browses
    await commit(store, 64, 10)
    await begun.wait()
    await asyncio.wait_for(store.close(), 1)

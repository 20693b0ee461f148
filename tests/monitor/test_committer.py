"""Group commit: units go out in the order they were sealed, many at once, and each learns its own fate."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from monitor.committer import Committer
from monitor.errors import StoreBusy
from monitor.store import COMMITTED, Conflict, Key, Store, Unit, Verdict
from tests.monitor.bed import Disk, region_on, settle
from tests.monitor.hooked import HookedStore

ONE = Key("account", 1)


def unit(number: int, seen: int) -> Unit:
    """A unit that puts its own number on account 1, having read `seen`."""
    return Unit(number, {ONE: seen}, {ONE: (1, "X", number, number)}, [])


class Recorder:
    """Notes batches and fates; holds up the first batch until told, and fails the next one if told."""

    def __init__(self, store: Store) -> None:
        self.store = HookedStore(store)
        self.store.before_commit = self.before
        self.batches: list[list[int]] = []
        self.fates: list[tuple[int, Verdict | None]] = []
        self.go_on = asyncio.Event()
        self.failing = False

    async def before(self, units: Sequence[Unit]) -> None:
        """A batch goes out."""
        self.batches.append([unit.id for unit in units])
        await self.go_on.wait()
        if self.failing:
            self.failing = False
            raise StoreBusy("held")

    def settled(self, unit: Unit, verdict: Verdict | None) -> None:
        """A unit has its verdict."""
        self.fates.append((unit.id, verdict))


async def test_units_sealed_meanwhile_go_out_together_in_order(disk: Disk) -> None:
    """The first goes alone, the rest as one batch behind it, at most so many; all verdicts are their own."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        committer = Committer(recorder.store, 3, recorder.settled)
        promises = [committer.submit(unit(10, 1))]
        await settle()
        promises += [committer.submit(unit(number, number - 1)) for number in (11, 12, 13, 14)]
        promises.append(committer.submit(unit(99, 5)))
        recorder.go_on.set()
        verdicts = await asyncio.gather(*promises)
        assert verdicts == [COMMITTED] * 5 + [Conflict(ONE)]
        assert recorder.batches == [[10], [11, 12, 13], [14, 99]]
        assert recorder.fates == list(zip((10, 11, 12, 13, 14, 99), verdicts, strict=True))
        assert (committer.batches, committer.units) == (3, 6)
        assert disk.balance(1) == 14


async def test_failure_is_told_to_the_others_of_a_batch_nobody_waits_for_all_of(disk: Disk) -> None:
    """One terminal went away and the store fails: the others of the batch are refused all the same."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        recorder.failing = True
        committer = Committer(recorder.store, 100, recorder.settled)
        gone, waits = committer.submit(unit(10, 1)), committer.submit(unit(11, 10))
        await settle()
        gone.cancel()
        recorder.go_on.set()
        with pytest.raises(StoreBusy):
            await asyncio.wait_for(waits, 1)
        await settle()
        assert recorder.fates == [(10, None), (11, None)]


async def test_failure_is_told_to_each_unit_of_the_batch(disk: Disk) -> None:
    """A store that fails fails the batch under way, not those behind it."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        committer = Committer(recorder.store, 100, recorder.settled)
        first, second = committer.submit(unit(10, 1)), committer.submit(unit(11, 10))
        await settle()
        recorder.failing = True
        recorder.go_on.set()
        for promise in (first, second):
            with pytest.raises(StoreBusy):
                await promise
        assert await committer.submit(unit(12, 1)) == COMMITTED
        assert recorder.fates == [(10, None), (11, None), (12, COMMITTED)]


async def test_a_busy_store_refuses_all_that_have_waited_as_long(disk: Disk) -> None:
    """Those queued when the batch began fail with it, not with one of their own; those that came later are tried."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        committer = Committer(recorder.store, 2, recorder.settled)
        waiting = [committer.submit(unit(number, 1)) for number in range(10, 15)]
        await settle()
        later = committer.submit(unit(15, 1))
        recorder.failing = True
        recorder.go_on.set()
        for promise in waiting:
            with pytest.raises(StoreBusy):
                await promise
        assert await later == COMMITTED
        assert recorder.batches == [[10, 11], [15]]
        assert recorder.fates == [*[(number, None) for number in range(10, 15)], (15, COMMITTED)]


async def test_unit_nobody_waits_for_is_committed_all_the_same(disk: Disk) -> None:
    """A terminal that went away does not take its sealed unit along."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        committer = Committer(recorder.store, 100, recorder.settled)
        promise = committer.submit(unit(10, 1))
        await settle()
        promise.cancel()
        recorder.go_on.set()
        assert await committer.submit(unit(11, 10)) == COMMITTED
        assert recorder.fates == [(10, COMMITTED), (11, COMMITTED)]
        assert disk.balance(1) == 11


@pytest.mark.parametrize("begun", [True, False])
async def test_a_program_that_cancels_every_task_stops_no_commit(disk: Disk, begun: bool) -> None:
    """The batch under way, if it has begun, and the units queued behind it are committed all the same."""
    async with region_on(disk) as region:
        disk.accounts({1: 0})
        recorder = Recorder(region.store)
        committer = Committer(recorder.store, 1, recorder.settled)
        promises = [committer.submit(unit(10, 1)), committer.submit(unit(11, 10))]
        if begun:
            await settle()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        recorder.go_on.set()
        assert await asyncio.wait_for(asyncio.gather(*promises), 1) == [COMMITTED] * 2
        assert disk.balance(1) == 11

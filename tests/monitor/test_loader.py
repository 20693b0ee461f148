"""Coalesced reads: what is asked together goes out together, once a key, and a failure reaches all that asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from monitor.errors import StoreBusy
from monitor.loader import Loader
from monitor.store import Key
from tests.monitor.bed import Disk, cancelled, region_on, settle
from tests.monitor.hooked import Hook


def key(number: int) -> Key:
    """The key of an account."""
    return Key("account", number)


async def balance(loader: Loader, *numbers: int) -> list[int | None]:
    """The balances the loader finds."""
    records = await loader.read([key(number) for number in numbers])
    return [None if record is None else record.row[2] for record in records]


class Batches:
    """Notes the keys of each read, and can hold it up or fail it."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.go_on = asyncio.Event()
        self.failing = False

    async def __call__(self, keys: Sequence[Key]) -> None:
        self.seen.append([int(str(key.value)) for key in keys])
        if len(self.seen) == 1:
            await self.go_on.wait()
        if self.failing:
            raise StoreBusy("held")


async def test_reads_asked_meanwhile_go_out_as_one(disk: Disk) -> None:
    """While one read is under way the others gather; each key is in the next batch once."""
    hook, batches = Hook(), Batches()
    async with region_on(disk, around=hook) as region:
        disk.accounts({1: 10, 2: 20})
        hook.store.before_read = batches
        loader = region.engine.loader
        first = asyncio.create_task(balance(loader, 1))
        await settle()
        others = [asyncio.create_task(balance(loader, *wanted)) for wanted in ((2, 1), (2,), (9, 2))]
        await settle()
        batches.go_on.set()
        assert await first == [10]
        assert await asyncio.gather(*others) == [[20, 10], [20], [None, 20]]
        assert batches.seen == [[1], [2, 1, 9]]


async def test_failure_reaches_all_that_asked_and_nobody_else(disk: Disk) -> None:
    """A read that fails fails for its batch; the next one is made anew."""
    hook, batches = Hook(), Batches()
    async with region_on(disk, around=hook) as region:
        disk.accounts({1: 10})
        hook.store.before_read = batches
        loader = region.engine.loader
        batches.failing = True
        batches.go_on.set()
        answers = await asyncio.gather(balance(loader, 1), balance(loader, 2), return_exceptions=True)
        assert [type(answer) for answer in answers] == [StoreBusy, StoreBusy]
        batches.failing = False
        assert await balance(loader, 1) == [10]


async def test_reader_that_goes_away_does_not_disturb_the_others(disk: Disk) -> None:
    """A step cancelled while it waits for its read leaves the read to the others."""
    hook, batches = Hook(), Batches()
    async with region_on(disk, around=hook) as region:
        disk.accounts({1: 10})
        hook.store.before_read = batches
        loader = region.engine.loader
        gone, stays = (asyncio.create_task(balance(loader, 1)) for _ in range(2))
        await settle()
        await cancelled(gone)
        batches.go_on.set()
        assert await stays == [10]


async def test_read_asked_after_a_commit_sees_it(disk: Disk) -> None:
    """A read never joins one that was sent before it was asked for: it cannot be answered from the past."""
    hook, batches = Hook(), Batches()
    async with region_on(disk, around=hook) as region:
        disk.accounts({1: 10})
        loader = region.engine.loader

        async def slow(keys: Sequence[Key]) -> None:
            batches.seen.append([1])
            if len(batches.seen) == 1:
                await batches.go_on.wait()

        hook.store.before_read = slow
        first = asyncio.create_task(balance(loader, 1))
        await settle()
        disk.ask("UPDATE account SET balance = 11")
        late = asyncio.create_task(balance(loader, 1))
        batches.go_on.set()
        assert await late == [11]
        await first
        assert len(batches.seen) == 2


async def test_wrong_table_is_an_error_of_the_call(disk: Disk) -> None:
    """Whatever the store raises comes out of the read."""
    async with region_on(disk) as region:
        with pytest.raises(KeyError):
            await region.engine.loader.read([Key("nothing", 1)])
        assert await region.engine.loader.read([key(1)]) == [None]


async def test_a_program_that_cancels_every_task_stops_no_read(disk: Disk) -> None:
    """Whoever waits for a record gets it, whether the read has begun or not."""
    hook, batches = Hook(), Batches()
    async with region_on(disk, around=hook) as region:
        disk.accounts({1: 10})
        hook.store.before_read = batches
        answers = [region.engine.loader.read([key(1)])]
        for _ in range(2):
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await settle()
            answers.append(region.engine.loader.read([key(1)]))
        batches.go_on.set()
        for answer in answers:
            (found,) = await asyncio.wait_for(answer, 1)
            assert found is not None
            assert found.row[2] == 10

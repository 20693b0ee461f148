"""Another region writes a hot record all this one's steps are built on: they run again, and soon get through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor import Area, Converse, Outcome, Send, Task, changed, transaction
from monitor.store import Store, Unit, Verdict
from tests.monitor.bed import Disk, Terminal, region_on, settle
from tests.monitor.records import Account

TERMINALS = 8
STEPS = 12


class Tally(Area):
    """Nothing to keep."""


@transaction("ADD", area=Tally)
async def add(task: Task[Tally]) -> Outcome:
    """One more on the hot account."""
    account = await task.files[Account].read(1, update=True)
    assert account is not None
    await task.files[Account].rewrite(changed(account, balance=account.balance + 1))
    return Converse(Send("NOTE"), then="ADD")


class SlowDisk:
    """A store whose commits take a while, and whose hot record another region writes now and then."""

    def __init__(self, store: Store, disk: Disk) -> None:
        self._disk = disk
        self.commits = 0
        self.read = store.read
        self.browse = store.browse
        self.select = store.select
        self.close = store.close
        self._commit = store.commit

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """Commit, after a while."""
        self.commits += 1
        await settle(12)
        if self.commits % 6 == 0:
            self._disk.database.execute(
                "UPDATE account SET written_by = 1000000 + ? WHERE number = 1", (self.commits,)
            )
        return await self._commit(units)


async def test_a_hot_record_written_by_another_region_costs_few_runs(disk: Disk) -> None:
    """A step that was built on a write that fell does not pull the ones after it down with it for long."""
    async with region_on(disk, add, around=lambda store: SlowDisk(store, disk)) as region:
        disk.accounts({1: 0})
        terminals = [Terminal(region, f"T{number:03d}") for number in range(TERMINALS)]
        for terminal in terminals:
            await terminal.attach()

        async def work(terminal: Terminal) -> None:
            await terminal.press(text="ADD")
            for _ in range(STEPS - 1):
                await terminal.press()

        await asyncio.gather(*(work(terminal) for terminal in terminals))
    assert disk.balance(1) == TERMINALS * STEPS
    assert disk.one("SELECT max(runs) FROM step") <= 4

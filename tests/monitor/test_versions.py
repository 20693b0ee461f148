"""Which unit wrote a record, kept in the area from one screen to the next, says whether someone changed it."""

from __future__ import annotations

from monitor import Area, Converse, Outcome, Send, Task, changed, transaction
from tests.monitor.bed import Disk, Terminal, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account


class Seen(Area):
    """The version of account 1 that was shown."""

    written_by: int = 0


@transaction("BUMP", area=Seen)
async def bump(task: Task[Seen]) -> Outcome:
    """Add 1 to account 1 if nobody else has changed it, and keep the version for the next time."""
    account = await task.files[Account].read(1)
    if not task.first_time:
        account = await task.files[Account].read_unchanged(1, task.area.written_by)
        if account is not None:
            await task.files[Account].rewrite(changed(account, balance=account.balance + 1))
    task.area.written_by = await task.files[Account].version(1)
    return Converse(Send("NOTE", {"text": "ok" if account else "changed by someone else"}))


async def test_ones_own_change_is_not_someone_elses(disk: Disk) -> None:
    """A step that rewrites a record and keeps its version can go on with it; another terminal is told."""
    async with region_on(disk, bump) as region:
        disk.accounts({1: 10})
        terminal, other = Terminal(region), Terminal(region, "T002")
        for each in (terminal, other):
            await each.attach()
            await each.press(text="BUMP")
        for _ in range(3):
            assert await terminal.press() == Shown("NOTE", {"text": "ok"})
        assert await other.press() == Shown("NOTE", {"text": "changed by someone else"})
        assert await other.press() == Shown("NOTE", {"text": "ok"})
        assert disk.balance(1) == 14

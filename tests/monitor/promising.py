"""What the tests of the promises have in common: a program that counts, and a gate before the commits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from monitor import Aid, Area, Converse, Finish, Outcome, Send, Task, changed, transaction
from monitor.startup import Region
from monitor.store import Unit
from tests.monitor.bed import Terminal
from tests.monitor.records import Account, Entry


class Plot(Area, weakref=True):
    """What the conversation remembers."""

    step: int = 0


def note(text: object) -> Send:
    """A screen with one text."""
    return Send("NOTE", {"text": str(text)})


async def deposit(task: Task[Any], number: int, amount: int) -> int:
    """Add to an account, and to the ledger; the new balance."""
    account = await task.files[Account].read(number, update=True)
    assert account
    await task.files[Account].rewrite(changed(account, balance=account.balance + amount))
    task.files.append(Entry(number, number, amount, task.terminal))
    return account.balance + amount


@transaction("PAY", area=Plot)
async def pay(task: Task[Plot]) -> Outcome:
    """Put 1 on account 1 at each Enter."""
    if task.aid is Aid.PF3:
        return Finish()
    task.area.step += 1
    return Converse(note(await deposit(task, 1, 1)))


async def attached(region: Region, *names: str) -> list[Terminal]:
    """Attached terminals."""
    made = [Terminal(region, name) for name in names]
    await asyncio.gather(*(terminal.attach() for terminal in made))
    return made


class Gate:
    """Holds up commits until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def wait(self, units: Sequence[Unit]) -> None:
        """A commit came to the gate."""
        self.reached.set()
        await self.opened.wait()


async def let_through(units: Sequence[Unit]) -> None:
    """Let all through."""

"""The work of the simulated operators: transfers in two steps, and audits; some of it goes wrong on purpose."""

from __future__ import annotations

import asyncio

from monitor import Aid, Area, Converse, Finish, NoArea, Outcome, Send, Task, changed, transaction
from tests.monitor.records import Account, Entry

ACCOUNTS = 10
OPENING_BALANCE = 1_000


class Transfer(Area):
    """A transfer between its two steps."""

    source: int = 0
    target: int = 0
    amount: int = 0


@transaction("XFER", area=Transfer)
async def transfer(task: Task[Transfer]) -> Outcome:
    """Enter checks a transfer, PF5 posts it, PF3 leaves."""
    if task.aid is Aid.PF3:
        return Finish()
    await asyncio.sleep(task.random.random() / 50)
    if task.aid is Aid.PF5:
        return await _post(task)
    if task.first_time:
        return Converse(Send("FORM"))
    area = Transfer(*(int(task.fields[name]) for name in ("source", "target", "amount")))
    return Converse(Send("FORM", dict(task.fields)), area=area)


async def _post(task: Task[Transfer]) -> Outcome:
    area = task.area
    source = await task.files[Account].read(area.source, update=True)
    await asyncio.sleep(task.random.random() / 50)
    target = await task.files[Account].read(area.target, update=True)
    assert source
    assert target
    if source.balance < area.amount:
        return Converse(Send("NOTE", {"text": "not enough"}))
    await task.files[Account].rewrite(changed(source, balance=source.balance - area.amount))
    await task.files[Account].rewrite(changed(target, balance=target.balance + area.amount))
    reference = f"{task.terminal}-{task.new_id()[:13]}"
    task.files.append(Entry(area.source, area.target, area.amount, reference))
    if area.amount % 20 == 7:
        raise RuntimeError("after all the work was done")
    return Converse(Send("NOTE", {"text": f"posted {reference}"}), area=Transfer())


@transaction("AUDT")
async def audit(task: Task[NoArea]) -> Outcome:
    """The money of all accounts, read one by one."""
    total = 0
    for number in range(1, ACCOUNTS + 1):
        account = await task.files[Account].read(number)
        assert account
        total += account.balance
    return Finish(Send("NOTE", {"text": f"total {total}"}))


PROGRAMS = (transfer, audit)

"""STMT: the lines of an account, a page at a time. The position is kept in the area, not in memory."""

from __future__ import annotations

from monitor.area import Area
from monitor.exchange import Aid
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.task import Task
from transactions.bank.maps import STMT01
from transactions.bank.records import EARLIER, LATER, Account, Movement
from transactions.money import money

LINES = len(STMT01.day.fields)
"""Lines on a page."""
_LATEST = 2**62


class Statement(Area):
    """The page that is shown: the place of its first and last line, and what comes before it."""

    number: str = ""
    first: int = _LATEST
    last: int = _LATEST
    before: int = 0
    """Lines later than the first one shown."""
    balance: int = 0
    """Of the account after the first line shown."""
    more: bool = False


@transaction("STMT", area=Statement)
async def statement(task: Task[Statement]) -> Outcome:
    """Statement of an account."""
    if task.first_time:
        return await latest(task, task.area.number) if task.area.number else Converse(STMT01.page(task))
    match task.aid:
        case Aid.ENTER:
            return await asked(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.PF7 | Aid.PF8:
            return await turned(task)
        case Aid.PF12 if task.area.before:
            return await latest(task, task.area.number)
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _:
            return Converse(STMT01.unused_key(task))


async def asked(task: Task[Statement]) -> Outcome:
    """The statement of the account that was typed."""
    form = task.receive(STMT01)
    if "number" in form.errors:
        return unknown(task, form.number, form.errors["number"])
    return await latest(task, form.number)


async def turned(task: Task[Statement]) -> Outcome:
    """The page above or below; if another account was typed, its statement, as with Enter."""
    form = task.receive(STMT01)
    if form.number != task.area.number:
        return await asked(task)
    if not form.number:
        return Converse(STMT01.mistake(task, form, "number", "Show an account first"))
    return await (later(task) if task.aid is Aid.PF7 else earlier(task))


async def latest(task: Task[Statement], number: str, say: str = "") -> Outcome:
    """The first page: the latest lines."""
    account = await task.files[Account].read(number)
    if account is None:
        return unknown(task, number, f"Account {number} does not exist")
    lines = await task.files.select(EARLIER, account=number, place=_LATEST, limit=LINES + 1)
    balance = lines[0].current if lines else account.balance
    return shown(task, account, lines, 0, balance, say)


async def earlier(task: Task[Statement]) -> Outcome:
    """The page below."""
    area = task.area
    if not area.more:
        return Converse(STMT01.page(task, task.receive(STMT01), say="These are the earliest lines"))
    page = await task.files.select(EARLIER, account=area.number, place=area.first + 1, limit=LINES)
    lines = await task.files.select(EARLIER, account=area.number, place=area.last, limit=LINES + 1)
    account = await task.files[Account].read(area.number)
    if account is None:
        return unknown(task, area.number, f"Account {area.number} does not exist")
    balance = area.balance - sum(line.amount for line in page)
    return shown(task, account, lines, area.before + len(page), balance)


async def later(task: Task[Statement]) -> Outcome:
    """The page above."""
    area = task.area
    found = await task.files.select(LATER, account=area.number, place=area.first, limit=LINES)
    account = await task.files[Account].read(area.number)
    if account is None or area.before <= LINES or len(found) < LINES:
        say = "" if area.before else "These are the latest lines"
        return await latest(task, area.number, say)
    balance = area.balance + sum(line.amount for line in found)
    return shown(task, account, [*reversed(found), found[0]], area.before - LINES, balance)


def shown(
    task: Task[Statement], account: Account, found: list[Movement], before: int, balance: int, say: str = ""
) -> Outcome:
    """A page of lines; one more than fits on it says that there are more."""
    lines, more = found[:LINES], len(found) > LINES
    area = Statement(
        number=account.number,
        first=lines[0].place if lines else _LATEST,
        last=lines[-1].place if lines else _LATEST,
        before=before,
        balance=balance,
        more=more,
    )
    balances = [balance - sum(line.amount for line in lines[:row]) for row in range(len(lines))]
    count = f"Lines {before + 1} to {before + len(lines)}" + (", F8 for more" if more else "")
    page = STMT01.page(
        task,
        say=say,
        number=account.number,
        owner=account.owner,
        lines=count if lines else "No lines",
        day=[line.day for line in lines],
        entry=[line.entry for line in lines],
        amount=[money(line.amount) for line in lines],
        balance=[money(amount) for amount in balances],
    )
    return Converse(page, area=area)


def unknown(task: Task[Statement], number: str, wrong: str) -> Outcome:
    """An account that cannot be shown."""
    return Converse(STMT01.mistake(task, None, "number", wrong, number=number), area=Statement())

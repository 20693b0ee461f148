"""ACCT: the owner and the balance of an account."""

from __future__ import annotations

from monitor.area import Area
from monitor.exchange import Aid
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.task import Task
from transactions.bank.maps import ACCT01
from transactions.bank.records import Account
from transactions.bank.statement import Statement
from transactions.money import money


class Inquiry(Area):
    """The account that is shown; empty before the first."""

    number: str = ""


@transaction("ACCT", area=Inquiry)
async def inquiry(task: Task[Inquiry]) -> Outcome:
    """Account inquiry."""
    if task.first_time:
        return Converse(ACCT01.page(task), area=Inquiry())
    match task.aid:
        case Aid.ENTER:
            return await show(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.PF12 if task.area.number:
            return Converse(ACCT01.page(task), area=Inquiry())
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case Aid.PF6 if task.area.number:
            return TransferTo("STMT", Statement(task.area.number))
        case Aid.PF6:
            return Converse(ACCT01.mistake(task, task.receive(ACCT01), "number", "Show an account first"))
        case _:
            return Converse(ACCT01.unused_key(task))


async def show(task: Task[Inquiry]) -> Outcome:
    """Read the account that was typed, and show it."""
    form = task.receive(ACCT01)
    wrong = form.errors.get("number", "")
    account = None if wrong else await task.files[Account].read(form.number)
    if account is None:
        wrong = wrong or f"Account {form.number} does not exist"
        return Converse(ACCT01.mistake(task, None, "number", wrong, number=form.number), area=Inquiry())
    shown = ACCT01.page(
        task,
        say="F6 shows the statement",
        number=account.number,
        owner=account.owner,
        balance=money(account.balance),
    )
    return Converse(shown, area=Inquiry(account.number))

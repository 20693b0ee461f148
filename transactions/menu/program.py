"""MENU: choose a transaction by its number or its code."""

from __future__ import annotations

from typing import Any, NamedTuple

from monitor.area import NoArea
from monitor.exchange import Aid, Send
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.task import Task
from transactions.house import no_function
from transactions.menu.maps import MENU01, MENU02


class Item(NamedTuple):
    """A line of the menu."""

    transid: str
    title: str


ITEMS = (
    Item("ACCT", "Account inquiry"),
    Item("XFER", "Transfer between two accounts"),
    Item("STMT", "Statement of an account"),
    Item("ORDR", "Order entry"),
    Item("INVB", "Inventory browse"),
    Item("TKTQ", "Help-desk queue"),
    Item("DIAG", "Diagnostic: what a key sends"),
    Item("NUMS", "Loan revaluation: a thread, NumPy, processes"),
)


@transaction("MENU")
async def menu(task: Task[NoArea]) -> Outcome:
    """Main menu."""
    if task.first_time:
        return Converse(listed(task))
    if task.aid is Aid.CLEAR:
        return Finish()
    if task.aid is Aid.PF3:
        return Finish(MENU02.page(task))
    if task.aid is not Aid.ENTER:
        return Converse(listed(task, wrong=no_function(task)))
    form = task.receive(MENU01)
    if not form.choice:
        return Converse(listed(task, wrong="Type a number or a code from the list"))
    transid = chosen(form.choice)
    if not transid:
        return Converse(listed(task, wrong=f"{form.choice} is not on this menu", choice=form.choice))
    return TransferTo(transid)


def chosen(typed: str) -> str:
    """The transaction of a number or a code; empty for anything else."""
    by_name = {item.transid: item.transid for item in ITEMS} | {"MENU": "MENU"}
    by_number = {str(number): item.transid for number, item in enumerate(ITEMS, start=1)}
    return by_name.get(typed) or by_number.get(typed.lstrip("0"), "")


def listed(task: Task[NoArea], wrong: str = "", choice: str = "") -> Send:
    """The menu on the screen."""
    values: dict[str, Any] = {
        "number": [f"{number:2}" for number in range(1, len(ITEMS) + 1)],
        "code": [item.transid for item in ITEMS],
        "title": [item.title for item in ITEMS],
        "choice": choice,
    }
    if wrong:
        return MENU01.mistake(task, None, "choice", wrong, **values)
    return MENU01.page(task, **values)

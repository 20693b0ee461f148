"""INVB: page through the items, search them by number or name, and show or update one."""

from __future__ import annotations

from typing import Any

from monitor.area import Area
from monitor.exchange import Aid
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.records import changed
from monitor.task import Task
from transactions.commands import line_command
from transactions.inventory.maps import INVB01, INVB02
from transactions.inventory.records import Item
from transactions.money import minor_units, money
from transactions.paging import Page, Pages

LINES = len(INVB01.number.fields)
COMMANDS = {"S": "shows", "U": "updates"}
ONLY_SHOWN = {"price": {"protected": True}, "stock": {"protected": True}}


class Inventory(Area):
    """The page that is shown, and the item over it."""

    by_name: bool = False
    first: str | tuple[str, ...] = ""
    """Number, or name and number, of the first item on the page."""
    last: str | tuple[str, ...] = ""
    number: str = ""
    """The one item that is shown; empty: the page."""
    written_by: int = 0
    """The unit of work that had written it when it was shown, if it may be updated."""


@transaction("INVB", area=Inventory)
async def inventory(task: Task[Inventory]) -> Outcome:
    """Inventory browse."""
    match task.aid:
        case _ if task.first_time:
            return listed(task, await pages(task).at())
        case Aid.CLEAR:
            return Finish()
        case Aid.ENTER if task.area.written_by:
            return await update(task)
        case Aid.ENTER | Aid.PF12 if task.area.number:
            return listed(task, await pages(task).at(task.area.first))
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _ if task.area.number:
            return Converse(INVB02.unused_key(task))
        case Aid.ENTER:
            return await chosen(task)
        case Aid.PF7 | Aid.PF8:
            return await turned(task)
        case _:
            return Converse(INVB01.unused_key(task))


def pages(task: Task[Inventory]) -> Pages[Item]:
    """The items in the order the operator wants."""
    if task.area.by_name:
        return Pages(task.files[Item], LINES, "name", "number", alternate=True)
    return Pages(task.files[Item], LINES, "number")


async def turned(task: Task[Inventory]) -> Outcome:
    """The page above or below, if there is one; if something was typed, that is done, as with Enter."""
    form = task.receive(INVB01)
    if form.find or any(form.option):
        return await chosen(task)
    found = pages(task)
    up = task.aid is Aid.PF7
    page = await (found.above(task.area.first) if up else found.below(task.area.last))
    if page.records:
        return listed(task, page)
    say = "These are the first items" if up else "These are the last items"
    return listed(task, await found.at(task.area.first), say)


async def chosen(task: Task[Inventory]) -> Outcome:
    """Do the command on a line; without one, go to what is searched."""
    form = task.receive(INVB01)
    line, letter, wrong = line_command(form.option, COMMANDS)
    if not line:
        return await search(task, form.find)
    if not form.number[line - 1]:
        wrong = wrong or "There is no item on this line"
    if wrong:
        return Converse(INVB01.mistake(task, form, f"option.{line}", wrong))
    return await item(task, form.number[line - 1], may_update=letter == "U")


async def search(task: Task[Inventory], wanted: str) -> Outcome:
    """The page that begins with a number or a name, or with the next one there is."""
    if not wanted:
        return listed(task, await pages(task).at(task.area.first))
    task.area.by_name = not wanted.isdigit()
    page = await pages(task).at(wanted)
    what = "name" if task.area.by_name else "number"
    if page.records and getattr(page.records[0], what).startswith(wanted):
        return listed(task, page)
    wrong = f"No {what} begins with {wanted}" + ("; these come after it" if page.records else "")
    return listed(task, page if page.records else await pages(task).at(), wrong=wrong)


async def item(task: Task[Inventory], number: str, may_update: bool, wrong: str = "") -> Outcome:
    """One item, to look at or to update."""
    found = await task.files[Item].read(number)
    if found is None:
        page = await pages(task).at(task.area.first)
        return listed(task, page, wrong=f"Item {number} does not exist any more")
    task.area.number = number
    task.area.written_by = await task.files[Item].version(number) if may_update else 0
    values: dict[str, Any] = {"name": found.name, "price": money(found.price), "stock": found.stock}
    if wrong:
        return Converse(INVB02.mistake(task, None, "", wrong, number=number, **values))
    if not may_update:
        values |= {"say": "Only shown: U on its line updates it", "attributes": ONLY_SHOWN}
    return Converse(INVB02.page(task, number=number, **values))


async def update(task: Task[Inventory]) -> Outcome:
    """Write the item back, if nobody else has since it was shown."""
    form, number = task.receive(INVB02), task.area.number
    if form.price is None or form.stock is None:
        return Converse(INVB02.mistake(task, form, form.first_error, form.errors[form.first_error]))
    found = await task.files[Item].read_unchanged(number, task.area.written_by)
    if found is None:
        return await item(task, number, may_update=True, wrong=f"Item {number} was changed by someone else")
    await task.files[Item].rewrite(changed(found, price=minor_units(form.price), stock=form.stock))
    return listed(task, await pages(task).at(task.area.first), say=f"Item {number} was updated")


def listed(task: Task[Inventory], page: Page[Item], say: str = "", wrong: str = "") -> Outcome:
    """A page of items."""
    area, items = task.area, page.records
    area.number, area.written_by = "", 0
    places = [pages(task).place(one) for one in items]
    area.first, area.last = (places[0], places[-1]) if places else ("", "")
    values: dict[str, Any] = {
        "number": [one.number for one in items],
        "name": [one.name for one in items],
        "price": [money(one.price) for one in items],
        "stock": [one.stock for one in items],
        "lines": ("By name" if area.by_name else "By number") + (", F8 for more" if page.more else ""),
    }
    if wrong:
        return Converse(INVB01.mistake(task, None, "find", wrong, **values))
    return Converse(INVB01.page(task, say=say, **values))

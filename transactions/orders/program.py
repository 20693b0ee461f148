"""ORDR: fill in an order, check it, post it. Posting takes the items out of the stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from monitor.area import Area
from monitor.exchange import Aid, Send
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.records import changed
from monitor.task import Task
from transactions.inventory.records import Item
from transactions.money import money
from transactions.orders.maps import ORDR01
from transactions.orders.records import Numbering, OrderLine, SalesOrder


class Line(NamedTuple):
    """A line of an order; the price as it was checked, in minor units."""

    item: str
    quantity: int
    price: int


class Order(Area):
    """The order that was checked and may be posted; no lines: none."""

    customer: str = ""
    lines: tuple[Line, ...] = ()


@transaction("ORDR", area=Order)
async def order(task: Task[Order]) -> Outcome:
    """Order entry."""
    if task.first_time:
        return Converse(ORDR01.page(task), area=Order())
    match task.aid:
        case Aid.ENTER:
            return await check(task)
        case Aid.PF5:
            return await post(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.PF12 if task.area.lines:
            form = task.receive(ORDR01)
            return Converse(ORDR01.page(task, form, say="Change it, then press Enter"), area=Order())
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _:
            return Converse(ORDR01.unused_key(task))


async def check(task: Task[Order]) -> Outcome:
    """Look the items up, and show what the order comes to."""
    form = task.receive(ORDR01)
    stock = await items_of(task, form)
    field, wrong = fault_in(form, stock)
    if wrong:
        return Converse(totalled(task, form, stock, wrong, field), area=Order())
    say = "Press F5 to post, or F12 to change it"
    return Converse(totalled(task, form, stock, say), area=wanted(form, stock))


async def post(task: Task[Order]) -> Outcome:
    """Write the order and take its items out of the stock, all or nothing, once."""
    form = task.receive(ORDR01)
    stock = await items_of(task, form, update=True)
    field, wrong = fault_in(form, stock)
    if not task.area.lines and not (wrong and typed(form)):
        field, wrong = "customer", "Nothing was checked yet: press Enter first"
    if wrong:
        return Converse(totalled(task, form, stock, wrong, field), area=Order())
    asked = wanted(form, stock)
    if asked != task.area:
        say = "Changed since it was checked: press F5 to post it like this"
        return Converse(totalled(task, form, stock, say), area=asked)
    number, total = await next_number(task), sum(line.quantity * line.price for line in asked.lines)
    posted_at = task.now.isoformat(timespec="seconds")
    await task.files[SalesOrder].write(SalesOrder(number, asked.customer, total, posted_at, task.terminal))
    for place, line in enumerate(asked.lines, start=1):
        await task.files[OrderLine].write(OrderLine(number, place, *line))
        item = stock[line.item]
        await task.files[Item].rewrite(changed(item, stock=item.stock - line.quantity))
    return Converse(ORDR01.page(task, say=f"Order {number} was posted: {money(total):,}"), area=Order())


def typed(form: ORDR01) -> bool:
    """True if there is anything on the form that could be at fault."""
    return any((form.customer, *form.item, *form.quantity))


async def items_of(task: Task[Order], form: ORDR01, update: bool = False) -> dict[str, Item]:
    """The items of an order, as far as there are such."""
    numbers = [number for number in dict.fromkeys(form.item) if number]
    found = await task.files[Item].read_many(*numbers, update=update)
    return {item.number: item for item in found if item}


async def next_number(task: Task[Order]) -> int:
    """The next order number; none is left out and none is given twice."""
    last = await task.files[Numbering].read("sales_order", update=True)
    number = last.last + 1 if last else 1
    await task.files[Numbering].rewrite(Numbering("sales_order", number))
    return number


def fault_in(form: ORDR01, stock: dict[str, Item]) -> tuple[str, str]:
    """The first mistake in tab order: its field, and what to tell the operator; empty: none."""
    if "customer" in form.errors:
        return "customer", form.errors["customer"]
    seen: dict[str, int] = {}
    for place, (number, quantity) in enumerate(zip(form.item, form.quantity, strict=True), start=1):
        item, amount = f"item.{place}", f"quantity.{place}"
        if not number and not form.text(amount).strip():
            continue
        known = stock.get(number)
        if known is None:
            wrong = f"item {number} does not exist" if number else "an item is missing"
            return item, f"Line {place}: {wrong}"
        if number in seen:
            return item, f"Line {place}: item {number} is on line {seen[number]} already"
        if quantity is None or amount in form.errors:
            return amount, f"Line {place}: {form.errors.get(amount, 'a quantity is missing')}"
        if quantity > known.stock:
            return amount, f"Line {place}: only {known.stock} of item {number} are in stock"
        seen[number] = place
    return ("", "") if seen else ("item.1", "Type at least one item and its quantity")


def wanted(form: ORDR01, stock: dict[str, Item]) -> Order:
    """The order of a form without mistakes."""
    lines = zip(form.item, form.quantity, strict=True)
    return Order(form.customer, tuple(Line(n, count or 0, stock[n].price) for n, count in lines if n))


def totalled(task: Task[Order], form: ORDR01, stock: dict[str, Item], text: str, at_fault: str = "") -> Send:
    """The form with names, prices and the total of what can be priced."""
    items = [stock.get(number) for number in form.item]
    priced = zip(items, form.quantity, strict=True)
    amounts = [money(quantity * item.price) if item and quantity else None for item, quantity in priced]
    values: dict[str, Any] = {
        "name": [item and item.name for item in items],
        "price": [item and money(item.price) for item in items],
        "amount": amounts,
        "total": sum((amount for amount in amounts if amount), Decimal(0)),
    }
    if at_fault:
        return ORDR01.mistake(task, form, at_fault, text, **values)
    return ORDR01.page(task, form, say=text, **values)

"""XFER: move money between two accounts. Fill in the form, check it, post it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from monitor.area import Area
from monitor.exchange import Aid
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.records import changed
from monitor.task import Task
from transactions.bank.maps import XFER01
from transactions.bank.records import Account, LedgerEntry
from transactions.money import minor_units, money


class Transfer(Area):
    """The transfer that was checked and may be posted; no source: none."""

    source: str = ""
    target: str = ""
    amount: Decimal = Decimal(0)
    reference: str = ""


class Fault(NamedTuple):
    """A mistake: the field, and what to tell the operator."""

    field: str
    text: str


@transaction("XFER", area=Transfer)
async def transfer(task: Task[Transfer]) -> Outcome:
    """Transfer between two accounts."""
    if task.first_time:
        return Converse(XFER01.page(task), area=Transfer())
    match task.aid:
        case Aid.ENTER:
            return await check(task, "Press F5 to post, or F12 to change it")
        case Aid.PF5:
            return await post(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.PF12 if task.area.source:
            return Converse(
                XFER01.page(task, task.area, say="Change what you want, then press Enter"), area=Transfer()
            )
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _:
            return Converse(XFER01.unused_key(task))


async def check(task: Task[Transfer], advice: str) -> Outcome:
    """Look the accounts up, and show what the transfer would do."""
    form = task.receive(XFER01)
    source, target = await task.files[Account].read_many(form.source, form.target)
    fault = fault_in(form, source, target)
    if fault is not None or source is None or target is None:
        return refused(task, form, fault or Fault("source", ""))
    shown = XFER01.page(
        task, form, say=advice, **effects(source, target, minor_units(form.amount or Decimal(0)))
    )
    return Converse(shown, area=wanted(form))


async def post(task: Task[Transfer]) -> Outcome:
    """Move the money, once, if it is still there."""
    form = task.receive(XFER01)
    if not task.area.source:
        return refused(task, form, Fault("source", "Nothing was checked yet: press Enter first"))
    if form.errors or wanted(form) != task.area:
        return await check(task, "Changed since it was checked: press F5 to post it like this")
    source, target = await task.files[Account].read_many(form.source, form.target, update=True)
    fault = fault_in(form, source, target)
    if fault is not None or source is None or target is None:
        return refused(task, form, fault or Fault("source", ""))
    amount = minor_units(task.area.amount)
    await task.files[Account].rewrite(changed(source, balance=source.balance - amount))
    await task.files[Account].rewrite(changed(target, balance=target.balance + amount))
    posted_at = task.now.isoformat(timespec="seconds")
    task.files.append(
        LedgerEntry(source.number, target.number, amount, form.reference, posted_at, task.terminal)
    )
    text = f"{money(amount):,} posted from {source.number} to {target.number}"
    return Converse(XFER01.page(task, say=text), area=Transfer())


def fault_in(form: XFER01, source: Account | None, target: Account | None) -> Fault | None:
    """The first mistake of a transfer in tab order, or None."""
    errors = form.errors
    if "source" in errors or source is None:
        return Fault("source", errors.get("source", f"From account {form.source} does not exist"))
    if "target" in errors or target is None:
        return Fault("target", errors.get("target", f"To account {form.target} does not exist"))
    if source.number == target.number:
        return Fault("target", "To account must be another than the from account")
    if "amount" in errors:
        return Fault("amount", errors["amount"])
    if minor_units(form.amount or Decimal(0)) > source.balance:
        return Fault("amount", f"Amount is more than the {money(source.balance):,} on the from account")
    return None


def refused(task: Task[Transfer], form: XFER01, fault: Fault) -> Outcome:
    """The form as it was typed, without what an earlier check had shown, and the mistake."""
    shown = {name: None for name in XFER01.layout.named if name.partition("_")[2] in _OUTPUTS}
    return Converse(XFER01.mistake(task, form, fault.field, fault.text, **shown), area=Transfer())


_OUTPUTS = frozenset({"owner", "before", "after"})


def wanted(form: XFER01) -> Transfer:
    """What the operator asks for."""
    return Transfer(form.source, form.target, form.amount or Decimal(0), form.reference)


def effects(source: Account, target: Account, amount: int) -> dict[str, Any]:
    """Owners, and balances before and after."""
    return {
        "source_owner": source.owner,
        "target_owner": target.owner,
        "source_before": money(source.balance),
        "source_after": money(source.balance - amount),
        "target_before": money(target.balance),
        "target_after": money(target.balance + amount),
    }

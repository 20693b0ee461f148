"""DIAG: the key that arrived, where the cursor was, and every field that came with it."""

from __future__ import annotations

from typing import Any

from monitor.area import Area
from monitor.exchange import Aid, Received
from monitor.outcome import Converse, Outcome, TransferTo
from monitor.program import transaction
from monitor.task import Task
from transactions.diagnostic.maps import DIAG01

FIELDS = tuple(name for name, field in DIAG01.layout.named.items() if not field.attribute.protected)
"""The fields to type in, from the top."""


class Diagnosis(Area):
    """Whether the key before was F3."""

    leaving: bool = False


@transaction("DIAG", area=Diagnosis)
async def diagnostic(task: Task[Diagnosis]) -> Outcome:
    """Diagnostic: what a key sends."""
    if task.first_time:
        return Converse(DIAG01.page(task), area=Diagnosis())
    if task.aid is Aid.PF3 and task.area.leaving:
        return TransferTo("MENU")
    form = task.receive(DIAG01)
    task.area.leaving = task.aid is Aid.PF3
    say = "Press F3 again to leave" if task.area.leaving else next(iter(form.errors.values()), "")
    return Converse(DIAG01.page(task, form, say=say, cursor=task.cursor, **report(task.received)))


def report(received: Received) -> dict[str, Any]:
    """What came in, as the map shows it."""
    texts = [shown(received, name) for name in FIELDS]
    return {
        "key": received.aid,
        "where": place(received),
        "at": [None if text is None else address(name) for name, text in zip(FIELDS, texts, strict=True)],
        "got": texts,
        "hex": [in_hex(received, name) for name in FIELDS],
    }


def place(received: Received) -> str:
    """The cursor's address, with its row and column from 1, and the field it is in."""
    if received.cursor is None:
        return "not sent with this key"
    row, column = divmod(received.cursor, DIAG01.columns)
    field = f", {received.cursor_field}" if received.cursor_field else ""
    return f"{received.cursor}: row {row + 1}, column {column + 1}{field}"


def address(name: str) -> int:
    """Of the first data position of a field."""
    return DIAG01.layout.named[name].address + 1


def shown(received: Received, name: str) -> str | None:
    """The text of a field that came in, or as many asterisks; None: it did not come."""
    if name not in received.modified:
        return None
    text = received.values[name]
    return "*" * len(text) if name in received.masked else text


def in_hex(received: Received, name: str) -> str | None:
    """The characters of a field that came in, as code points of two digits or more."""
    text = shown(received, name)
    if text is None or name in received.masked:
        return text and "**" * len(text)
    return "".join(f"{ord(char):02X}" for char in text)

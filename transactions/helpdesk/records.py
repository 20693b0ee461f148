"""The tickets of the help desk."""

from __future__ import annotations

from monitor.records import Record, file


@file("ticket", key="number")
class Ticket(Record, frozen=True):
    """A customer's trouble, and what was done about it."""

    number: int
    priority: str
    status: str
    """OPEN, TAKEN or SOLVED."""
    agent: str
    """The terminal that took it; empty while it is open."""
    opened: str
    customer: str
    summary: str
    notes: str
    """Lines."""

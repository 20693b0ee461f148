"""Records for the tests: plain ones, a composite key with a Decimal, a ledger, a real number."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from monitor import Query, Record, file, ledger


@file("account", key="number", alternate="owner")
class Account(Record, frozen=True):
    """An account with an alternate index on its owner."""

    number: int
    owner: str
    balance: int


@file("seat", key=("hall", "number"), alternate="guest")
class Seat(Record, frozen=True):
    """A seat, found by hall and number; its guest may be nobody."""

    hall: str
    number: int
    guest: str | None
    price: Decimal


@ledger("ledger")
class Entry(Record, frozen=True):
    """A posted transfer."""

    source: int
    target: int
    amount: int
    reference: str


@file("reading", key="id")
class Reading(Record, frozen=True):
    """A measurement."""

    id: str
    degrees: float


@file("day", key="on", alternate="begun")
class Day(Record, frozen=True):
    """What happened on a day, since when."""

    on: date
    begun: datetime
    note: str


TABLES = (Account.table, Seat.table, Entry.table, Reading.table, Day.table)

ENTRIES = Query(
    "entries of an account",
    "SELECT source, target, amount, reference FROM ledger "
    "WHERE source = :account OR target = :account ORDER BY id LIMIT :limit",
    Entry,
)

"""The bank's records: accounts, and the ledger of every transfer that was posted."""

from __future__ import annotations

from monitor.records import Query, Record, file, ledger
from transactions.money import minor_units as minor_units
from transactions.money import money as money


@file("account", key="number", alternate="owner")
class Account(Record, frozen=True):
    """An account; money is kept in minor units."""

    number: str
    owner: str
    balance: int


@ledger("ledger")
class LedgerEntry(Record, frozen=True):
    """A transfer that was posted."""

    source: str
    target: str
    amount: int
    reference: str
    posted_at: str
    terminal: str


class Movement(Record, frozen=True):
    """A line of a statement: money that came in, or went out (below zero)."""

    place: int
    """Later lines have higher places."""
    day: str
    entry: str
    amount: int
    current: int
    """Balance of the account, as this line was read."""


_MOVEMENTS = """
SELECT place, day, entry, amount, (SELECT balance FROM account WHERE number = :account) FROM (
    SELECT place, day, entry, amount FROM booking WHERE account = :account
    UNION ALL
    SELECT 1000000000 + id, substr(posted_at, 1, 10), trim('To ' || target || ' ' || reference), -amount
    FROM ledger WHERE source = :account
    UNION ALL
    SELECT 1000000000 + id, substr(posted_at, 1, 10), trim('From ' || source || ' ' || reference), amount
    FROM ledger WHERE target = :account
)
"""

EARLIER = Query("earlier", _MOVEMENTS + "WHERE place < :place ORDER BY place DESC LIMIT :limit", Movement)
"""The lines of an account before a place, the latest first."""
LATER = Query("later", _MOVEMENTS + "WHERE place > :place ORDER BY place LIMIT :limit", Movement)
"""The lines of an account after a place, the earliest first."""

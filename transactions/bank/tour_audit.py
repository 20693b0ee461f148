"""What plain SQL says of a store: nothing of the engine is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

LATEST_STEP = """
SELECT number, transid, outcome, next, area, screen
FROM step ORDER BY unit DESC LIMIT 1
"""
"""The row that holds everything between two screens."""

_POSTED = "SELECT count(*) FROM ledger WHERE reference = ?"
_BALANCES = "SELECT number, balance FROM account"
_MOVED = """
SELECT number, sum(amount) FROM (
    SELECT source AS number, -amount AS amount FROM ledger
    UNION ALL
    SELECT target AS number, amount FROM ledger
) GROUP BY number
"""
_STEPS = "SELECT count(*), count(DISTINCT terminal || ' ' || sequence) FROM step"
_ATTACHMENTS = "SELECT total(epoch) FROM terminal"


class Figures(NamedTuple):
    """The outcome of an audit."""

    steps: int
    commits: int
    """One a step, and one an attachment: there is one terminal."""
    duplicates: int
    """Postings and steps there are more than once."""
    lost: int
    """Postings that are missing."""
    unexplained: int
    """Minor units by which balances differ from what the ledger says."""

    @property
    def sound(self) -> bool:
        """True when nothing was lost or doubled."""
        return not (self.duplicates or self.lost or self.unexplained)


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads."""
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as database:
        yield database


def balances(database: sqlite3.Connection) -> dict[str, int]:
    """Every account's balance."""
    return dict(database.execute(_BALANCES))


def times_posted(database: sqlite3.Connection, reference: str) -> int:
    """How often a transfer is in the ledger."""
    count: int = database.execute(_POSTED, (reference,)).fetchone()[0]
    return count


def audit(database: sqlite3.Connection, opening: dict[str, int], references: Sequence[str]) -> Figures:
    """Compare the balances with the opening ones and the ledger, and count every reference."""
    steps, distinct = database.execute(_STEPS).fetchone()
    counts = [times_posted(database, reference) for reference in references]
    moved = dict(database.execute(_MOVED))
    closing_balances = balances(database)
    numbers = opening.keys() | closing_balances.keys()
    return Figures(
        steps=steps,
        commits=steps + int(database.execute(_ATTACHMENTS).fetchone()[0]),
        duplicates=steps - distinct + sum(max(count - 1, 0) for count in counts),
        lost=counts.count(0),
        unexplained=sum(
            abs(closing_balances.get(number, 0) - opening.get(number, 0) - moved.get(number, 0))
            for number in numbers
        ),
    )

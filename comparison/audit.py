"""The audit of a run, in plain SQL on the store it left: it knows nothing of the code that wrote it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

_MONEY = "SELECT sum(balance) FROM account"
_POSTED = "SELECT count(*) FROM ledger"
_STEPS = "SELECT count(*) FROM step WHERE transid = 'XFER' AND outcome = 'converse' AND number > 1"
_DOUBLED = "SELECT count(*) FROM (SELECT reference FROM ledger GROUP BY reference HAVING count(*) > 1)"
_OUT_OF_BALANCE = """
SELECT count(*) FROM account a
WHERE balance <> (SELECT opening FROM opened o WHERE o.number = a.number)
  + (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.target = a.number)
  - (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.source = a.number)
"""
REMEMBER = "CREATE TABLE opened AS SELECT number, balance AS opening FROM account"
INDEX = "CREATE UNIQUE INDEX opened_number ON opened (number)"


class Expected(NamedTuple):
    """What the terminals saw acknowledged."""

    steps: int
    posted: int


def remember_openings(database: sqlite3.Connection) -> None:
    """Note every account's balance before the run, for the audit."""
    database.execute(REMEMBER)
    database.execute(INDEX)


def audit(store: Path, expected: Expected, *, history: bool = True) -> list[str]:
    """What is wrong with the store after a run; empty if all is right. `history`: every step has its row there."""
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as database:

        def one(sql: str) -> int:
            return int(database.execute(sql).fetchone()[0])

        opening = one("SELECT sum(opening) FROM opened")
        findings = {
            f"money: {opening} before, {one(_MONEY)} after": one(_MONEY) != opening,
            f"ledger: {expected.posted} acknowledged, {one(_POSTED)} posted": one(_POSTED) != expected.posted,
            f"history: {expected.steps} acknowledged, {one(_STEPS)} kept": history
            and one(_STEPS) != expected.steps,
            f"{one(_DOUBLED)} references were posted twice": one(_DOUBLED) > 0,
            f"{one(_OUT_OF_BALANCE)} accounts do not equal their ledger": one(_OUT_OF_BALANCE) > 0,
        }
    return [text for text, wrong in findings.items() if wrong]

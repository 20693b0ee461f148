"""The audit of a run, in plain SQL on the store it left: it knows nothing of the code that wrote it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from comparison.workload import Transfer, transfers

_MONEY = "SELECT sum(balance) FROM account"
_POSTED = "SELECT count(*) FROM ledger"
_STEPS = "SELECT count(*) FROM step WHERE transid = 'XFER' AND outcome = 'converse' AND number > 1"
_INPUTS = _STEPS.replace("count(*)", "terminal, sequence")
_LEDGER = "SELECT source, target, amount, reference, terminal FROM ledger"
_DOUBLED = "SELECT count(*) FROM (SELECT reference FROM ledger GROUP BY reference HAVING count(*) > 1)"
_REPEATED = """
SELECT count(*) FROM (SELECT terminal, sequence FROM step GROUP BY terminal, sequence HAVING count(*) > 1)
"""
_OUT_OF_BALANCE = """
SELECT count(*) FROM account a
WHERE balance <> (SELECT opening FROM opened o WHERE o.number = a.number)
  + (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.target = a.number)
  - (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.source = a.number)
"""
REMEMBER = "CREATE TABLE opened AS SELECT number, balance AS opening FROM account"
INDEX = "CREATE UNIQUE INDEX opened_number ON opened (number)"
Row = tuple[str, str, int, str, str]
"""Of the ledger: source, target, amount in minor units, reference, terminal."""


class Answered(NamedTuple):
    """What was answered to one terminal of a run; it types the transfers of the workload one after the other."""

    terminal: str
    seed: int
    number: int
    """Of the terminal in the workload."""
    first: int
    last: int
    """Sequences of its first and its last input."""
    posted: int

    def rows(self) -> Iterator[Row]:
        """The rows its postings are in the ledger."""
        return (row_of(one, self.terminal) for one in islice(transfers(self.seed, self.number), self.posted))

    def inputs(self) -> Iterator[tuple[str, int]]:
        """Terminal and sequence of each step."""
        return ((self.terminal, sequence) for sequence in range(self.first, self.last + 1))


class Expected(NamedTuple):
    """What the terminals saw acknowledged."""

    steps: int
    posted: int
    terminals: tuple[Answered, ...] = ()
    """Empty: the rows are counted, and not compared with what was typed."""

    def and_then(self, more: Expected) -> Expected:
        """With what they saw acknowledged afterwards."""
        return Expected(
            self.steps + more.steps, self.posted + more.posted, (*self.terminals, *more.terminals)
        )


def row_of(transfer: Transfer, terminal: str) -> Row:
    """The row of the ledger a transfer becomes; amounts are typed with two decimals."""
    amount = int(transfer.amount.replace(".", ""))
    return transfer.source, transfer.target, amount, transfer.reference, terminal


def remember_openings(database: sqlite3.Connection) -> None:
    """Note every account's balance before the run, for the audit."""
    database.execute(REMEMBER)
    database.execute(INDEX)


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads."""
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as database:
        yield database


def ledger(database: sqlite3.Connection) -> Counter[Row]:
    """The rows of the ledger, and how often each is there."""
    return Counter(database.execute(_LEDGER))


def inputs(database: sqlite3.Connection) -> Counter[tuple[str, int]]:
    """Terminal and sequence of the steps in the history, and how often each is there."""
    return Counter(database.execute(_INPUTS))


def audit(store: Path, expected: Expected, *, history: bool = True) -> list[str]:
    """What is wrong with the store after a run; empty if all is right. `history`: every step has its row there."""
    with reading(store) as database:
        posted, steps = _one(database, _POSTED), _one(database, _STEPS)
        findings = {
            f"ledger: {expected.posted} acknowledged, {posted} posted": posted != expected.posted,
            f"history: {expected.steps} acknowledged, {steps} kept": history and steps != expected.steps,
        }
        found = [text for text, wrong in findings.items() if wrong] + books(database)
        if expected.terminals:
            rows = Counter(row for one in expected.terminals for row in one.rows())
            found += _differences("ledger", rows, ledger(database))
            if history:
                sent = Counter(pair for one in expected.terminals for pair in one.inputs())
                found += _differences("history", sent, inputs(database))
    return found


def books(database: sqlite3.Connection) -> list[str]:
    """What is wrong with the books, whatever was typed."""
    opening, closed = _one(database, "SELECT sum(opening) FROM opened"), _one(database, _MONEY)
    doubled, repeated = _one(database, _DOUBLED), _one(database, _REPEATED)
    unequal = _one(database, _OUT_OF_BALANCE)
    findings = {
        f"money: {opening} before, {closed} after": opening != closed,
        f"{doubled} references were posted twice": doubled,
        f"{repeated} inputs are in the history twice": repeated,
        f"{unequal} accounts do not equal their ledger": unequal,
    }
    return [text for text, wrong in findings.items() if wrong]


def _one(database: sqlite3.Connection, sql: str) -> int:
    return int(database.execute(sql).fetchone()[0])


def _differences(name: str, typed: Counter[Any], there: Counter[Any]) -> list[str]:
    """What is in one of them only; the rows of `there` are those of the store."""
    missing, made_up = (typed - there).total(), (there - typed).total()
    findings = {
        f"{name}: {missing} acknowledged rows are missing or differ": missing,
        f"{name}: {made_up} rows that nobody typed": made_up,
    }
    return [text for text, wrong in findings.items() if wrong]

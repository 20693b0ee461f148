"""The bank's books in memory, for the competitors that save nothing; written down at the end, for the audit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from comparison.teller import ACCOUNTS, LEDGER, REBALANCE, Moved, found
from transactions.bank.records import Account


class Books:
    """Every account, and the ledger."""

    def __init__(self, store: Path) -> None:
        self._store = store
        with closing(sqlite3.connect(store)) as database:
            self.accounts = found(database.execute(ACCOUNTS.partition(" WHERE ")[0]).fetchall())
        self._ledger: list[tuple[object, ...]] = []
        self._touched: set[str] = set()

    def post(self, moved: Moved) -> None:
        """Move the money."""
        for number, balance in moved.balances:
            self.accounts[number] = Account(number, self.accounts[number].owner, balance)
            self._touched.add(number)
        self._ledger.append(moved.ledger)

    def write_down(self) -> None:
        """Put what happened into the store, after the run: only for the audit, and not durable before."""
        with closing(sqlite3.connect(self._store)) as database, database:
            changes = [(self.accounts[number].balance, 1, number) for number in self._touched]
            database.executemany(REBALANCE, changes)
            database.executemany(LEDGER, self._ledger)

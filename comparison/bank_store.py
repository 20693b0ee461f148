"""The store every competitor starts from: the bank, the accounts of the workload, and their opening balances."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from comparison.audit import remember_openings
from comparison.workload import seed_accounts
from monitor.settings import Settings
from monitor.startup import open_region

TEMPLATE = "template.db"


async def make_template(folder: Path) -> Path:
    """The bank, ready to be copied."""
    template = folder / TEMPLATE
    async with open_region(Settings(store=str(template), good_morning_transid="")):
        pass
    with closing(sqlite3.connect(template, isolation_level=None)) as database:
        seed_accounts(database)
        remember_openings(database)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return template


def copied(template: Path, name: str) -> Path:
    """A store of its own for a competitor, or for one experiment with it."""
    store = template.with_name("".join(letter for letter in name if letter.isalnum()) + ".db")
    shutil.copy(template, store)
    return store


def remove(store: Path) -> None:
    """Delete a store, and whatever lies beside it under its name."""
    for left in store.parent.glob(f"{store.stem}*"):
        left.unlink()

"""The work every competitor does: the bank's two-screen transfer, typed at many terminals at once."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple, Protocol

ACCOUNTS = 100_000
"""Accounts the transfers are spread over."""
OPENING_BALANCE = 1_000_000_000
"""In minor units: enough that no transfer of a run is refused."""
FIRST_ACCOUNT = 90_100_001

SEED_ACCOUNTS = f"""
INSERT INTO account (number, owner, balance, written_by)
WITH RECURSIVE count (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < {ACCOUNTS - 1})
SELECT CAST({FIRST_ACCOUNT} + n AS TEXT), 'OWNER ' || n, {OPENING_BALANCE}, 1 FROM count
"""  # noqa: S608 numbers of our own


class Transfer(NamedTuple):
    """What one operator types, and posts."""

    source: str
    target: str
    amount: str
    reference: str


class Session(Protocol):
    """One terminal of a competitor; every call is one step, answered when it is as durable as it gets."""

    async def check(self, transfer: Transfer) -> None:
        """Fill the form in and press Enter; raises `WrongAnswer` if the screen is not the expected one."""
        ...

    async def post(self) -> None:
        """Press PF5; raises `WrongAnswer` if the transfer was not posted."""
        ...


class WrongAnswer(Exception):
    """The competitor did not do the work: the run does not count."""


def transfers(seed: int, terminal: int) -> Iterator[Transfer]:
    """The transfers of one terminal, for ever; the same for every competitor.

    Accounts and amounts are drawn at once and used again in a circle: drawing costs what is not measured.
    """
    numbers = random.Random(f"{seed}:{terminal}")  # noqa: S311 reproducible on purpose
    drawn = [_drawn(numbers) for _ in range(_CIRCLE)]
    return (
        Transfer(*drawn[count % _CIRCLE], reference=f"T{terminal}-{count}") for count in itertools.count(1)
    )


_CIRCLE = 64


def _drawn(numbers: random.Random) -> tuple[str, str, str]:
    source, target = numbers.sample(range(ACCOUNTS), 2)
    amount = f"{numbers.randint(1, 999)}.{numbers.randint(0, 99):02}"
    return str(FIRST_ACCOUNT + source), str(FIRST_ACCOUNT + target), amount


def seed_accounts(database: sqlite3.Connection) -> None:
    """Add the accounts of the workload to a bank."""
    database.execute(SEED_ACCOUNTS)

"""The statements of the competitors that keep the conversation in the bank's own tables, and how they connect."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from comparison.teller import Answer, Reading, encoded, history_input
from comparison.workload import WrongAnswer
from transactions.bank.transfer import Transfer

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 10000",
    "temp_store = MEMORY",
    "busy_timeout = 30000",
)
"""The same for every competitor on SQLite, the region included."""

STATE = """
SELECT c.id, c.written_by, s.number, s.sequence, s.area, s.screen FROM terminal t
JOIN conversation c ON c.id = t.conversation JOIN step s ON s.unit = c.written_by WHERE t.id = ?
"""
_STEP = "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_POINT = "UPDATE conversation SET written_by = ? WHERE id = ? AND written_by = ?"


def connect(store: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A connection any thread may use, one at a time."""
    database = sqlite3.connect(store, isolation_level=None, check_same_thread=False, factory=factory)
    for pragma in PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    return database


def unit_ids(database: sqlite3.Connection) -> Iterator[int]:
    """Numbers no other process gives to a step."""
    row = ("INSERT INTO region (started, process) VALUES (?, 'comparison')", (_now(),))
    return itertools.count(((database.execute(*row).lastrowid or 0) << 32) + 1)


def begin_conversation(database: sqlite3.Connection, unit: int, terminal: str, screen: str) -> None:
    """The rows of a terminal that was never seen before, on an empty transfer form; a transaction of its own."""
    database.execute("BEGIN IMMEDIATE")
    keep_beginning(database, unit, terminal, screen)
    database.execute("COMMIT")


def keep_beginning(database: sqlite3.Connection, unit: int, terminal: str, screen: str) -> None:
    """The same rows, within the caller's transaction."""
    step = (unit, unit, 1, 0, terminal, 1, "GUEST", "XFER", "{}", "started", "", "XFER", "Transfer", 1)
    database.execute("INSERT INTO terminal VALUES (?, 1, 'GUEST', ?, ?)", (terminal, unit, unit))
    database.execute("INSERT INTO conversation VALUES (?, ?, 'open', 1, ?)", (unit, terminal, unit))
    database.execute(_STEP, (*step, encoded(Transfer()), screen, _now(), 0, 1))


def keep_step(database: sqlite3.Connection, unit: int, state: Any, reading: Reading, result: Answer) -> None:
    """The row of a step, and the conversation pointed at it; within the caller's transaction."""
    conversation, before, number, *_ = state
    inbound = reading.inbound
    database.execute(
        _STEP,
        (
            unit, conversation, number + 1, before, inbound.terminal, inbound.sequence, "GUEST", "XFER",
            history_input(reading), "converse", "", "XFER", "Transfer", Transfer.version,
            encoded(result.area), result.screen, _now(), 0, 1,
        ),
    )  # fmt: skip
    if database.execute(_POINT, (unit, conversation, before)).rowcount != 1:
        raise WrongAnswer(f"{inbound.terminal}: another wrote the conversation")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

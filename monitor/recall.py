"""Stored conversations: found, read step by step, and continued from an earlier step."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from monitor.errors import MonitorError
from monitor.units import unit_name


class StoredStep(NamedTuple):
    """A row of the history."""

    unit: int
    conversation: int
    number: int
    previous: int
    terminal: str
    sequence: int
    user: str
    transid: str
    input: str
    outcome: str
    code: str
    next: str
    area_type: str
    area_version: int
    area: str
    screen: str
    started: str
    elapsed_us: int
    runs: int


class StoredConversation(NamedTuple):
    """A conversation, as its last step left it."""

    id: int
    terminal: str
    state: str
    user: str
    steps: int
    transid: str
    """That ran last."""
    outcome: str
    code: str
    last: str
    """When the last step began."""


class Filter(msgspec.Struct, frozen=True):
    """Which conversations to list; what is empty matches all."""

    terminal: str = ""
    user: str = ""
    transid: str = ""
    state: str = ""
    """open or ended."""
    abended: bool = False
    since: str = ""
    """ISO time."""
    rows_max: int = 50


_COLUMNS = ", ".join(f"s.{column}" for column in StoredStep._fields)

_CONVERSATIONS = """
SELECT c.id, c.terminal, c.state, s.user, s.number, s.transid, s.outcome, s.code, s.started
FROM conversation c JOIN step s ON s.unit = c.written_by
WHERE (:terminal = '' OR c.terminal = :terminal) AND (:user = '' OR s.user = :user)
  AND (:transid = '' OR s.transid = :transid) AND (:state = '' OR c.state = :state)
  AND (NOT :abended OR s.code <> '') AND s.started >= :since
ORDER BY s.started DESC, s.unit DESC LIMIT :rows_max
"""

_STEPS = f"""
WITH RECURSIVE back (unit, previous, distance) AS (
    SELECT s.unit, s.previous, 0 FROM conversation c JOIN step s ON s.unit = c.written_by WHERE c.id = ?
    UNION ALL
    SELECT s.unit, s.previous, back.distance + 1 FROM back JOIN step s ON s.unit = back.previous
)
SELECT {_COLUMNS} FROM back JOIN step s USING (unit) ORDER BY back.distance DESC
"""  # noqa: S608 our own names

_BY_UNIT = f"SELECT {_COLUMNS} FROM step s WHERE s.unit = ?"  # noqa: S608 our own names

_OF_TERMINAL = (
    f"SELECT {_COLUMNS} FROM step s WHERE s.terminal = ? AND s.sequence > ? ORDER BY s.sequence, s.unit"  # noqa: S608
)


def conversations(database: sqlite3.Connection, wanted: Filter) -> list[StoredConversation]:
    """The conversations that match, the latest first."""
    rows = database.execute(_CONVERSATIONS, msgspec.structs.asdict(wanted)).fetchall()
    return [StoredConversation._make(row) for row in rows]


def steps_of(database: sqlite3.Connection, conversation: int) -> list[StoredStep]:
    """The steps of a conversation that are still kept, the first one first; of a fork, those before it too."""
    return [StoredStep._make(row) for row in database.execute(_STEPS, (conversation,))]


def steps_of_terminal(database: sqlite3.Connection, terminal: str, after: int) -> list[StoredStep]:
    """The steps of a terminal whose inputs came after one with a number, in order, whatever conversation."""
    return [StoredStep._make(row) for row in database.execute(_OF_TERMINAL, (terminal, after))]


def steps_in(database: sqlite3.Connection, units: Iterable[int]) -> Iterator[StoredStep]:
    """The steps of units of work, in that order, read as they are asked for."""
    for unit in units:
        if row := database.execute(_BY_UNIT, (unit,)).fetchone():
            yield StoredStep._make(row)


def seed_of(database: sqlite3.Connection, conversation: int) -> int:
    """The seed of a conversation's random numbers."""
    row = database.execute("SELECT seed FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return int(row[0]) if row else 0


def layouts(database: sqlite3.Connection) -> list[tuple[int, str]]:
    """Every layout the store keeps: (id, JSON)."""
    return database.execute("SELECT id, fields FROM layout").fetchall()


def fork(
    database: sqlite3.Connection, conversation: int, number: int, terminal: str, unit: int
) -> StoredStep:
    """Make a new conversation from the state after a step, and put a terminal on it.

    `unit` is a new id of a unit of work. Records of applications are as they are now, and what the original
    has drawn by chance since is not drawn again: its new ids are taken. Raises `MonitorError` when there is no
    such step, or a conversation is open on the terminal.
    """
    steps = steps_of(database, conversation)
    origin = next((step for step in steps if step.number == number), None)
    if origin is None:
        kept = f"{steps[0].number} to {steps[-1].number}" if steps else "none"
        raise MonitorError(f"conversation {unit_name(conversation)} has no step {number}; kept are {kept}")
    if not origin.next:
        raise MonitorError(f"step {number} ended the conversation: fork from one before it")
    forked = origin._replace(unit=unit, conversation=unit, terminal=terminal)
    database.execute("BEGIN IMMEDIATE")
    try:
        epoch, user, sequence = _terminal(database, terminal, origin.user)
        forked = forked._replace(sequence=sequence + 1, user=user)
        _insert(database, "step", StoredStep._fields, forked)
        _insert(
            database,
            "conversation",
            ("id", "terminal", "state", "seed", "written_by"),
            (unit, terminal, "open", secrets.randbits(62), unit),
        )
        database.execute("DELETE FROM terminal WHERE id = ?", (terminal,))
        _insert(
            database,
            "terminal",
            ("id", "epoch", "user", "conversation", "written_by"),
            (terminal, epoch + 1, user, unit, unit),
        )
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # SQLite has ended it itself, if the disk is full
            database.execute("ROLLBACK")
        raise
    return forked


def _terminal(database: sqlite3.Connection, terminal: str, user: str) -> tuple[int, str, int]:
    """Epoch, user and last sequence of a terminal nobody is talking on."""
    state = database.execute(
        "SELECT epoch, user, sequence, state FROM terminal_state WHERE id = ?", (terminal,)
    ).fetchone()
    if state is None:
        return 0, user, 0
    if state[3] == "open":
        raise MonitorError(f"a conversation is open on terminal {terminal}; end it, or name another terminal")
    return state[0], state[1], state[2] or 0


def _insert(
    database: sqlite3.Connection, table: str, columns: tuple[str, ...], values: tuple[object, ...]
) -> None:
    marks = ", ".join("?" * len(columns))
    database.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608

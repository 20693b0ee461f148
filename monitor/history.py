"""The history: steps are kept for a time, and may then go, but never the one that is a conversation's state."""

from __future__ import annotations

import sqlite3

from monitor.units import last_of_region

_OLDEST_STEPS = """
SELECT s.unit, s.started < :oldest, c.state = 'open' OR t.id IS NOT NULL
FROM step s
LEFT JOIN conversation c ON c.id = s.conversation AND c.written_by = s.unit
LEFT JOIN terminal t ON t.id = c.terminal AND t.conversation = c.id
WHERE s.unit > :after ORDER BY s.unit LIMIT :rows
"""
_FORGOTTEN = """
DELETE FROM conversation
WHERE state = 'ended' AND NOT EXISTS (SELECT 1 FROM step s WHERE s.unit = conversation.written_by)
"""
_OLD_DUMPS = "DELETE FROM dump WHERE at < ?"


def prune(database: sqlite3.Connection, oldest: str, rows: int = 1_000) -> int:
    """Delete steps begun before `oldest` (ISO time) that are no terminal's state; returns how many.

    Conversations of which nothing is left go with them, and so do older dumps.

    Unit ids rise with time within a region, so its oldest come first: after `rows` of which none is old enough
    the search goes on with the next region.
    """
    deleted = _prune_steps(database, oldest, rows)
    database.execute("BEGIN IMMEDIATE")
    if deleted:
        database.execute(_FORGOTTEN)
    database.execute(_OLD_DUMPS, (oldest,))
    database.execute("COMMIT")
    return deleted


def _prune_steps(database: sqlite3.Connection, oldest: str, rows: int) -> int:
    deleted, after = 0, 0
    while True:
        found = database.execute(_OLDEST_STEPS, {"oldest": oldest, "after": after, "rows": rows}).fetchall()
        old = [(unit,) for unit, too_old, needed in found if too_old and not needed]
        if old:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("DELETE FROM step WHERE unit = ?", old)
            database.execute("COMMIT")
            deleted += len(old)
        if len(found) < rows:
            return deleted
        after = found[-1][0]
        if not any(too_old for _, too_old, _ in found):
            after = last_of_region(after)

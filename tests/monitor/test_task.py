"""What a task tells of its input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor import Aid, NoArea, Task
from monitor.exchange import Received

NO_FILES: Any = None


def answering(received: Received) -> Task[NoArea]:
    """A task of its own, without a region."""
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    return Task("LIST", "T001", received, NoArea(), NO_FILES, noon)


def test_the_cursor_is_told_by_place_and_field() -> None:
    """A program can tell what is pointed at; a key that does not say where the cursor is points at nothing."""
    task = answering(Received(Aid.ENTER, cursor=245, cursor_field="title.3"))
    assert (245, "title.3") == (task.cursor, task.cursor_field)
    task = answering(Received(Aid.PA1))
    assert (None, "") == (task.cursor, task.cursor_field)

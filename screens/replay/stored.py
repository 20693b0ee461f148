"""Stored conversations, opened for reading: a presenter that knows every layout the store keeps."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import MonitorError
from monitor.inspection import opened
from monitor.program import load
from monitor.recall import StoredStep, layouts, steps_of
from monitor.settings import Settings
from monitor.units import unit_id, unit_name
from screens.presenter import Presenter

_ID = re.compile(r"[0-9]+-[0-9]+")


@contextmanager
def history_of(settings: Settings) -> Iterator[tuple[sqlite3.Connection, Presenter]]:
    """The store, to be read, and a presenter for its screens."""
    with opened(settings) as database:
        database.row_factory = None
        yield database, presenter_of(database, settings)


def presenter_of(database: sqlite3.Connection, settings: Settings) -> Presenter:
    """Knows the layouts of the maps of today's programs, and those the store keeps."""
    load(settings.programs)
    presenter = Presenter()
    for number, encoded in layouts(database):
        presenter.learn(number, encoded)
    return presenter


def conversation_id(name: str) -> int:
    """The id of a conversation named as `history` names it, such as 3-17."""
    try:
        return unit_id(name if _ID.fullmatch(name) else "")
    except ValueError:
        raise MonitorError(
            f"{name!r} is not a conversation: `entracte replay history` lists them, such as 3-17"
        ) from None


def is_conversation(name: str) -> bool:
    """True for a name such as 3-17."""
    return _ID.fullmatch(name) is not None and not Path(name).exists()


def stored_steps(database: sqlite3.Connection, conversation: int) -> list[StoredStep]:
    """The steps of a conversation; raises `MonitorError` when there are none."""
    if not (steps := steps_of(database, conversation)):
        raise MonitorError(
            f"there is no conversation {unit_name(conversation)}; `entracte replay history` lists them"
        )
    return steps

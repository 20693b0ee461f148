"""A batch of reads as one question a table, and its answers taken apart: both in the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from monitor.errors import RecordUnreadable
from monitor.store import Key, KeyValue, Row, Versioned

_encode = msgspec.json.Encoder().encode
_decode_rows = msgspec.json.Decoder(list[tuple[Any, ...]]).decode

Answer = str | list[Row]
"""Rows of (position of the key in the question, written_by, columns ...), as one JSON array if they can be one."""


class Question(NamedTuple):
    """The keys of one table."""

    table: str
    keys: str
    """A JSON array."""
    places: tuple[int, ...]
    """Where each key stood among all that were asked for."""


def questions_of(keys: Sequence[Key]) -> list[Question]:
    """One question a table."""
    asked: dict[str, tuple[list[KeyValue], list[int]]] = {}
    for place, key in enumerate(keys):
        table = asked.get(key.table)
        if table is None:
            table = asked[key.table] = ([], [])
        table[0].append(key.value)
        table[1].append(place)
    return [
        Question(table, _encode(values).decode(), tuple(places)) for table, (values, places) in asked.items()
    ]


def records_of(questions: Sequence[Question], answers: Sequence[Answer]) -> list[Versioned | None]:
    """The records in the order of the keys; None for one that is not there.

    Raises `RecordUnreadable` for a number that is none, such as an infinity, which SQLite's JSON cannot say, and
    for a `written_by` that no unit can have left.
    """
    found: list[Versioned | None] = [None] * sum([len(question.places) for question in questions])
    for question, answer in zip(questions, answers, strict=True):
        places = question.places
        try:
            rows = _decode_rows(answer) if isinstance(answer, str) else answer
        except msgspec.DecodeError as error:
            raise unreadable(question.table, error) from error
        for record in rows:
            found[places[record[0]]] = versioned(question.table, record[1], record[2:])
    return found


def versioned(table: str, written_by: object, row: Row) -> Versioned:
    """A record as it came from the store; raises `RecordUnreadable` if SQL has damaged its `written_by`."""
    if type(written_by) is not int:
        raise unreadable(table, f"its written_by is {written_by!r}, not a whole number")
    return Versioned(row, written_by)


def unreadable(table: str, why: object) -> RecordUnreadable:
    """What is told of a record of `table` that is not what the store keeps."""
    return RecordUnreadable(f"a record of table {table} cannot be read ({why}); correct it with SQL")

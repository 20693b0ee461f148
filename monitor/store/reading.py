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

    Raises `RecordUnreadable` for a number that is none, such as an infinity, which SQLite's JSON cannot say.
    """
    found: list[Versioned | None] = [None] * sum([len(question.places) for question in questions])
    for question, answer in zip(questions, answers, strict=True):
        places = question.places
        try:
            rows = _decode_rows(answer) if isinstance(answer, str) else answer
        except msgspec.DecodeError as error:
            raise RecordUnreadable(
                f"a record of table {question.table} cannot be read ({error}); correct it with SQL"
            ) from error
        for record in rows:
            found[places[record[0]]] = Versioned(record[2:], record[1])
    return found

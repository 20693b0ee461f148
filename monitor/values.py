"""What a column can keep: numbers of 63 bits, finite ones, whole characters."""

from __future__ import annotations

from math import isfinite

from monitor.errors import Abend
from monitor.store import Row, Value

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""The whole numbers a column holds, both included."""


def has_half_characters(text: str) -> bool:
    """True for text with a lone surrogate in it, which is no UTF-8: bytes of a file name, as a rule."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def storable(row: Row) -> Row:
    """`row`, if a store can keep it; raises `Abend` for a number past 63 bits, half a character, an object."""
    for value in row:
        kind = type(value)
        if kind is str:
            if not value.isascii() and has_half_characters(value):
                raise Abend("EREC", f"{value!r} has half a character in it (a lone surrogate)")
        elif kind is int:
            if not SMALLEST <= value <= LARGEST:
                raise Abend("EREC", f"{value} does not fit a column: whole numbers have 63 bits")
        elif kind is float:
            if not isfinite(value):
                raise Abend("EREC", f"{value} does not fit a column: only finite numbers do")
        elif value is not None and kind is not bool:
            return storable(tuple([_plain(value) for value in row]))
    return row


def _plain(value: object) -> Value:
    """The value itself, without what a type of the program's own makes of it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    raise Abend("EREC", f"a column holds text or a number, not a {type(value).__name__}")

"""Key hints such as `F3=Exit`, found among the constants of a layout, so that they can be clicked."""

from __future__ import annotations

import re

import msgspec

from monitor.exchange import Aid
from screens.layout import Layout

_HINT = re.compile(r"(Enter|Clear|PA[1-3]|P?F(?:[1-9]|1\d|2[0-4]))=(\S+(?: \S+)*)", re.IGNORECASE)


class KeyHint(msgspec.Struct, frozen=True):
    """A key and what it does, where a map says so."""

    aid: Aid
    label: str
    address: int
    """0-based, of the hint's first character."""
    length: int


def key_hints(layout: Layout) -> dict[Aid, KeyHint]:
    """The hints of a layout; where a key has two, the first."""
    hints: dict[Aid, KeyHint] = {}
    size = layout.rows * layout.columns
    for field in layout.fields:
        match = None if field.name else _HINT.fullmatch(field.text)
        if match:
            key, label = match.groups()
            aid = _aid(key.upper())
            hints.setdefault(aid, KeyHint(aid, label, (field.address + 1) % size, field.length))
    return hints


def _aid(key: str) -> Aid:
    return Aid("P" + key if key.startswith("F") else key)

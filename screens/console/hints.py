"""The keys a screen names (`F3=Exit`), to be pressed by a click. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from screens.keys import Key
from screens.presentation_space import PresentationSpace

_NAMED = re.compile(
    r"(?<!\w)(?:P?F(?P<pf>\d{1,2})|PA(?P<pa>[1-3])|(?P<word>Enter|Clear))\s?=\s?(?P<what>\S+(?: \S+)?)"
)
_ANOTHER = re.compile(r" (?:P?F\d{1,2}|PA[1-3]|Enter|Clear)\s?=.*$")


class Hint(NamedTuple):
    """A key named on the screen, with what it does there."""

    key: Key
    text: str
    """As the screen has it, without blanks around the equals sign."""
    start: int
    """Address of its first character."""
    length: int


def hint_at(space: PresentationSpace, address: int) -> Hint | None:
    """The key named at a position."""
    row = address // space.columns
    return next((hint for hint in _in_row(space, row) if 0 <= address - hint.start < hint.length), None)


def _in_row(space: PresentationSpace, row: int) -> list[Hint]:
    found = []
    for match in _NAMED.finditer(space.row_text(row)):
        start = row * space.columns + match.start()
        key = _key(match)
        if key is not None and space.formatted and space.attribute_at(start).protected:
            text = _ANOTHER.sub("", match.group()).rstrip()
            found.append(Hint(key, re.sub(r"\s?=\s?", "=", text), start, len(text)))
    return found


def _key(match: re.Match[str]) -> Key | None:
    if match["pf"]:
        return Key(f"PF{int(match['pf'])}") if 1 <= int(match["pf"]) <= 24 else None
    return Key(f"PA{match['pa']}") if match["pa"] else Key(match["word"])

"""What can be wrong with a map: in its declaration, or in a program's use of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MapError(Exception):
    """A map cannot be declared, shown or read as asked."""

    abend_code = "ABM0"
    """With this code the task ends when a program's use of a map is at fault."""

    def __init__(self, map_name: str, problem: str, *, row: int = 0, column: int = 0) -> None:
        self.map = map_name
        self.problem = problem
        self.row = row
        """1-based row of the picture; 0 when the problem has no place."""
        self.column = column
        place = f", row {row}, column {column}" if row else ""
        super().__init__(f"map {map_name}{place}: {problem}")


class UnfitValue(Exception):
    """A field cannot show a value: it is not of the field's type."""


class NotOnScreen(MapError):
    """A field is read that was not on the screen which was answered (MAPFAIL)."""

    abend_code = "AEI9"

    def __init__(self, map_name: str, field: str, *, others: bool) -> None:
        """`others`: whether any other field of the map was on that screen."""
        self.field = field
        super().__init__(map_name, (_OF_ANOTHER_RELEASE if others else _NOTHING_THERE).format(field))


_OF_ANOTHER_RELEASE = (
    "{} was not on the screen that was answered, which is of another release or another map: "
    "look at errors before reading it, and show the form again"
)
_NOTHING_THERE = (
    "nothing of it was on the screen that was answered, so {} has no value: "
    "show it first, and receive it at the next key"
)


def nearest(name: str, known: Iterable[str]) -> str:
    """A clause that names the known name most like `name`, or a few of those there are."""
    names = sorted(known)
    if close := difflib.get_close_matches(name, names, n=1, cutoff=0.6):
        return f"the nearest is {close[0]}"
    if not names:
        return "there are none"
    return "there are " + ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")

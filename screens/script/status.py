"""The status line: twelve fields on every answer, as s3270 documents them. Pure."""

from __future__ import annotations

from screens.presentation_space import Lock, PresentationSpace

HOST = "entracte"
"""What a script reads as the name of the host."""

_MODELS = {(24, 80): 2, (32, 80): 3, (43, 80): 4, (27, 132): 5}
_OVERSIZE = 4


def keyboard(space: PresentationSpace) -> str:
    """U: unlocked. L: locked by the host, or there is none. E: locked by a mistake of the operator."""
    if space.lock is Lock.NONE:
        return "U"
    return "E" if space.lock.operator else "L"


def protection(space: PresentationSpace) -> str:
    """P: the cursor is in a protected field (its attribute byte counts); else U."""
    return "P" if space.formatted and space.attribute_at(space.cursor).protected else "U"


def model(rows: int, columns: int) -> int:
    """The model number of a display size, 2 to 5."""
    return _MODELS.get((rows, columns), _OVERSIZE)


def status(space: PresentationSpace, *, attached: bool) -> str:
    """The first eleven fields; the twelfth is the time the command took."""
    row, column = divmod(space.cursor, space.columns)
    fields = (
        keyboard(space),
        "F" if space.formatted else "U",
        protection(space),
        f"C({HOST})" if attached else "N",
        "I" if attached else "N",
        model(space.rows, space.columns),
        space.rows,
        space.columns,
        row,
        column,
        "0x0",
    )
    return " ".join(map(str, fields))

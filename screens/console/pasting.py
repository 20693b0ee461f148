"""Pasted text, put into fields: a line for a field, a tab for the next one."""

from __future__ import annotations

import unicodedata

from screens.console.session import Session
from screens.keys import Key
from screens.presentation_space import Lock


def paste(session: Session, text: str) -> int:
    """Type pasted text; returns how many characters found no place in their field.

    On a formatted screen every line goes into a field of its own, and what is too long for its field is
    left out, so that it never runs into the next one. While the host works the keys wait in line.
    """
    lines = (
        unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    )
    lost = 0
    begun: int | None = None
    for number, line in enumerate(lines):
        for part_number, part in enumerate(line.split("\t")):
            if number or part_number:
                _next(session, begun, Key.TAB if part_number or session.space.formatted else Key.NEWLINE)
            begun = _field(session)
            lost += _type(session, part)
    return lost


def _type(session: Session, line: str) -> int:
    """Type as much of a line as its field holds."""
    field = session.space.field_at(session.space.cursor)
    if session.waiting or field is None or field.attribute.protected:
        session.type(line)
        return 0
    room = (field.start + field.length - session.space.cursor) % session.space.size
    session.type(line[:room])
    return max(len(line) - room, 0)


def _next(session: Session, begun: int | None, key: Key) -> None:
    """Go to the next field, unless filling the last one already went there."""
    skipped = _field(session) not in (begun, None)
    if session.waiting or (session.space.lock is Lock.NONE and not skipped):
        session.press(key)


def _field(session: Session) -> int | None:
    """The unprotected field the cursor is in."""
    field = session.space.field_at(session.space.cursor)
    return None if field is None or field.attribute.protected else field.address

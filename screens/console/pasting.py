"""Pasted text, put into fields: a line for a field, a tab for the next one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator, Iterator

from screens.console.session import Session
from screens.keys import Key
from screens.presentation_space import Lock, PresentationSpace


def paste(session: Session, text: str) -> None:
    """Type pasted text, now or when the answer has come; what finds no place is counted in the message.

    On a formatted screen every line goes into a field of its own, and what is too long for its field is
    left out, so that it never runs into the next one. On a screen without fields a line begins a row. A
    locked keyboard leaves out the rest.
    """
    session.play(_strokes(session, unicodedata.normalize("NFC", text)))


def _strokes(session: Session, text: str) -> Iterator[Key | str]:
    """The keys of a paste, each chosen where those before it have led."""
    space, lost = session.space, 0
    first, *rest = re.split(r"(\t|\r\n|\r|\n)", text.rstrip("\r\n"))
    screen, begun = session.screen, _field(space)
    for separator, part in [("", first), *zip(rest[::2], rest[1::2], strict=True)]:
        skipped = session.screen is not screen or _field(space) not in (begun, None)
        if separator and space.lock is Lock.NONE and not skipped:
            yield _between(separator, space)
        screen, begun = session.screen, _field(space)
        lost += yield from _typed(space, part)
    if lost:
        session.type_ahead.clear()  # a key in line behind it would send what is incomplete
        session.message = f"Pasted; characters left out: {lost}"


def _between(separator: str, space: PresentationSpace) -> Key | str:
    """What leads to the next part; on a screen without fields a tab is a blank, for Tab would go to its first cell."""
    if space.formatted:
        return Key.TAB
    return " " if separator == "\t" else Key.NEWLINE


def _typed(space: PresentationSpace, part: str) -> Generator[str, None, int]:
    """Type as much of a part as its field holds; how many characters that leaves out."""
    field, room = space.field_at(space.cursor), len(part)
    if field is not None and not field.attribute.protected:
        room = (field.start + field.length - space.cursor) % space.size
    for at, char in enumerate(part):
        if at >= room or space.lock is not Lock.NONE:
            return len(part) - at
        yield char
        if space.lock not in (Lock.NONE, Lock.MUST_FILL):  # which comes after the character
            return len(part) - at
    return 0


def _field(space: PresentationSpace) -> int | None:
    """The unprotected field the cursor is in."""
    field = space.field_at(space.cursor)
    return None if field is None or field.attribute.protected else field.address

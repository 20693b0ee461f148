"""The presentation space of a 3270: the terminal side, exact, without any terminal or I/O."""

from __future__ import annotations

from typing import NamedTuple

from monitor.exchange import Aid
from screens.attributes import Validation
from screens.space.buffer import DUP, FIELD_MARK, NUL, Cell, ScreenField, Snapshot
from screens.space.editing import Editing
from screens.space.lock import Lock

__all__ = [
    "DUP",
    "FIELD_MARK",
    "NUL",
    "Cell",
    "Lock",
    "PresentationSpace",
    "ReadModified",
    "ScreenField",
    "Snapshot",
]


class ReadModified(NamedTuple):
    """What a key sends to the host."""

    aid: Aid
    cursor: int | None
    """None with a short read."""
    fields: tuple[tuple[int, str], ...]
    """(first data position, text without NULs) of every field whose MDT is on, by address."""
    text: str
    """Everything on an unformatted screen, without NULs."""


class PresentationSpace(Editing):
    """A display of cells and fields, its keyboard, and what it sends."""

    def read_modified(self, aid: Aid) -> ReadModified:
        """What `aid` sends. Clear also erases the display, to its default size."""
        if aid is Aid.CLEAR:
            self.erase()
        if aid.short:
            return ReadModified(aid, None, (), "")
        if not self.formatted:
            return ReadModified(aid, self.cursor, (), "".join(self._chars).replace(NUL, ""))
        fields = tuple(
            (field.start, self.content(field).replace(NUL, ""))
            for field in self.fields()
            if field.attribute.modified
        )
        return ReadModified(aid, self.cursor, fields, "")

    def may_send(self, aid: Aid) -> bool:
        """Check the fields the terminal itself validates; locks the keyboard in the one at fault."""
        if self.lock is not Lock.NONE:
            return False
        if aid.short:
            return True
        for field in self.fields():
            fault = self._fault(field)
            if fault is not Lock.NONE:
                self.lock, self.cursor = fault, field.start
                return False
        return True

    def _fault(self, field: ScreenField) -> Lock:
        if Validation.MUST_ENTER in field.attribute.validation and not field.attribute.modified:
            return Lock.MUST_ENTER
        return Lock.MUST_FILL if self._half_filled(field) else Lock.NONE

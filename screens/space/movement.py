"""The keys that move the cursor. A locked keyboard moves nothing."""

from __future__ import annotations

from collections.abc import Iterator

from screens.attributes import Validation
from screens.space.buffer import NUL, Buffer, ScreenField
from screens.space.lock import Lock


class Movement(Buffer):
    """A display with a cursor the operator moves, and a keyboard lock."""

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        super().__init__(rows, columns)
        self.lock = Lock.NONE
        self.triggered = False
        """A changed trigger field was left: the terminal is to send Enter now."""

    def move_to(self, address: int) -> None:
        """Move the cursor, unless a must-fill field would be left half filled."""
        if self.lock is not Lock.NONE:
            return
        address %= self.size
        left = self.field_at(self.cursor)
        if left is not None and left.attribute.validation and self.field_at(address) != left:
            if self._half_filled(left):
                self.lock = Lock.MUST_FILL
                return
            trigger = Validation.TRIGGER in left.attribute.validation
            self.triggered = self.triggered or (trigger and left.attribute.modified)
        self.cursor = address

    def up(self) -> None:
        """One row up, from the first row to the last."""
        self.move_to(self.cursor - self.columns)

    def down(self) -> None:
        """One row down, from the last row to the first."""
        self.move_to(self.cursor + self.columns)

    def left(self) -> None:
        """One position left, from the first to the last."""
        self.move_to(self.cursor - 1)

    def right(self) -> None:
        """One position right, from the last to the first."""
        self.move_to(self.cursor + 1)

    def left_two(self) -> None:
        """Two positions left."""
        self.move_to(self.cursor - 2)

    def right_two(self) -> None:
        """Two positions right."""
        self.move_to(self.cursor + 2)

    def backspace(self) -> None:
        """One position left; erases nothing."""
        self.left()

    def tab(self) -> None:
        """To the next unprotected field."""
        self.move_to(self.next_unprotected(self.cursor))

    def backtab(self) -> None:
        """To the start of this unprotected field, or of the one before when it is there already."""
        before = self.cursor - (2 if self.is_attribute(self.cursor - 1) else 1)
        self.move_to(self._unprotected_before(before % self.size))

    def home(self) -> None:
        """To the first unprotected field, or the first position."""
        self.move_to(self.next_unprotected(self.size - 1))

    def newline(self) -> None:
        """To the first unprotected position on the next row, or after it."""
        start = (self.cursor // self.columns + 1) * self.columns % self.size
        if self.formatted and (self.is_attribute(start) or self.attribute_at(start).protected):
            start = self.next_unprotected(start)
        self.move_to(start)

    def field_end(self) -> None:
        """After the last character of this field; nowhere from a protected one or an unformatted screen."""
        field = self.field_at(self.cursor)
        if field is None or not self._typable(self.cursor):
            return
        filled = len(self.content(field).rstrip(NUL + " "))
        self.move_to(field.start + min(filled, field.length - 1))

    def next_word(self) -> None:
        """To the next word in this field, else past the end of this word, else to the next unprotected word."""
        if not self.formatted:
            return
        here = self.cursor
        inside = self._typable(here)
        found = self._word_after(here, same_field=True) if inside else None
        if found is None and inside and not self._blank(here):
            found = next((address for address in self._around(here, 1) if self._blank(address)), None)
            if found is not None and self.is_attribute(found):
                found = self._word_after(found)
        elif found is None:
            found = self._word_after(here)
        if found is not None:
            self.move_to(found)

    def previous_word(self) -> None:
        """To the start of the word before this one in an unprotected field; of this one when it is alone."""
        if not self.formatted:
            return
        before = (address for address in self._around(self.cursor, -1) if self._word_start(address))
        found = next(before, None)
        if found is not None and self._in_word_begun_at(found):
            found = next(before, found)
        if found is not None:
            self.move_to(found)

    def _unprotected_before(self, address: int) -> int:
        """Start of the unprotected field whose attribute byte is at `address` or before it; 0 without any."""
        for position in [address, *self._around(address, -1)]:
            if self.is_attribute(position):
                field = self.field_at(position)
                if field and not field.attribute.protected and field.length:
                    return field.start
        return 0

    def _around(self, address: int, direction: int) -> Iterator[int]:
        """Every other address once, in one direction."""
        return ((address + direction * offset) % self.size for offset in range(1, self.size))

    def _word_start(self, address: int) -> bool:
        if not self._typable(address) or self._blank(address):
            return False
        before = (address - 1) % self.size
        return self.is_attribute(before) or self._blank(before)

    def _word_after(self, address: int, *, same_field: bool = False) -> int | None:
        """Start of the next unprotected word, perhaps within the field only."""
        for position in self._around(address, 1):
            if same_field and self.is_attribute(position):
                return None
            if self._word_start(position):
                return position
        return None

    def _in_word_begun_at(self, start: int) -> bool:
        """True when the cursor is inside the word that begins there."""
        length = (self.cursor - start) % self.size
        return all(
            self._typable(address % self.size) and not self._blank(address % self.size)
            for address in range(start, start + length + 1)
        )

    def _typable(self, address: int) -> bool:
        return not self.is_attribute(address) and not self.attribute_at(address).protected

    def _blank(self, address: int) -> bool:
        return self._chars[address] in (NUL, " ")

    def _half_filled(self, field: ScreenField) -> bool:
        """True for a must-fill field with something in it, but not everywhere."""
        content = self.content(field)
        must_fill = Validation.MUST_FILL in field.attribute.validation
        return must_fill and NUL in content and bool(content.strip(NUL))

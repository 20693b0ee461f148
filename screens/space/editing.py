"""The keys that change fields: typing, insert mode, deleting and erasing."""

from __future__ import annotations

from screens.space.buffer import DUP, FIELD_MARK, NUL, ScreenField, fits_a_cell
from screens.space.lock import Lock
from screens.space.movement import Movement

_NUMERIC = frozenset("0123456789.-" + DUP)


class Editing(Movement):
    """A display whose unprotected fields the operator types into."""

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        super().__init__(rows, columns)
        self.insert_mode = False

    def type(self, char: str) -> None:
        """Put one character at the cursor and step on, skipping as the next field says."""
        if self._put(char):
            self._step_on()

    def dup(self) -> None:
        """Mark the rest of this field as duplicated and go to the next field."""
        if self._put(DUP):
            self.tab()

    def field_mark(self) -> None:
        """Put a field mark at the cursor and step on."""
        if self._put(FIELD_MARK):
            self._step_on()

    def toggle_insert(self) -> None:
        """Turn insert mode on or off."""
        if self.lock is Lock.NONE:
            self.insert_mode = not self.insert_mode

    def delete(self) -> None:
        """Take out the character at the cursor; the rest of the field closes up."""
        if self._may_change():
            self._close_up(self.cursor)

    def erase_character(self) -> None:
        """Take out the character before the cursor (what a PC's Backspace does)."""
        if not self._may_change():
            return
        field = self.field_at(self.cursor)
        if self.cursor != (field.start if field else 0):
            self._close_up(self.cursor - 1)
            self.cursor = (self.cursor - 1) % self.size

    def delete_word(self) -> None:
        """Take out the word before the cursor and the blanks after it; nothing on an unformatted screen."""
        field = self.field_at(self.cursor)
        if field is None or not self._may_change():
            return
        start = field.start
        for blank in (True, False):
            while self.cursor != start and self._blank((self.cursor - 1) % self.size) is blank:
                self.erase_character()

    def delete_field(self) -> None:
        """Empty this field and go to its start; nothing on an unformatted screen."""
        field = self.field_at(self.cursor)
        if field is None or not self._may_change():
            return
        self._empty(field)
        self._set_modified(field.address, on=True)
        self.cursor = field.start

    def erase_eof(self) -> None:
        """Empty this field from the cursor to its end."""
        if not self._may_change():
            return
        end = self._end(self.cursor)
        for offset in range((end - self.cursor) % self.size + 1):
            self._chars[(self.cursor + offset) % self.size] = NUL
        self._touch(self.cursor)

    def erase_input(self) -> None:
        """Empty every unprotected field, turn its MDT off, and go to the first one."""
        if self.lock is Lock.NONE:
            self.erase_unprotected()

    def reset(self) -> None:
        """Leave insert mode and take the operator's own lock away; a host's lock stays."""
        self.insert_mode = False
        if self.lock.operator:
            self.lock = Lock.NONE

    def _put(self, char: str) -> bool:
        """Write a character at the cursor if the field lets it; otherwise lock the keyboard and say why."""
        if not self._may_change():
            return False
        if char not in (DUP, FIELD_MARK) and not fits_a_cell(char):
            self.lock = Lock.CHARACTER
        elif self.attribute_at(self.cursor).numeric and char not in _NUMERIC:
            self.lock = Lock.NUMERIC
        elif self.insert_mode and not self._make_room():
            self.lock = Lock.OVERFLOW
        else:
            self._chars[self.cursor] = char
            self._touch(self.cursor)
            return True
        return False

    def _step_on(self) -> None:
        """Move past the character just typed: over attribute bytes, and over fields that say auto-skip."""
        address = (self.cursor + 1) % self.size
        for _ in range(self.size):
            if not self.is_attribute(address):
                break
            skip = self.attribute_at(address).autoskip
            address = self.next_unprotected(address) if skip else (address + 1) % self.size
        self.move_to(address)

    def _may_change(self) -> bool:
        if self.lock is not Lock.NONE:
            return False
        if not self._typable(self.cursor):
            self.lock = Lock.PROTECTED
            return False
        return True

    def _end(self, address: int) -> int:
        """Last position an edit at `address` may reach: its field's, or the last one when unformatted."""
        field = self.field_at(address)
        return (field.start + field.length - 1) % self.size if field else self.size - 1

    def _row_end(self, address: int) -> int:
        """As `_end`, but an unformatted screen shifts within the row only."""
        if self.formatted:
            return self._end(address)
        return address // self.columns * self.columns + self.columns - 1

    def _make_room(self) -> bool:
        """Shift the characters from the cursor up to the first NUL; False when there is none."""
        count = (self._row_end(self.cursor) - self.cursor) % self.size + 1
        positions = [(self.cursor + offset) % self.size for offset in range(count)]
        empty = next((i for i, position in enumerate(positions) if self._chars[position] == NUL), None)
        if empty is None:
            return False
        for i in range(empty, 0, -1):
            self._chars[positions[i]] = self._chars[positions[i - 1]]
        return True

    def _close_up(self, address: int) -> None:
        """Drop the character at an address and shift the rest of its field left."""
        address %= self.size
        for offset in range((self._row_end(address) - address) % self.size):
            position = (address + offset) % self.size
            self._chars[position] = self._chars[(position + 1) % self.size]
        self._chars[self._row_end(address)] = NUL
        self._touch(address)

    def _touch(self, address: int) -> None:
        field: ScreenField | None = self.field_at(address)
        if field is not None:
            self._set_modified(field.address, on=True)

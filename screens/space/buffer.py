"""The cells of a display: characters and attribute bytes at addresses.

Addresses are 0-based (row * columns + column) and wrap at the end of the screen, as a 3270's do. A field
begins with its attribute byte, which takes one cell, and goes on to the next attribute byte.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from screens.attributes import Attribute, Intensity

NUL = "\0"
DUP = "\x1c"
FIELD_MARK = "\x1e"

POSITIONS_MAX = 16_383
"""What a 14-bit address reaches."""

_UNFORMATTED = Attribute()
_CONTROLS = frozenset({NUL, DUP, FIELD_MARK})
_SHOWN = str.maketrans({NUL: " ", DUP: "*", FIELD_MARK: ";"})
_JOINED_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
"""Hangul letters that are drawn into the cell of the one before."""


class Cell(NamedTuple):
    """One position of the display."""

    char: str
    """The character there; NUL when empty or when the attribute byte is there."""
    attribute: Attribute
    """Of the field the cell belongs to; the default one on an unformatted screen."""
    is_attribute: bool


class ScreenField(NamedTuple):
    """A field as it stands on the display."""

    address: int
    """Position of the attribute byte."""
    start: int
    """First data position: one after the attribute byte."""
    length: int
    """Data positions up to the next attribute byte; may wrap over the end of the screen."""
    attribute: Attribute


class Span(NamedTuple):
    """A piece of a row that looks the same all along."""

    column: int
    text: str
    """As a person reads it."""
    attribute: Attribute
    is_attribute: bool


class Snapshot(NamedTuple):
    """A display at one moment."""

    rows: int
    columns: int
    cursor: int
    chars: str
    attributes: dict[int, Attribute]


def fits_a_cell(char: str) -> bool:
    """True for a character that takes exactly one cell."""
    if " " <= char <= "~":
        return True
    if len(char) != 1 or not char.isprintable() or unicodedata.category(char)[0] == "M":
        return False
    return unicodedata.east_asian_width(char) not in "WF" and not _JOINED_JAMO.match(char)


class Buffer:
    """Cells, fields and the cursor, with the writes a host does and the questions a display asks."""

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        self.default_size = rows, columns
        self.rows = rows
        self.columns = columns
        self.cursor = 0
        self._chars: list[str] = []
        self._attributes: dict[int, Attribute] = {}
        self._addresses: list[int] = []
        self.erase(rows, columns)

    def erase(self, rows: int | None = None, columns: int | None = None) -> None:
        """Empty and unformat the display, cursor at 0; without a size it goes back to its default size."""
        rows, columns = rows or self.default_size[0], columns or self.default_size[1]
        if not 0 < rows * columns <= POSITIONS_MAX:
            raise ValueError(f"a display of {rows}x{columns} has no 14-bit addresses")
        self.rows, self.columns, self.cursor = rows, columns, 0
        self._chars = [NUL] * (rows * columns)
        self._attributes = {}
        self._addresses = []

    def write_field(self, address: int, length: int, attribute: Attribute, text: str = "") -> None:
        """Write an attribute byte and `length` cells after it: `text`, then NULs. Cells may wrap."""
        self._set_attribute(address % self.size, attribute)
        self.write_text(address + 1, text[:length].ljust(length, NUL))

    def write_text(self, address: int, text: str) -> None:
        """Write characters only; an attribute byte under one of them is gone."""
        for offset, char in enumerate(text):
            position = (address + offset) % self.size
            if position in self._attributes:
                self._drop_attribute(position)
            self._chars[position] = char if char in _CONTROLS or fits_a_cell(char) else "?"

    def erase_unprotected(self) -> None:
        """Empty every unprotected field and turn its MDT off; the cursor goes to the first one."""
        if not self.formatted:
            self.erase(self.rows, self.columns)
            return
        for field in self.fields():
            if not field.attribute.protected:
                self._empty(field)
                self._set_modified(field.address, on=False)
        self.cursor = self.next_unprotected(self.size - 1)

    def reset_modified(self) -> None:
        """Turn the MDT of every field off."""
        for address in self._addresses:
            self._set_modified(address, on=False)

    def snapshot(self) -> Snapshot:
        """Everything on the display, to put back with `restore`."""
        return Snapshot(self.rows, self.columns, self.cursor, "".join(self._chars), dict(self._attributes))

    def restore(self, snapshot: Snapshot) -> None:
        """Put a display back as it was."""
        self.rows, self.columns, self.cursor, chars, attributes = snapshot
        self._chars = list(chars)
        self._attributes = dict(attributes)
        self._addresses = sorted(attributes)

    def set_cursor(self, address: int) -> None:
        """Put the cursor somewhere; an address past the end wraps."""
        self.cursor = address % self.size

    @property
    def size(self) -> int:
        """Positions on the display."""
        return len(self._chars)

    @property
    def formatted(self) -> bool:
        """True when there is at least one field."""
        return bool(self._addresses)

    def is_attribute(self, address: int) -> bool:
        """True where an attribute byte is."""
        return address % self.size in self._attributes

    def field_at(self, address: int) -> ScreenField | None:
        """The field a position belongs to (its attribute byte counts); None on an unformatted screen."""
        if not self._addresses:
            return None
        return self._field(bisect.bisect_right(self._addresses, address % self.size) - 1)

    def fields(self) -> Iterator[ScreenField]:
        """Every field, by the address of its attribute byte."""
        return map(self._field, range(len(self._addresses)))

    def attribute_at(self, address: int) -> Attribute:
        """The attributes in force at a position."""
        field = self.field_at(address)
        return field.attribute if field else _UNFORMATTED

    def cell(self, address: int) -> Cell:
        """Character and attributes of one position."""
        address %= self.size
        return Cell(self._chars[address], self.attribute_at(address), address in self._attributes)

    def content(self, field: ScreenField) -> str:
        """The characters of a field as they are, NULs and all."""
        return self._slice(field.start, field.length)

    def text(self, row: int, column: int, length: int) -> str:
        """What a person reads from there on: blanks for NULs, attribute bytes and dark fields."""
        return self.shown(row * self.columns + column, length)

    def row_text(self, row: int) -> str:
        """What a person reads in a row, full width."""
        return self.text(row, 0, self.columns)

    def shown(self, address: int, length: int) -> str:
        """What a person reads in `length` positions from an address on."""
        dark = Intensity.DARK
        text = self._slice(address, length).translate(_SHOWN)
        if not any(attribute.intensity is dark for attribute in self._attributes.values()):
            return text
        return "".join(
            " " if self.attribute_at(address + offset).intensity is dark else char
            for offset, char in enumerate(text)
        )

    def spans(self, row: int) -> Iterator[Span]:
        """A row in pieces, one for each attribute byte and one for each stretch of a field."""
        start = row * self.columns
        end = start + self.columns
        first = bisect.bisect_left(self._addresses, start)
        borders = [*self._addresses[first : bisect.bisect_left(self._addresses, end)], end]
        attribute = self.attribute_at(start)
        for border in borders:
            if border > start:
                yield Span(start % self.columns, self._read(start, border, attribute), attribute, False)
            if border < end:
                attribute = self._attributes[border]
                yield Span(border % self.columns, " ", attribute, True)
                start = border + 1

    def row_state(self, row: int) -> tuple[object, ...]:
        """A value that is equal as long as the row would look the same."""
        start = row * self.columns
        end = start + self.columns
        first, last = (bisect.bisect_left(self._addresses, border) for border in (start, end))
        addresses = self._addresses[first:last]
        chars = "".join(self._chars[start:end])
        return (chars, self.attribute_at(start), *addresses, *map(self._attributes.__getitem__, addresses))

    def next_unprotected(self, address: int) -> int:
        """First data position of the next unprotected field that has one after `address`; 0 without any."""
        count = len(self._addresses)
        first = bisect.bisect_left(self._addresses, address % self.size)
        for index in range(first, first + count):
            field = self._field(index % count)
            if not field.attribute.protected and field.length:
                return field.start
        return 0

    def _field(self, index: int) -> ScreenField:
        address = self._addresses[index]
        following = self._addresses[(index + 1) % len(self._addresses)]
        length = (following - address - 1) % self.size
        return ScreenField(address, (address + 1) % self.size, length, self._attributes[address])

    def _slice(self, address: int, length: int) -> str:
        start = address % self.size
        end = start + length
        if end <= self.size:
            return "".join(self._chars[start:end])
        return "".join(self._chars[position % self.size] for position in range(start, end))

    def _read(self, start: int, end: int, attribute: Attribute) -> str:
        if attribute.intensity is Intensity.DARK:
            return " " * (end - start)
        return "".join(self._chars[start:end]).translate(_SHOWN)

    def _empty(self, field: ScreenField) -> None:
        for offset in range(field.length):
            self._chars[(field.start + offset) % self.size] = NUL

    def _set_attribute(self, address: int, attribute: Attribute) -> None:
        if address not in self._attributes:
            bisect.insort(self._addresses, address)
        self._attributes[address] = attribute
        self._chars[address] = NUL

    def _drop_attribute(self, address: int) -> None:
        del self._attributes[address]
        self._addresses.remove(address)

    def _set_modified(self, address: int, *, on: bool) -> None:
        attribute = self._attributes[address]
        if attribute.modified is not on:
            self._attributes[address] = msgspec.structs.replace(attribute, modified=on)

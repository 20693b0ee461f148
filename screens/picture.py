"""A screen drawn as a picture of itself, and the fields found in it.

    [name   ]   an entry field: the brackets are its attribute byte and the one that ends it
    {name   }   an output field: protected and skipped
    any text    a constant: protected and skipped, its attribute byte the blank before it

The picture is the screen, column for column: the margin is the smallest indentation of its lines, that
of the closing quotes counted, and the first line after the opening quotes is row 1. Two blanks or more
part one constant from the next. A constant in column 1 has its attribute byte in the last column of the
row above (of the last row, for row 1). A constant that touches the bracket before it lies in the field that
bracket starts. Brackets cannot be drawn as text: give an output field an initial text instead.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

from screens.errors import MapError
from screens.space.buffer import fits_a_cell

_FIELD = re.compile(r"([\[{])([^\[\]{}]*)([\]}]?)")
_CONSTANT = re.compile(r"\S+(?: \S+)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLOSING = {"[": "]", "{": "}"}


class Kind(enum.Enum):
    """What a piece of a picture is."""

    ENTRY = "entry"
    OUTPUT = "output"
    CONSTANT = "constant"
    STOPPER = "stopper"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One piece of a picture. Row and column, 1-based, are those of its first data position."""

    kind: Kind
    row: int
    column: int
    length: int
    address: int
    """Of the attribute byte, 0-based."""
    text: str
    """The name of a field, the text of a constant, nothing for a stopper."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The screen a picture is drawn on."""

    map: str
    rows: int
    columns: int

    def error(self, row: int, at: int, problem: str) -> MapError:
        """An error at `at`, a 0-based column."""
        return MapError(self.map, problem, row=row, column=at + 1)

    def drawn(self, kind: Kind, row: int, at: int, length: int, text: str = "") -> Drawn:
        """A piece whose data begins at `at`, 0-based; its attribute byte is the position before."""
        size = self.rows * self.columns
        return Drawn(kind, row, at + 1, length, ((row - 1) * self.columns + at - 1) % size, text)


def parse(map_name: str, picture: str, rows: int = 24, columns: int = 80) -> list[Drawn]:
    """The pieces of a picture in the order they are drawn; MapError where it cannot be a screen."""
    sheet = _Sheet(map_name, rows, columns)
    lines = dedent(picture)
    if len(lines) > rows:
        raise sheet.error(rows + 1, 0, f"the picture has {len(lines)} rows, the screen {rows}: take some out")
    pieces: list[Drawn] = []
    for row, line in enumerate(lines, start=1):
        _check_cells(sheet, row, line)
        pieces.extend(_pieces_of_row(sheet, row, line))
    _check_overlaps(sheet, pieces)
    return pieces


def dedent(picture: str) -> list[str]:
    """The lines of a picture without their margin, without the last line if it only closes the quotes."""
    lines = picture.split("\n")
    if lines and not lines[0].strip():
        del lines[0]
    margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    if lines and not lines[-1].strip():
        margins.append(len(lines.pop()))
    margin = min(margins, default=0)
    lines = [line[margin:].rstrip(" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _check_cells(sheet: _Sheet, row: int, line: str) -> None:
    for at, sign in enumerate(line):
        if unicodedata.east_asian_width(sign) in "WF":
            raise sheet.error(row, at, f"{sign} takes two columns: a picture has one column a character")
        if not fits_a_cell(sign):
            raise sheet.error(
                row, at, f"U+{ord(sign):04X} cannot be drawn: write blanks and plain characters"
            )
    if len(line) > sheet.columns:
        problem = f"the row goes on to column {len(line)}, the screen has {sheet.columns}: shorten it"
        raise sheet.error(row, sheet.columns, problem)


def _pieces_of_row(sheet: _Sheet, row: int, line: str) -> list[Drawn]:
    pieces: list[Drawn] = []
    at = 0
    for match in _FIELD.finditer(line):
        pieces.extend(_constants(sheet, row, line, at, match.start()))
        pieces.extend(_field(sheet, row, match))
        at = match.end()
    pieces.extend(_constants(sheet, row, line, at, len(line)))
    return _without_covered_stoppers(pieces)


def _field(sheet: _Sheet, row: int, match: re.Match[str]) -> list[Drawn]:
    opening, inside, closing = match.groups()
    at = match.start()
    if closing != _CLOSING[opening]:
        raise sheet.error(
            row, at, f"{opening} is not closed: end the field with {_CLOSING[opening]} on this row"
        )
    name = inside.rstrip(" ")
    if not name:
        raise sheet.error(row, at, "a field without a name: write one right after the bracket")
    if not _NAME.fullmatch(name):
        raise sheet.error(
            row, at + 1, f"{name!r} is not a name: letters, digits and _ only, from the bracket on"
        )
    kind = Kind.ENTRY if opening == "[" else Kind.OUTPUT
    return [
        sheet.drawn(kind, row, at + 1, len(inside), name),
        sheet.drawn(Kind.STOPPER, row, match.end(), 0),
    ]


def _constants(sheet: _Sheet, row: int, line: str, start: int, end: int) -> list[Drawn]:
    pieces = []
    for match in _CONSTANT.finditer(line, start, end):
        text = match.group()
        if stray := re.search(r"[\]}]", text):
            problem = f"{stray.group()} closes no field: open one before it, or take it out"
            raise sheet.error(row, match.start() + stray.start(), problem)
        pieces.append(sheet.drawn(Kind.CONSTANT, row, match.start(), len(text), text))
    return pieces


def _without_covered_stoppers(pieces: list[Drawn]) -> list[Drawn]:
    """A constant right after a bracket uses the bracket as its attribute byte: one field, not two."""
    constants = {piece.address for piece in pieces if piece.kind is Kind.CONSTANT}
    return [piece for piece in pieces if piece.kind is not Kind.STOPPER or piece.address not in constants]


def _check_overlaps(sheet: _Sheet, pieces: list[Drawn]) -> None:
    size = sheet.rows * sheet.columns
    owner: dict[int, Drawn] = {}
    for piece in pieces:
        for offset in range(piece.length + 1):
            cell = (piece.address + offset) % size
            if other := owner.get(cell):
                raise sheet.error(piece.row, piece.column - 1, _overlap(piece, other))
            owner[cell] = piece


def _overlap(piece: Drawn, other: Drawn) -> str:
    what = other.text or "the end of a field"
    if piece.column == 1 or other.column == 1:
        return f"column 1 needs the last column of the row above, which {what!r} uses: begin in column 2"
    return f"{piece.text!r} and {what!r} share a position: move one of them"

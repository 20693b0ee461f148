"""A picture is read column for column, and its mistakes are found with their place."""

from __future__ import annotations

import pytest

from screens.errors import MapError
from screens.picture import Kind, dedent, parse


def test_fields_stand_where_they_are_drawn() -> None:
    """The opening bracket is the attribute byte, the closing one that of the stopper after the data."""
    entry, stopper = parse("M", "[source  ]")
    assert (
        entry.kind,
        entry.row,
        entry.column,
        entry.length,
        entry.address,
        entry.text,
    ) == (Kind.ENTRY, 1, 2, 8, 0, "source")
    assert (stopper.kind, stopper.address, stopper.length) == (Kind.STOPPER, 9, 0)


def test_margin_counts_the_closing_quotes() -> None:
    """Text one column right of the closing quotes begins in column 2."""
    picture = """
         MENU

          code
        """
    assert dedent(picture) == [" MENU", "", "  code"]


def test_constants_part_at_two_blanks() -> None:
    """One blank belongs to a constant, two end it; the attribute byte is the blank before."""
    pieces = parse("M", " Amount . . .  F3=Exit[a]\n")
    constants = [(piece.text, piece.address) for piece in pieces if piece.kind is Kind.CONSTANT]
    assert constants == [("Amount . . .", 0), ("F3=Exit", 14)]


def test_constant_in_column_one_borrows_the_cell_before() -> None:
    """The attribute byte of a constant in column 1 is the last column of the row above."""
    (first, second) = parse("M", "AB\nCD")
    assert (first.address, second.address) == (24 * 80 - 1, 79)


def test_constant_that_touches_a_bracket_uses_it() -> None:
    """`]text` is one field whose attribute byte is the bracket, not a stopper and a field."""
    pieces = parse("M", "[a]days")
    assert [(piece.kind, piece.address) for piece in pieces] == [(Kind.ENTRY, 0), (Kind.CONSTANT, 2)]


@pytest.mark.parametrize(
    ("picture", "row", "column", "says"),
    [
        (" A\n [name  ", 2, 2, "[ is not closed"),
        (" [name  }", 1, 2, "end the field with ]"),
        (" [     ]", 1, 2, "without a name"),
        (" [ name ]", 1, 3, "is not a name"),
        (" text ]", 1, 7, "] closes no field"),
        (" " + "x" * 80, 1, 81, "the row goes on to column 81"),
        ("\n" * 25 + " x", 25, 1, "the picture has 25 rows"),
        (" a\tb", 1, 3, "U+0009"),
        (" e\u0301", 1, 3, "U+0301"),
        (" \u0e01\u0e31", 1, 3, "U+0E31"),
        (" 日", 1, 2, "takes two columns"),
        (" " * 70 + "[abcdefgh]\nAB", 2, 1, "begin in column 2"),
    ],
)
def test_mistakes_have_a_place(picture: str, row: int, column: int, says: str) -> None:
    """An error names the map, the row, the column and the way out."""
    with pytest.raises(MapError) as error:
        parse("XFER01", picture + "\n")
    assert (row, column, "XFER01") == (error.value.row, error.value.column, error.value.map)
    assert says in str(error.value)

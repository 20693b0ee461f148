"""Rows of a presentation space as styled text: for the widget, and for printing the screen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from screens.attributes import Outline
from screens.console.themes import CursorShape, Theme
from screens.presentation_space import PresentationSpace


class Rectangle(NamedTuple):
    """A block of positions, corners included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def between(cls, one: int, other: int, columns: int) -> Rectangle:
        """The block two addresses span."""
        (row, column), (other_row, other_column) = divmod(one, columns), divmod(other, columns)
        return cls(
            min(row, other_row), min(column, other_column), max(row, other_row), max(column, other_column)
        )

    def text(self, space: PresentationSpace) -> str:
        """What a person reads in the block, without the blanks at the ends of rows."""
        width = self.right - self.left + 1
        rows = (space.text(row, self.left, width).rstrip() for row in range(self.top, self.bottom + 1))
        return "\n".join(rows)


def paint_row(space: PresentationSpace, row: int, theme: Theme) -> Iterator[Segment]:
    """A row as the host means it to look, without a cursor."""
    formatted = space.formatted
    blank = theme.plain()
    before = Outline.NONE  # a side whose cell is in another row is not drawn
    for span in space.spans(row):
        if span.is_attribute:
            side = "▏" if Outline.RIGHT in before else "▕" if Outline.LEFT in span.attribute.outline else " "
            yield Segment(side, blank if side == " " else theme.plain(theme.quiet))
            before = span.attribute.outline
        else:
            yield Segment(span.text, theme.style(span.attribute, formatted=formatted))


def with_cursor(
    segments: Iterable[Segment], space: PresentationSpace, row: int, theme: Theme, shape: CursorShape
) -> Iterable[Segment]:
    """The row with the cursor on it, and the lines of a crosshair through it."""
    cursor_row, column = divmod(space.cursor, space.columns)
    if shape is CursorShape.CROSSHAIR and theme.crosshair:
        through = Style(bgcolor=theme.crosshair)
        columns = (0, space.columns) if row == cursor_row else (column, column + 1)
        segments = restyled(segments, *columns, through)
    if row != cursor_row:
        return segments
    underscored = (shape is CursorShape.UNDERSCORE) is not space.insert_mode
    if underscored:
        style = Style(color=theme.cursor or None, underline=True, bold=True)
    elif theme.cursor:
        style = Style(color=theme.background, bgcolor=theme.cursor, bold=True, reverse=False)
    else:
        style = Style(reverse=True)
    return restyled(segments, column, column + 1, style)


def restyled(segments: Iterable[Segment], start: int, end: int, style: Style) -> Iterator[Segment]:
    """The same text with a style laid over the columns from `start` up to `end`."""
    at = 0
    for text, own, _ in segments:
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            pieces = (
                (text[:first], own),
                (text[first:last], (own or Style.null()) + style),
                (text[last:], own),
            )
            yield from (Segment(piece, with_style) for piece, with_style in pieces if piece)
        else:
            yield Segment(text, own)
        at += len(text)

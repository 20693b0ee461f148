"""The one widget: the whole display, its status line and its hints, drawn row by row."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import repeat

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from screens.console.geometry import Geometry, place
from screens.console.painting import Rectangle, paint_row, restyled, with_cursor
from screens.console.status import Status
from screens.console.themes import THEMES, CursorShape, Theme
from screens.presentation_space import PresentationSpace

INSERT_MARK = " Insert "
LOCAL_HINTS = "Ctrl+P=Commands  Ctrl+K=Keys  Ctrl+Q=Quit"


@dataclass
class Look:
    """What the operator chose, and what the terminal has to show besides the host's screen."""

    theme: Theme = field(default_factory=lambda: next(iter(THEMES.values())))
    cursor: CursorShape = CursorShape.BLOCK
    selection: Rectangle | None = None
    status: Status = field(default_factory=lambda: Status("", False, ""))


class Display(Widget):
    """Draws a presentation space; only rows that changed are drawn again."""

    DEFAULT_CSS = "Display { width: 100%; height: 100%; }"
    ALLOW_SELECT = False

    @dataclass
    class Pointed(Message):
        """A position was clicked, for the `times`th time in a row."""

        address: int
        times: int

    @dataclass
    class Marked(Message):
        """A block was marked with the mouse."""

        block: Rectangle

    def __init__(self, space: PresentationSpace) -> None:
        super().__init__()
        self.space = space
        self.look = Look()
        self._strips: list[Strip] = []
        self._painted: dict[int, tuple[object, Strip]] = {}
        self._drag_from: int | None = None
        self._dragged = False
        self._uncounted = 0

    @property
    def geometry(self) -> Geometry:
        """Where the parts stand in the window."""
        return place(self.size.width, self.size.height, self.space.rows, self.space.columns)

    @property
    def too_small(self) -> bool:
        """True when the window has no room for the display, and nobody can see what they type."""
        return bool(self.size) and not self.geometry.fits

    def show(self) -> None:
        """Draw again what differs from what is on the window."""
        geometry = self.geometry
        strips = self._paint(geometry) if geometry.fits else self._too_small()
        width = self.size.width
        if len(strips) != len(self._strips):
            self._strips = strips
            self.refresh()
        else:
            changed = [
                y
                for y, (old, new) in enumerate(zip(self._strips, strips, strict=True))
                if old is not new and old != new
            ]
            self._strips = strips
            if changed:
                self.refresh(*(Region(0, y, width, 1) for y in changed))
        row, column = divmod(self.space.cursor, self.space.columns)
        self.app.cursor_position = Offset(geometry.left + column, geometry.top + row)

    def on_resize(self) -> None:
        """A window of another size is laid out anew."""
        self.show()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A drag may begin here."""
        self._drag_from = self.geometry.address(event.x, event.y)
        self._dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """With the button down: mark the block from where it went down."""
        address = self.geometry.address(event.x, event.y)
        begun = self._drag_from
        if not event.button or begun is None or address is None:
            return
        if self._dragged or address != begun:
            self._dragged = True
            self.post_message(self.Marked(Rectangle.between(begun, address, self.space.columns)))

    def on_mouse_up(self) -> None:
        """The drag is over."""
        self._drag_from = None

    def on_click(self, event: events.Click) -> None:
        """Say which position was clicked; the end of a drag is no click, nor the first half of a double one."""
        address = self.geometry.address(event.x, event.y)
        if self._dragged or event.chain == 1:
            self._uncounted = event.chain if self._dragged else 0
        if not self._dragged and address is not None:
            self.post_message(self.Pointed(address, event.chain - self._uncounted))

    def render_line(self, y: int) -> Strip:
        """One row of the window, for Textual."""
        return self._strips[y] if y < len(self._strips) else self._blank()

    def _paint(self, geometry: Geometry) -> list[Strip]:
        width = self.size.width
        strips = [self._blank()] * max(self.size.height, 1)
        for row in range(self.space.rows):
            strips[geometry.top + row] = self._remembered(row, geometry, width)
        own = {geometry.rule: self._rule, geometry.hints: self._hints}
        if not geometry.overlaid:
            own[geometry.status] = self._status_row
        elif self.look.status.message or self.space.insert_mode:
            own[geometry.status] = self._overlaid
        for y, paint in own.items():
            if y is not None:
                strips[y] = self._placed(paint(), geometry, width)
        return strips

    def _remembered(self, row: int, geometry: Geometry, width: int) -> Strip:
        """A row of the display; painted only when something about it changed."""
        look, space = self.look, self.space
        cursor = space.cursor if self._cursor_is_seen_in(row) else None
        block = (
            look.selection if look.selection and look.selection.top <= row <= look.selection.bottom else None
        )
        state = (
            space.row_state(row),
            cursor,
            space.insert_mode,
            block,
            look.theme,
            look.cursor,
            geometry,
            width,
        )
        painted = self._painted.get(row)
        if painted is None or painted[0] != state:
            painted = state, self._placed(self._row(row), geometry, width)
            self._painted[row] = painted
        return painted[1]

    def _cursor_is_seen_in(self, row: int) -> bool:
        return self.look.cursor is CursorShape.CROSSHAIR or row == self.space.cursor // self.space.columns

    def _row(self, row: int) -> list[Segment]:
        theme = self.look.theme
        segments = with_cursor(paint_row(self.space, row, theme), self.space, row, theme, self.look.cursor)
        block = self.look.selection
        if block is not None and block.top <= row <= block.bottom:
            segments = restyled(segments, block.left, block.right + 1, Style(reverse=True))
        return list(segments)

    def _overlaid(self) -> list[Segment]:
        """The last row with the status line over it, or only its mark when it has no message."""
        if self.look.status.message:
            return self._status_row()
        columns = self.space.columns
        kept = Strip(self._row(self.space.rows - 1), columns).crop(0, columns - len(INSERT_MARK))
        return [*kept, Segment(INSERT_MARK, self._quiet())]

    def _rule(self) -> list[Segment]:
        return [Segment("─" * self.space.columns, self._quiet())]

    def _status_row(self) -> list[Segment]:
        """The status line, its message standing out when it wants to be noticed."""
        status, theme = self.look.status, self.look.theme
        start = status.line.find(status.message[:-1]) if status.message else 0
        end = start + len(status.message)
        loud = theme.plain(theme.alert, bold=True) if status.alert else self._quiet()
        quiet = self._quiet()
        pieces = ((status.line[:start], quiet), (status.line[start:end], loud), (status.line[end:], quiet))
        return [Segment(text, style) for text, style in pieces if text]

    def _hints(self) -> list[Segment]:
        """The keys of the terminal itself; what the others do says the screen."""
        return [Segment(LOCAL_HINTS.rjust(self.space.columns), self._quiet())]

    def _placed(self, row: list[Segment], geometry: Geometry, width: int) -> Strip:
        plain = self.look.theme.plain()
        right = width - geometry.left - geometry.columns
        ends = (Segment(" " * geometry.left, plain), Segment(" " * right, plain))
        return Strip([ends[0], *row, ends[1]], width).simplify()

    def _too_small(self) -> list[Strip]:
        """One plain sentence instead of a broken form."""
        rows, columns, size = self.space.rows, self.space.columns, self.size
        sentence = (
            f"This screen has {rows} rows of {columns} columns and the window {size.height} of {size.width}: "
            "please make it larger (Ctrl+Q leaves)."
        )
        width = max(size.width, 1)
        lines = [line.ljust(width) for line in textwrap.wrap(sentence, width)]
        plain = self.look.theme.plain(self.look.theme.alert)
        text = [Strip([Segment(line, plain)], width) for line in lines[: size.height]]
        return [*text, *repeat(self._blank(), size.height - len(text))]

    def _quiet(self) -> Style:
        return self.look.theme.plain(self.look.theme.quiet)

    def _blank(self) -> Strip:
        return Strip([Segment(" " * self.size.width, self.look.theme.plain())], self.size.width)

"""Where the parts of the terminal stand in a window of some size. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Geometry(NamedTuple):
    """Rows and columns of the window, 0-based; None for a part there is no room for."""

    fits: bool
    top: int
    """The display's first row."""
    left: int
    """The display's first column."""
    rows: int
    columns: int
    status: int
    """The status line's row; inside the display when there is no row to spare."""
    overlaid: bool
    """True when the status line shares the display's last row."""
    rule: int | None
    hints: int | None

    def address(self, x: int, y: int) -> int | None:
        """The display's position under a place in the window."""
        row, column = y - self.top, x - self.left
        inside = self.fits and 0 <= row < self.rows and 0 <= column < self.columns
        return row * self.columns + column if inside else None


def place(width: int, height: int, rows: int, columns: int) -> Geometry:
    """Lay a display of `rows` by `columns` out in a window: in the middle, its status line under it."""
    spare = height - rows
    below = min(spare, 3)
    top = max((spare - below) // 2, 0)
    last = top + rows
    return Geometry(
        fits=spare >= 0 and width >= columns,
        top=top,
        left=max((width - columns) // 2, 0),
        rows=rows,
        columns=columns,
        status=last - 1 if below <= 0 else last if below == 1 else last + 1,
        overlaid=below <= 0,
        rule=last if below >= 2 else None,
        hints=last + 2 if below >= 3 else None,
    )

"""The marked block: begun at the cursor, grown by keys or by the mouse. Pure."""

from __future__ import annotations

from screens.console.painting import Rectangle
from screens.presentation_space import PresentationSpace


class Marking:
    """At most one block of the display, marked to be copied."""

    def __init__(self, space: PresentationSpace) -> None:
        self._space = space
        self._corner: tuple[int, int] | None = None
        self.block: Rectangle | None = None

    def set(self, block: Rectangle) -> None:
        """Mark a block."""
        self.block = block
        self._corner = None

    def extend(self, down: int, right: int) -> None:
        """Move the free corner; the other one is where the cursor is."""
        space = self._space
        row, column = self._corner or divmod(space.cursor, space.columns)
        row = min(max(row + down, 0), space.rows - 1)
        column = min(max(column + right, 0), space.columns - 1)
        self._corner = row, column
        self.block = Rectangle.between(space.cursor, row * space.columns + column, space.columns)

    def clear(self) -> None:
        """Mark nothing."""
        self.block = None
        self._corner = None

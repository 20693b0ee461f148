"""What the terminal's dialogs have in common: they are answered once, and a click meant for one is for no other."""

from __future__ import annotations

from textual import events
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """A window over the display."""

    def answer(self, result: ScreenResultType | None = None) -> None:
        """Close with a result; a second click or key that was on its way already changes nothing."""
        if self.is_current:
            self.dismiss(result)

    def action_leave(self) -> None:
        """Close without a result."""
        self.answer()


class Clicks:
    """Tells the second half of a double click whose first half closed, or opened, what it was on."""

    def __init__(self) -> None:
        self._screen: Screen[object] | None = None
        self._place = Offset()
        self._at_s = 0.0
        self._stray = False

    def stray(self, event: events.MouseEvent, screen: Screen[object], chain_s: float) -> bool:
        """True for a button that belongs to a click on another screen, `chain_s` or less ago and in the same place."""
        if isinstance(event, events.MouseDown):
            again = event.screen_offset == self._place and event.time - self._at_s <= chain_s
            self._stray = again and self._screen is not None and screen is not self._screen
            self._screen = self._screen if self._stray else screen
        elif isinstance(event, events.MouseUp):
            self._place, self._at_s = event.screen_offset, event.time
        else:
            return False
        return self._stray

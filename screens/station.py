"""A display station: a presentation space, the stored screen on it, and the input its terminal sends next.

What every terminal has in common. Who works the keyboard, and how the host is asked, is the terminal's own.
"""

from __future__ import annotations

from monitor.exchange import Aid, Attachment, Inbound, Outbound
from screens.drawing import Decoder, draw
from screens.layout import BLANK, Layout, Screen
from screens.presentation_space import Lock, PresentationSpace


class Station:
    """Makes an input of what is typed, and shows its answer."""

    def __init__(
        self, terminal: str, decoder: Decoder, rows: int = BLANK.rows, columns: int = BLANK.columns
    ) -> None:
        self.terminal = terminal
        self.space = PresentationSpace(rows, columns)
        self.screen = BLANK
        """The stored screen that is on the display."""
        self.alarms = 0
        """How often the host rang since the start."""
        self._decoder = decoder
        self._encoded: str | None = None
        self._epoch = 0
        self._sequence = 0

    def layout(self, number: int) -> Layout:
        """A layout by its id."""
        return self._decoder.layout(number)

    def attach(self, attachment: Attachment, *, keep: bool = False) -> None:
        """Show where the terminal stands, and unlock; with `keep`, that screen is left as it is if it is shown."""
        self._epoch, self._sequence = attachment.epoch, attachment.sequence
        if not (keep and attachment.screen == self._encoded):
            self._show(attachment.screen, None)
        self.space.lock = Lock.NONE

    def inbound(self, aid: Aid) -> Inbound:
        """What a key sends now; Clear erases the display."""
        sent = self.space.read_modified(aid)
        text = sent.text if self.screen.panels else sent.text or "".join(text for _, text in sent.fields)
        return Inbound(self.terminal, self._epoch, self._sequence + 1, aid, sent.cursor, sent.fields, text)

    def answer(self, outbound: Outbound, aid: Aid) -> None:
        """Show the answer to a key, and unlock."""
        self._sequence = outbound.sequence
        self._show(outbound.screen, None if aid is Aid.CLEAR else self.screen, unsent=aid.short)
        self.space.lock = Lock.NONE

    def _show(self, encoded: str, before: Screen | None, *, unsent: bool = False) -> None:
        screen = self._decoder.decode(encoded)
        draw(self.space, screen, self._decoder.layout, before, unsent=unsent)
        self.screen, self._encoded = screen, encoded
        self.space.insert_mode = False
        self.alarms += screen.alarm

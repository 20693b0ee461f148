"""What passes between a terminal and the engine: keys and fields in, a screen out.

The engine never looks inside a screen. A `Presentation` (the screens floor supplies one) turns what a
program sends into the screen that is stored and shown, and what a terminal sends back into named fields.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec


class Aid(enum.StrEnum):
    """The attention identifier: which key the operator ended the input with."""

    NONE = "NONE"
    ENTER = "ENTER"
    CLEAR = "CLEAR"
    PA1 = "PA1"
    PA2 = "PA2"
    PA3 = "PA3"
    PF1 = "PF1"
    PF2 = "PF2"
    PF3 = "PF3"
    PF4 = "PF4"
    PF5 = "PF5"
    PF6 = "PF6"
    PF7 = "PF7"
    PF8 = "PF8"
    PF9 = "PF9"
    PF10 = "PF10"
    PF11 = "PF11"
    PF12 = "PF12"
    PF13 = "PF13"
    PF14 = "PF14"
    PF15 = "PF15"
    PF16 = "PF16"
    PF17 = "PF17"
    PF18 = "PF18"
    PF19 = "PF19"
    PF20 = "PF20"
    PF21 = "PF21"
    PF22 = "PF22"
    PF23 = "PF23"
    PF24 = "PF24"

    @property
    def short(self) -> bool:
        """True for the keys that send no fields: Clear and PA1 to PA3 (a short read)."""
        return self in _SHORT


_SHORT = frozenset({Aid.CLEAR, Aid.PA1, Aid.PA2, Aid.PA3})


def is_terminal_id(text: str) -> bool:
    """True for 1 to 8 letters or digits."""
    return 1 <= len(text) <= 8 and text.isascii() and text.isalnum()


class Inbound(msgspec.Struct, frozen=True, gc=False):
    """One input of one terminal, as it comes off the wire."""

    terminal: str
    """Terminal id, 1 to 8 characters."""
    epoch: int
    """The attachment this input belongs to; an older one than the store's is refused."""
    sequence: int
    """One more than the last acknowledged input of this terminal; a repeated one gets the stored answer."""
    aid: Aid
    cursor: int | None = None
    """Cursor address, 0-based; None when the terminal did not say (a short read)."""
    fields: tuple[tuple[int, str], ...] = ()
    """(address of the first data position, text) of every field whose MDT is on; nulls dropped."""
    text: str = ""
    """What was typed on an unformatted screen."""


class Send(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A map to show, by name, with the values of its fields: what a program hands to `Converse`."""

    map: str
    values: Mapping[str, str] = {}
    """Text by field name, already edited; a field not named keeps the map's initial text."""
    attributes: Mapping[str, Mapping[str, Any]] = {}
    """Changed attributes by field name: {"message": {"color": "red"}}; the rest stays as the map says."""
    cursor: str | int | None = None
    """A field's name, an address, or None: the map's own place."""
    erase: bool = True
    """False: write over the screen as it stands."""
    data_only: bool = False
    """True: send these values only; constants and every field not named stay as they are."""
    reset_modified: bool = False
    """FRSET: turn the MDT of every field off before the new values are written."""
    alarm: bool = False


class Attachment(msgspec.Struct, frozen=True):
    """A terminal is attached: where it stands, so that it can go on from there."""

    terminal: str
    epoch: int
    sequence: int
    """Of the last input that was answered; the next one carries `sequence + 1`."""
    screen: str
    """The screen the terminal was on, encoded."""


class Outbound(msgspec.Struct, frozen=True, gc=False):
    """The durable answer to an input."""

    terminal: str
    sequence: int
    screen: str
    """The whole screen as it now stands, encoded."""


class Reason(enum.StrEnum):
    """Why an input was not run."""

    TAKEN_OVER = "taken over"
    OUT_OF_SEQUENCE = "out of sequence"
    BUSY = "busy"
    STORE = "store"
    """Busy, full, or its process lost: the same input may be taken when it is sent again."""
    BROKEN = "broken"
    """The store, or what it has of this terminal, must be mended first: sent again it is refused again."""
    INPUT = "input"


class Refused(msgspec.Struct, frozen=True):
    """The input was not run and nothing was stored; `text` says what to do next."""

    reason: Reason
    text: str


class Host(Protocol):
    """A region, as a terminal sees it."""

    async def attach(self, terminal: str) -> Attachment | Refused:
        """Take the terminal over from whoever had it, and say where it stands."""
        ...

    async def step(self, inbound: Inbound) -> Outbound | Refused:
        """Run one input; returns once its answer is durable."""
        ...


class Received(msgspec.Struct, frozen=True, gc=False):
    """An input once its addresses were matched with the screen it answers."""

    aid: Aid
    cursor: int | None = None
    values: dict[str, str] = {}
    """What the operator sees, by field name in the order of the screen: its values, overlaid by what was sent."""
    modified: frozenset[str] = frozenset()
    """The fields that came in this input (their MDT was on)."""
    cursor_field: str = ""
    """The field the cursor is in, or empty."""
    text: str = ""
    """What was typed on an unformatted screen."""
    masked: frozenset[str] = frozenset()
    """The fields whose content is not for display, storage or a log."""
    panels: tuple[tuple[str, Received], ...] = ()
    """When several maps lie on the screen: (map, what came of it), the oldest first.

    Above, the fields of all are together; of those with one name, the uppermost map's.
    """

    def of(self, map_name: str) -> Received:
        """What came of this map alone, if several lie on the screen; of all, if it is not among them."""
        return next((part for name, part in reversed(self.panels) if name == map_name), self)


class UnknownLayout(LookupError):
    """A stored screen needs a layout this process has not learnt yet."""

    def __init__(self, layout: int) -> None:
        super().__init__(f"layout {layout} is not known here yet")
        self.layout = layout


class Presentation(Protocol):
    """The screens floor, as the engine sees it. Pure: every method is a function of its arguments."""

    def blank(self) -> str:
        """The empty, unformatted screen, encoded."""
        ...

    def layouts(self) -> Iterable[tuple[int, str]]:
        """(id, JSON) of every layout the loaded maps declare; the store keeps them beside the steps."""
        ...

    def unknown(self, screen: str) -> Sequence[int]:
        """The layouts this screen needs that this process has not learnt yet."""
        ...

    def learn(self, layout: int, encoded: str) -> None:
        """Take in a layout that another process stored."""
        ...

    def receive(self, screen: str, inbound: Inbound) -> Received:
        """Match an input with the screen it answers; fields and a cursor that the screen does not have are ignored.

        Raises `UnknownLayout` for a screen that `unknown` would say needs more, and `RecordUnreadable` for what is
        no screen; so does `unknown`.
        """
        ...

    def compose(self, screen: str, received: Received, send: Send) -> str:
        """The screen after `send`, encoded; raises `MapError` for a map or field that does not exist."""
        ...

    def notice(self, screen: str, received: Received | None, text: str) -> str:
        """`screen` as the operator left it, with one line of the monitor's own laid over it."""
        ...

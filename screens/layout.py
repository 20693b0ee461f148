"""A map once it is laid out (fields at addresses), and the screen that is stored with a step.

A screen is small: the ids of the layouts on it and the values in their fields. Layouts are stored once each,
under an id made from their content, so that a process that never saw the map (an older or a newer one)
still decodes the answer to the screen exactly as it was sent.
"""

from __future__ import annotations

import functools
import hashlib

import msgspec

from screens.attributes import Attribute


class LaidField(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field of a layout. Addresses are 0-based: row * columns + column."""

    address: int
    """Position of the attribute byte; the data begins one after it."""
    length: int
    """Data positions after the attribute byte; 0 for a stopper. May wrap over rows and the screen's end."""
    attribute: Attribute
    name: str = ""
    """Empty for a constant."""
    text: str = ""
    """Constant or initial text, at most `length` characters."""


class Layout(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """A map's fields at their addresses."""

    map: str
    fields: tuple[LaidField, ...]
    """In the order they are written: where two overlap, the later one wins."""
    rows: int = 24
    columns: int = 80
    cursor: int = 0
    """Where the cursor goes when the program does not say."""

    @functools.cached_property
    def encoded(self) -> str:
        """The layout as JSON, as the store keeps it."""
        return msgspec.json.encode(self, order="deterministic").decode()

    @functools.cached_property
    def id(self) -> int:
        """A 63-bit number made from the content: the same layout has the same id in every process."""
        return int.from_bytes(hashlib.blake2b(self.encoded.encode(), digest_size=8).digest()) >> 1

    @functools.cached_property
    def named(self) -> dict[str, LaidField]:
        """The fields that have a name."""
        return {field.name: field for field in self.fields if field.name}


class Panel(msgspec.Struct, omit_defaults=True, gc=False):
    """One map on a screen: its layout, and what differs from the layout's own texts and attributes."""

    layout: int
    values: dict[str, str] = {}
    attributes: dict[str, Attribute] = {}
    modified: list[str] = []
    """Every field whose MDT is on now: sent with it, or changed by the operator and not reset since."""


class Write(msgspec.Struct, omit_defaults=True, gc=False):
    """What a write without erase did. A display that was in step keeps all else as it is there."""

    panel: int = -1
    """The number of the panel it wrote; -1: none, only a notice."""
    texts: list[str] | None = []
    """The entry fields of that panel whose text it wrote; None: all of them."""
    tags: list[str] = []
    """The fields of that panel whose MDT it set, on or off."""
    reset: bool = False
    """FRSET: it turned the MDT of every field off first."""
    cursor: bool = False
    """It placed the cursor."""


class Screen(msgspec.Struct, omit_defaults=True, gc=False):
    """What is on a terminal, as the step that sent it left it. No panels: unformatted."""

    panels: list[Panel] = []
    """Oldest first; a panel written without erase goes over the ones before it."""
    cursor: int = 0
    rows: int = 24
    columns: int = 80
    notice: str = ""
    """A line of the monitor's own, shown over the last row without an entry field until the next screen."""
    write: Write | None = None
    """The last write, if it left what was on the screen; None: the screen was erased for it."""
    alarm: bool = False


BLANK = Screen()

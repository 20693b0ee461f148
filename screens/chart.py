"""A layout, prepared for what every step asks of it."""

from __future__ import annotations

import unicodedata

from screens.attributes import Attribute, Intensity
from screens.layout import Layout, Panel

_DUP_AND_FIELD_MARK = "\x1c\x1e"


class Chart:
    """A layout, prepared for the two questions asked at every step: which field, and what is in it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        size = layout.rows * layout.columns
        in_order = sorted(layout.named.items(), key=lambda item: (item[1].address + 1) % size)
        named = dict(in_order)
        self.attributes = {name: field.attribute for name, field in named.items()}
        self.initial = {name: field.text for name, field in named.items()}
        """The layout's own texts, in the order of the screen; so are all that are made from them."""
        self.starts = {name: (field.address + 1) % size for name, field in named.items()}
        self.by_start = {start: named[name] for name, start in self.starts.items()}
        self.unprotected = {
            start: (field.name, field.length)
            for start, field in self.by_start.items()
            if not field.attribute.protected
        }
        """Name and length of the fields that can be typed in, by the address of their first data position."""
        self.cells = {
            (start + offset) % size: name
            for name, start in self.starts.items()
            for offset in range(max(named[name].length, 1))
        }
        self.hidden = frozenset(name for name, field in named.items() if is_hidden(field.attribute))
        self.writable = {
            name: (field.length, field.text) for name, field in named.items() if name not in self.hidden
        }
        self.preset = [name for name, field in named.items() if field.attribute.modified]

    def hidden_on(self, panel: Panel) -> frozenset[str]:
        """The fields that are not displayed, as the map or as this panel has them."""
        if not panel.attributes:
            return self.hidden
        return self.hidden.union(name for name, look in panel.attributes.items() if is_hidden(look))


def is_hidden(attribute: Attribute) -> bool:
    """True for an unprotected field that is not displayed: what is typed there is nobody else's business."""
    return attribute.intensity is Intensity.DARK and not attribute.protected


def clean(text: str) -> str:
    """Letters with their accents in one cell, blanks for what cannot stand in one; Dup and Field mark stay.

    Blanks take the place of nulls, controls and half surrogates.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in _DUP_AND_FIELD_MARK else " " for sign in text)

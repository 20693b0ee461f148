"""Write a stored screen onto a presentation space."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from screens.attributes import Attribute, Color, Intensity
from screens.layout import LaidField, Layout, Panel, Screen
from screens.presentation_space import PresentationSpace, ScreenField

Layouts = Callable[[int], Layout] | Mapping[int, Layout]

NOTICE = Attribute(protected=True, intensity=Intensity.BRIGHT, color=Color.RED)


def draw(space: PresentationSpace, screen: Screen, layouts: Layouts, unsent: Screen | None = None) -> None:
    """Show `screen`: its panels in order, its notice, its cursor. The keyboard's lock is left alone.

    `unsent` is the screen the operator was typing on when the key sent no fields (a short read): what
    was typed then survives a write without erase, in every field the host did not change.
    """
    kept = [] if unsent is None or screen.erased else _typed(space, unsent, layouts)
    _write(space, screen, layouts)
    for typed in kept:
        now = space.field_at(typed.field.address)
        if now and now[:3] == typed.field[:3] and space.content(now) == typed.sent and _open(now):
            space.write_field(now.address, now.length, _modified(now.attribute, on=True), typed.text)
    _write_notice(space, screen.notice)
    space.set_cursor(screen.cursor)


class _Typed(NamedTuple):
    """A field the operator changed since the host sent it."""

    field: ScreenField
    sent: str
    text: str


def _typed(space: PresentationSpace, unsent: Screen, layouts: Layouts) -> list[_Typed]:
    """What differs on the display from what the host had sent."""
    as_sent = PresentationSpace(unsent.rows, unsent.columns)
    _write(as_sent, unsent, layouts)
    if space.size != as_sent.size:
        return []
    pairs = [
        (field, as_sent.content(field), space.content(field)) for field in space.fields() if _open(field)
    ]
    return [_Typed(field, sent, text) for field, sent, text in pairs if sent != text]


def _open(field: ScreenField) -> bool:
    return not field.attribute.protected


def _write(space: PresentationSpace, screen: Screen, layouts: Layouts) -> None:
    space.erase(screen.rows, screen.columns)
    for panel in screen.panels:
        layout = layouts(panel.layout) if callable(layouts) else layouts[panel.layout]
        for field in layout.fields:
            _write_field(space, panel, field, _placed(field.address, layout, screen))


def _write_field(space: PresentationSpace, panel: Panel, field: LaidField, address: int) -> None:
    attribute = panel.attributes.get(field.name, field.attribute) if field.name else field.attribute
    modified = bool(field.name) and field.name in panel.modified
    text = panel.values.get(field.name, field.text) if field.name else field.text
    space.write_field(address, field.length, _modified(attribute, on=modified), text)


def _write_notice(space: PresentationSpace, notice: str) -> None:
    """Lay the notice over the last row. A screen without fields stays one field to type in."""
    if not notice:
        return
    bare = not space.formatted
    start = space.size - space.columns
    space.write_field(start, space.columns - (2 if bare else 1), NOTICE, notice)
    if bare:
        space.write_field(space.size - 1, 0, Attribute())


def _placed(address: int, layout: Layout, screen: Screen) -> int:
    """A layout's address on a screen that may be wider."""
    if layout.columns == screen.columns:
        return address
    row, column = divmod(address, layout.columns)
    return row * screen.columns + column


def _modified(attribute: Attribute, *, on: bool) -> Attribute:
    return attribute if attribute.modified is on else msgspec.structs.replace(attribute, modified=on)

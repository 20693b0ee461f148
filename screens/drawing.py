"""Write a stored screen onto a presentation space."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, cast

import msgspec

from monitor.errors import StartupError
from screens.attributes import Attribute, Color, Intensity
from screens.layout import LaidField, Layout, Panel, Screen
from screens.presentation_space import PresentationSpace, ScreenField


class Decoder(Protocol):
    """What a terminal needs of a presenter."""

    def decode(self, screen: str, /) -> Screen:
        """A stored screen, decoded."""
        ...

    def layout(self, number: int, /) -> Layout:
        """A layout by its id."""
        ...


def decoder_of(presentation: object) -> Decoder:
    """A region's presentation, if its screens can be drawn; raises `StartupError`."""
    if not (hasattr(presentation, "decode") and hasattr(presentation, "layout")):
        raise StartupError("this presentation cannot be drawn; correct `presentation` in the settings")
    return cast("Decoder", presentation)


Layouts = Callable[[int], Layout] | Mapping[int, Layout]

NOTICE = Attribute(protected=True, intensity=Intensity.BRIGHT, color=Color.RED)


def draw(
    space: PresentationSpace,
    screen: Screen,
    layouts: Layouts,
    before: Screen | None = None,
    *,
    unsent: bool = False,
) -> None:
    """Show `screen`: its panels in order, its notice, its cursor. The keyboard's lock is left alone.

    `before` is the screen the display showed until now, when the two are in step. A write without erase then
    leaves what only the display knows, in every field the host did not change: the text of dark fields, which
    no screen stores, and, when `unsent` (the key was a short read), whatever the operator typed.
    """
    kept = [] if before is None or screen.erased else _kept(space, before, layouts, unsent)
    _write(space, screen, layouts)
    for was, sent, text in kept:
        now = space.field_at(was.address)
        if now and now[:3] == was[:3] and space.content(now) == sent and not now.attribute.protected:
            attribute = _modified(now.attribute, on=now.attribute.modified or unsent)
            space.write_field(now.address, now.length, attribute, text)
    _write_notice(space, screen.notice)
    space.set_cursor(screen.cursor)


def _kept(
    space: PresentationSpace, before: Screen, layouts: Layouts, unsent: bool
) -> list[tuple[ScreenField, str, str]]:
    """(field, as the host had sent it, as it is) where only the display knows what is in it."""
    as_sent = PresentationSpace(before.rows, before.columns)
    _write(as_sent, before, layouts)
    if space.size != as_sent.size:
        return []
    candidates = [
        (field, as_sent.content(field), space.content(field))
        for field in space.fields()
        if not field.attribute.protected and (unsent or field.attribute.intensity is Intensity.DARK)
    ]
    return [kept for kept in candidates if kept[1] != kept[2]]


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

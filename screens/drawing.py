"""Write a stored screen onto a presentation space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol, cast

import msgspec

from monitor.errors import StartupError
from screens.attributes import Attribute, Color, Intensity
from screens.layout import LaidField, Layout, Panel, Screen, Write
from screens.presentation_space import NUL, PresentationSpace, ScreenField
from screens.space.buffer import POSITIONS_MAX


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


Owners = dict[int, tuple[int, str]]
"""By the address of its attribute byte, the layout that has a field, and its name there."""


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
    leaves what only the display knows, in every field it did not write: the text of dark fields, which no
    screen stores; empty cells within a text; and, when `unsent` (the key was a short read), what the operator
    typed, and the cursor. A screen too large for any terminal is told, and Clear leads out of it.
    """
    screen = _drawable(screen)
    write, cursor = screen.write, screen.cursor
    if not (before and before.panels and write and _size(before) == _size(screen) == _size(space)):
        _write(space, screen, layouts)
    else:
        cursor = cursor if write.cursor else space.cursor
        owners = _owners(before, layouts)
        kept = [(field, space.content(field), owners.get(field.address)) for field in space.fields()]
        _write(space, screen, layouts)
        owners = _owners(screen, layouts)
        for was, text, owner in kept:
            if owner and owner == owners.get(was.address):
                _keep(space, was, text, _written(screen, write, owner), unsent=unsent)
    _write_notice(space, screen.notice)
    space.set_cursor(cursor)


def _drawable(screen: Screen) -> Screen:
    if 0 < screen.rows * screen.columns <= POSITIONS_MAX:
        return screen
    return Screen(notice=f"No terminal can show a screen of {screen.rows}x{screen.columns}: press Clear.")


def _size(shown: Screen | PresentationSpace) -> tuple[int, int]:
    return shown.rows, shown.columns


def _owners(screen: Screen, layouts: Layouts) -> Owners:
    return {address: (panel.layout, field.name) for panel, field, address in _fields(screen, layouts)}


class _Written(NamedTuple):
    """What a write without erase did to a field."""

    text: bool
    tag: bool


def _written(screen: Screen, write: Write, owner: tuple[int, str]) -> _Written:
    layout, name = owner
    own = 0 <= write.panel < len(screen.panels) and screen.panels[write.panel].layout == layout
    text = own and (write.texts is None or name in write.texts)
    return _Written(text, write.reset or (own and name in write.tags))


def _keep(space: PresentationSpace, was: ScreenField, text: str, written: _Written, *, unsent: bool) -> None:
    """Put back the cells and the MDT of a field of the same owner, as far as the write left them alone."""
    now = space.field_at(was.address)
    if now is None or now[:3] != was[:3] or was.attribute.protected or now.attribute.protected:
        return
    dark = now.attribute.intensity is Intensity.DARK
    if dark is not (was.attribute.intensity is Intensity.DARK) or (written.text and not dark):
        return
    if unsent or dark or text.replace(NUL, "") == space.content(now).replace(NUL, ""):
        on = was.attribute.modified if unsent and not written.tag else now.attribute.modified
        space.write_field(now.address, now.length, _modified(now.attribute, on=on), text)


def _write(space: PresentationSpace, screen: Screen, layouts: Layouts) -> None:
    space.erase(screen.rows, screen.columns)
    for panel, field, address in _fields(screen, layouts):
        _write_field(space, panel, field, address)


def _fields(screen: Screen, layouts: Layouts) -> Iterator[tuple[Panel, LaidField, int]]:
    """Every field and its address, in the order they are written."""
    for panel in screen.panels:
        layout = layouts(panel.layout) if callable(layouts) else layouts[panel.layout]
        for field in layout.fields:
            yield panel, field, _placed(field.address, layout, screen)


def _write_field(space: PresentationSpace, panel: Panel, field: LaidField, address: int) -> None:
    attribute = panel.attributes.get(field.name, field.attribute) if field.name else field.attribute
    modified = bool(field.name) and field.name in panel.modified
    text = panel.values.get(field.name, field.text) if field.name else field.text
    space.write_field(address, field.length, _modified(attribute, on=modified), text)


def _write_notice(space: PresentationSpace, notice: str) -> None:
    """Lay the notice over a row; what begins or goes on behind it stays as it is."""
    if not notice:
        return
    start = _notice_row(space) * space.columns
    last = start + space.columns - 1
    behind = space.attribute_at(last)
    if not space.is_attribute(last) and behind.protected:
        space.write_field(start, space.columns - 1, NOTICE, notice)
        return
    space.write_field(start, space.columns - 2, NOTICE, notice)
    space.write_field(last, 0, behind)


def _notice_row(space: PresentationSpace) -> int:
    """The last row without a field that may be sent; the last of all if there is none."""
    taken = {
        (field.start + offset) % space.size // space.columns
        for field in space.fields()
        if not field.attribute.protected or field.attribute.modified
        for offset in range(field.length)
    }
    return next((row for row in range(space.rows - 1, -1, -1) if row not in taken), space.rows - 1)


def _placed(address: int, layout: Layout, screen: Screen) -> int:
    """A layout's address on a screen that may be wider."""
    if layout.columns == screen.columns:
        return address
    row, column = divmod(address, layout.columns)
    return row * screen.columns + column


def _modified(attribute: Attribute, *, on: bool) -> Attribute:
    return attribute if attribute.modified is on else msgspec.structs.replace(attribute, modified=on)

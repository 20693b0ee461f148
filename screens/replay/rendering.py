"""What is on a display as a scenario writes it: rows, the cursor's place, attributes, fields. Pure.

Empty cells of entry fields are `_`, fields that are not displayed are a run of `*` of their length.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from screens.attributes import Attribute, Intensity
from screens.drawing import Layouts
from screens.layout import Screen
from screens.presentation_space import DUP, FIELD_MARK, NUL, PresentationSpace

_ENTRY = str.maketrans({NUL: "_", DUP: "*", FIELD_MARK: ";"})
_OUTPUT = str.maketrans({NUL: " ", DUP: "*", FIELD_MARK: ";"})


class Place(NamedTuple):
    """Where a field is on the display."""

    start: int
    length: int


def rows_of(space: PresentationSpace, *, bare: bool = False) -> tuple[str, ...]:
    """Every row, without trailing blanks; `bare`: a screen without a map, all of which is one place to type in."""
    size, columns = space.size, space.columns
    if not space.formatted:
        return tuple(space.row_text(row).rstrip() for row in range(space.rows))
    cells = [" "] * (2 * size)  # a field may wrap over the end of the screen
    for field in space.fields():
        start, length = field.start, field.length
        if field.attribute.intensity is Intensity.DARK:
            cells[start : start + length] = "*" * length
        else:
            blank = bare or field.attribute.protected
            cells[start : start + length] = space.content(field).translate(_OUTPUT if blank else _ENTRY)
        if start + length > size:
            cells[: start + length - size] = cells[size : start + length]
    text = "".join(cells)
    return tuple(text[start : start + columns].rstrip() for start in range(0, size, columns))


def block(rows: tuple[str, ...]) -> str:
    """Rows as a literal block: the empty ones at the end are left out."""
    kept = len(rows)
    while kept and not rows[kept - 1]:
        kept -= 1
    return "".join(f"{row}\n" for row in rows[:kept])


def places_of(screen: Screen, layouts: Layouts) -> dict[str, Place]:
    """Where every named field of a screen is; a name is that of the map written last, below it `MAP.name`."""
    places: dict[str, Place] = {}
    owners: dict[str, str] = {}
    for panel in screen.panels:
        layout = layouts(panel.layout) if callable(layouts) else layouts[panel.layout]
        for name, field in layout.named.items():
            if name in places:
                places[f"{owners[name]}.{name}"] = places.pop(name)
            owners[name] = layout.map
            row, column = divmod(field.address, layout.columns)
            places[name] = Place((row * screen.columns + column + 1) % space_size(screen), field.length)
    return places


def space_size(screen: Screen) -> int:
    """Positions on a screen."""
    return screen.rows * screen.columns


def cursor_of(space: PresentationSpace, places: Mapping[str, Place]) -> str:
    """The field the cursor is in, `NAME+2` past its start, or `ROW,COLUMN` outside of any."""
    for name, (start, length) in reversed([*places.items()]):
        offset = (space.cursor - start) % space.size
        if offset < max(length, 1):
            return f"{name}+{offset}" if offset else name
    row, column = divmod(space.cursor, space.columns)
    return f"{row + 1},{column + 1}"


def text_of(space: PresentationSpace, place: Place) -> str:
    """What a person reads in a field, without blanks around; a dark one is a run of `*`."""
    if space.attribute_at(place.start).intensity is Intensity.DARK:
        return "*" * place.length
    return space.shown(place.start, place.length).strip()


def attributes_of(space: PresentationSpace, places: Mapping[str, Place]) -> str:
    """Every field of the display, one a line: row and column of its data, length, name, attributes."""
    names = {place.start: name for name, place in places.items()}
    lines = []
    for field in space.fields():
        row, column = divmod(field.start, space.columns)
        name = names.get(field.start, "-")
        lines.append(f"{row + 1},{column + 1} {field.length} {name} {_look(field.attribute)}\n")
    return "".join(lines)


def digest(attributes: str) -> str:
    """A short sum of the attributes: the same for the same ones."""
    return hashlib.blake2b(attributes.encode(), digest_size=4).hexdigest()


def _look(attribute: Attribute) -> str:
    protection = "autoskip" if attribute.autoskip else "protected" if attribute.protected else "unprotected"
    words = [
        protection,
        "numeric" if attribute.numeric and not attribute.protected else "",
        attribute.intensity.value,
        attribute.color.value,
        f"on-{attribute.background.value}" if attribute.background.value else "",
        attribute.highlight.value,
        "modified" if attribute.modified else "",
        f"outline-{attribute.outline.value}" if attribute.outline.value else "",
        f"validation-{attribute.validation.value}" if attribute.validation.value else "",
    ]
    return " ".join(filter(None, words))

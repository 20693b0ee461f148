"""What a send does to the screen that is stored: texts, attributes, modified data tags and the cursor."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, cast

from monitor.exchange import Send
from screens.attributes import Attribute
from screens.chart import Chart, clean
from screens.errors import MapError, nearest
from screens.field import Look, with_look
from screens.layout import Panel, Write


def fresh(chart: Chart, send: Send) -> Panel:
    """A panel with the map's own texts and attributes, and what was sent."""
    panel = Panel(chart.layout.id, _values(chart, send))
    modified = chart.preset
    if send.attributes:
        panel.attributes = _attributes(chart, send, {})
        preset = [name for name, look in panel.attributes.items() if look.modified]
        off = panel.attributes.keys() - preset
        modified = [name for name in modified if name not in off and name not in preset] + preset
        _drop_hidden(chart, panel)
    panel.modified = list(modified)
    return panel


def merge(chart: Chart, panel: Panel, send: Send) -> None:
    """Data only: what was sent, and nothing else, changes on the panel."""
    for name, text in _values(chart, send, keep_initial=True).items():
        put(panel.values, name, text, chart.initial[name])
    changed = _attributes(chart, send, panel.attributes)
    panel.attributes.update(changed)
    for name, look in send.attributes.items():
        target = _name_of(chart, name)
        if look.get("modified") and target not in panel.modified:
            panel.modified.append(target)
        elif look.get("modified") is False and target in panel.modified:
            panel.modified.remove(target)
    _drop_hidden(chart, panel)


def wrote(chart: Chart, panel: Panel, number: int, send: Send, had: Mapping[str, str]) -> Write:
    """What a send without erase did to its panel, the `number`th, for a display that has the screen before.

    `had`: the texts of the panel before, which a whole send has emptied.
    """
    looks = panel.attributes
    entries = [name for name in chart.writable if not looks.get(name, chart.attributes[name]).protected]
    texts = [name for name in entries if name in send.values]
    tags = [_name_of(chart, name) for name, look in send.attributes.items() if "modified" in look]
    if not send.data_only:
        texts += [
            name for name in entries if (chart.initial[name] or name in had) and name not in send.values
        ]
        tags += chart.preset
    placed = send.cursor is not None or not send.data_only
    return Write(number, None if len(texts) == len(entries) else texts, tags, send.reset_modified, placed)


def _drop_hidden(chart: Chart, panel: Panel) -> None:
    for name in chart.hidden_on(panel):
        panel.values.pop(name, None)


def put(values: dict[str, str], name: str, text: str, initial: str) -> None:
    """Store a value, unless it is what the layout shows anyway."""
    if text == initial:
        values.pop(name, None)
    else:
        values[name] = text


def _values(chart: Chart, send: Send, *, keep_initial: bool = False) -> dict[str, str]:
    """The texts sent, cut to their fields, without those of hidden fields and those the layout has."""
    texts, writable, values = send.values, chart.writable, {}
    joined = "".join(texts.values())
    if not (joined.isascii() and joined.isprintable()):
        texts = {name: clean(text) for name, text in texts.items()}
    for name, text in texts.items():
        try:
            length, initial = writable[name]
        except KeyError:
            _check_hidden(chart, name)
            continue
        if len(text) > length:
            text = text[:length]
        if text != initial or keep_initial:
            values[name] = text
    return values


def _check_hidden(chart: Chart, name: str) -> None:
    if name not in chart.hidden:
        raise MapError(chart.layout.map, f"no field {name}: {nearest(name, chart.initial)}")


def _name_of(chart: Chart, name: str) -> str:
    """The field a program names; the first of a repeated one."""
    if name in chart.starts:
        return name
    if f"{name}.1" in chart.starts:
        return f"{name}.1"
    raise MapError(chart.layout.map, f"no field {name}: {nearest(name, chart.initial)}")


def cursor_of(chart: Chart, send: Send, otherwise: int) -> int:
    """Where the cursor goes: where the program says, or else where the map or the operator had it."""
    cursor = send.cursor
    if cursor is None:
        return otherwise
    if isinstance(cursor, str):
        return chart.starts[_name_of(chart, cursor)]
    size = chart.layout.rows * chart.layout.columns
    if not 0 <= cursor < size:
        raise MapError(chart.layout.map, f"cursor {cursor} is not on the screen: 0 to {size - 1}")
    return cursor


def _attributes(chart: Chart, send: Send, before: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The attributes of the fields whose look was sent."""
    changed = {}
    for name, look in send.attributes.items():
        target = _name_of(chart, name)
        base = before.get(target, chart.attributes[target])
        try:
            changed[target] = _looking(base, tuple(look.items()))
        except (TypeError, ValueError) as error:
            raise MapError(chart.layout.map, f"attributes of {name}: {error}") from error
    return changed


@functools.lru_cache(maxsize=1024)
def _looking(base: Attribute, look: tuple[tuple[str, Any], ...]) -> Attribute:
    return with_look(base, cast("Look", dict(look)))

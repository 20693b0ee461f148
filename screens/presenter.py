"""The screens floor as the engine sees it: inputs matched with the screen they answer, screens composed."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from monitor.exchange import Inbound, Received, Send
from screens.attributes import Attribute, Intensity
from screens.errors import MapError, nearest
from screens.field import Look, with_look
from screens.layout import BLANK, Layout, Panel, Screen
from screens.map import MAPS, Map

panels_max = 16
"""Maps that may lie on one screen, written over each other without erase."""
text_chars_max = 62 * 160
"""Characters of an unformatted input that are kept."""

_DUP_AND_FIELD_MARK = "\x1c\x1e"


class Chart:
    """A layout, prepared for the two questions asked at every step: which field, and what is in it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        named = layout.named
        size = layout.rows * layout.columns
        self.attributes = {name: field.attribute for name, field in named.items()}
        self.initial = {name: field.text for name, field in named.items()}
        self.starts = {name: (field.address + 1) % size for name, field in named.items()}
        self.by_start = {start: named[name] for name, start in self.starts.items()}
        self.cells = {
            (start + offset) % size: name
            for name, start in self.starts.items()
            for offset in range(max(named[name].length, 1))
        }
        self.hidden = frozenset(name for name, field in named.items() if _is_hidden(field.attribute))
        self.writable = {
            name: (field.length, field.text) for name, field in named.items() if name not in self.hidden
        }
        self.preset = [name for name, field in named.items() if field.attribute.modified]

    def hidden_on(self, panel: Panel) -> frozenset[str]:
        """The fields that are not displayed, as the map or as this panel has them."""
        if not panel.attributes:
            return self.hidden
        return self.hidden.union(name for name, look in panel.attributes.items() if _is_hidden(look))


def _is_hidden(attribute: Attribute) -> bool:
    """True for an unprotected field that is not displayed: what is typed there is nobody else's business."""
    return attribute.intensity is Intensity.DARK and not attribute.protected


class Presenter:
    """Implements `monitor.exchange.Presentation` over the maps of this process."""

    def __init__(self, maps: Mapping[str, type[Map]] = MAPS) -> None:
        self._maps = maps
        self._charts: dict[int, Chart] = {}
        self._by_map: dict[str, tuple[type[Map], Chart]] = {}
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Screen).decode
        self._decode_layout = msgspec.json.Decoder(Layout).decode
        self._blank = self._encoded(BLANK)

    def blank(self) -> str:
        """The empty, unformatted screen, encoded."""
        return self._blank

    def layouts(self) -> Iterable[tuple[int, str]]:
        """(id, JSON) of every layout the loaded maps declare."""
        return [
            (chart.layout.id, chart.layout.encoded) for chart in map(self._chart_of_map, list(self._maps))
        ]

    def unknown(self, screen: str) -> Sequence[int]:
        """The layouts this screen needs that this process has not learnt yet."""
        return [panel.layout for panel in self.decode(screen).panels if self._known(panel.layout) is None]

    def learn(self, layout: int, encoded: str) -> None:
        """Take in a layout that another process stored."""
        if self._known(layout) is None:
            self._charts[layout] = Chart(self._decode_layout(encoded))

    def decode(self, screen: str) -> Screen:
        """The screen as a value."""
        return self._decode(screen)

    def layout(self, number: int) -> Layout:
        """The layout with this id; MapError when this process has not learnt it."""
        return self._chart(number).layout

    def receive(self, screen: str, inbound: Inbound) -> Received:
        """Match an input with the screen it answers; what cannot have come from it is ignored."""
        now = self._decode(screen)
        values: dict[str, str] = {}
        charts: list[tuple[Panel, Chart]] = []
        masked: frozenset[str] = frozenset()
        for panel in now.panels:
            chart = self._chart(panel.layout)
            charts.append((panel, chart))
            values.update(chart.initial)
            values.update(panel.values)
            masked |= chart.hidden_on(panel)
        modified = _overlay(charts, inbound.fields, values) if inbound.fields else frozenset[str]()
        return Received(
            aid=inbound.aid,
            cursor=inbound.cursor,
            values=values,
            modified=modified,
            cursor_field=_field_at(charts, inbound.cursor),
            text=_clean(inbound.text[:text_chars_max]) if inbound.text else "",
            masked=masked,
        )

    def compose(self, screen: str, received: Received, send: Send) -> str:
        """The screen after `send`, encoded; raises `MapError` for a map or field that does not exist."""
        chart = self._chart_of_map(send.map)
        if send.erase:
            panel = _fresh(chart, send)
            layout = chart.layout
            cursor = _cursor(chart, send, layout.cursor)
            now = Screen([panel], cursor, layout.rows, layout.columns, alarm=send.alarm)
        else:
            now = self._written_over(screen, received, chart, send)
        return self._encoded(now)

    def notice(self, screen: str, received: Received | None, text: str) -> str:
        """`screen` as the operator left it, with one line of the monitor's own on its last row."""
        now = self._decode(screen)
        if received is not None:
            self._apply(now, received)
        now.notice = _clean(text)[: now.columns]
        now.erased = False
        now.alarm = False
        return self._encoded(now)

    def _written_over(self, encoded: str, received: Received, chart: Chart, send: Send) -> Screen:
        """The screen as the operator left it, written over without erase."""
        now = self._decode(encoded)
        self._apply(now, received)
        if send.reset_modified:
            for panel in now.panels:
                panel.modified = []
        top = now.panels[-1] if now.panels else None
        layout = chart.layout
        if top is not None and top.layout == layout.id:
            if send.data_only:
                _merge(chart, top, send)
            else:
                now.panels[-1] = _fresh(chart, send)
        else:
            self._check_push(now, chart)
            now.rows, now.columns = layout.rows, layout.columns
            now.panels.append(_fresh(chart, send))
        now.cursor = _cursor(chart, send, now.cursor if send.data_only else layout.cursor)
        now.notice, now.erased, now.alarm = "", False, send.alarm
        return now

    @staticmethod
    def _check_push(now: Screen, chart: Chart) -> None:
        layout = chart.layout
        if len(now.panels) >= panels_max:
            raise MapError(layout.map, f"{panels_max} maps lie on this screen: send one with erase first")
        if now.panels and (now.rows, now.columns) != (layout.rows, layout.columns):
            sizes = f"it is {layout.rows}x{layout.columns} and the screen {now.rows}x{now.columns}"
            raise MapError(layout.map, f"{sizes}: send it with erase")

    def _apply(self, now: Screen, received: Received) -> None:
        """Keep what the operator sent in the stored screen: values, MDTs and the cursor."""
        left = set(received.modified)
        for panel in reversed(now.panels):
            chart = self._chart(panel.layout)
            hidden = chart.hidden_on(panel)
            own = [name for name in chart.initial if name in left]
            for name in own:
                if name not in panel.modified:
                    panel.modified.append(name)
                if name not in hidden:
                    _put(panel.values, name, received.values[name], chart.initial[name])
            left.difference_update(own)
        if received.cursor is not None and received.cursor < now.rows * now.columns:
            now.cursor = received.cursor

    def _encoded(self, screen: Screen) -> str:
        return self._encode(screen).decode()

    def _chart_of_map(self, name: str) -> Chart:
        found = self._by_map.get(name)
        if found is not None:
            return found[1]
        if name not in self._maps:
            raise MapError(name, f"not declared in this process: {nearest(name, self._maps)}")
        layout = self._maps[name].layout
        chart = self._charts.setdefault(layout.id, Chart(layout))
        self._by_map[name] = (self._maps[name], chart)
        return chart

    def _known(self, number: int) -> Chart | None:
        chart = self._charts.get(number)
        if chart is None and len(self._by_map) < len(self._maps):
            for name in list(self._maps):
                self._chart_of_map(name)
            chart = self._charts.get(number)
        return chart

    def _chart(self, number: int) -> Chart:
        chart = self._charts.get(number) or self._known(number)
        if chart is None:
            raise MapError(f"#{number}", "this layout was not learnt: read it from the store first")
        return chart


def _overlay(
    charts: Sequence[tuple[Panel, Chart]], fields: Iterable[tuple[int, str]], values: dict[str, str]
) -> frozenset[str]:
    """Put what came in over what stands on the screen; returns the names of the fields that came."""
    modified = set()
    for address, text in fields:
        for panel, chart in reversed(charts):
            field = chart.by_start.get(address)
            if field is None:
                continue
            name = field.name
            attribute = panel.attributes.get(name, field.attribute) if panel.attributes else field.attribute
            if not attribute.protected:
                text = text[: field.length]
                values[name] = text if text.isprintable() else _clean(text)
                modified.add(name)
            elif name in panel.modified:
                modified.add(name)
            break
    return frozenset(modified)


def _clean(text: str) -> str:
    """Blanks for what cannot stand in a cell: nulls, controls, half surrogates; Dup and Field mark stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in _DUP_AND_FIELD_MARK else " " for sign in text)


def _field_at(charts: Sequence[tuple[Panel, Chart]], cursor: int | None) -> str:
    if cursor is None:
        return ""
    return next((chart.cells[cursor] for _, chart in reversed(charts) if cursor in chart.cells), "")


def _fresh(chart: Chart, send: Send) -> Panel:
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


def _merge(chart: Chart, panel: Panel, send: Send) -> None:
    """Data only: what was sent, and nothing else, changes on the panel."""
    for name, text in _values(chart, send, keep_initial=True).items():
        _put(panel.values, name, text, chart.initial[name])
    changed = _attributes(chart, send, panel.attributes)
    panel.attributes.update(changed)
    for name, look in send.attributes.items():
        target = _name_of(chart, name)
        if look.get("modified") and target not in panel.modified:
            panel.modified.append(target)
        elif look.get("modified") is False and target in panel.modified:
            panel.modified.remove(target)
    _drop_hidden(chart, panel)


def _drop_hidden(chart: Chart, panel: Panel) -> None:
    for name in chart.hidden_on(panel):
        panel.values.pop(name, None)


def _put(values: dict[str, str], name: str, text: str, initial: str) -> None:
    """Store a value, unless it is what the layout shows anyway."""
    if text == initial:
        values.pop(name, None)
    else:
        values[name] = text


def _values(chart: Chart, send: Send, *, keep_initial: bool = False) -> dict[str, str]:
    """The texts sent, cut to their fields, without those of hidden fields and those the layout has."""
    writable = chart.writable
    values = {}
    for name, text in send.values.items():
        place = writable.get(name)
        if place is None:
            _check_hidden(chart, name)
            continue
        if len(text) > place[0]:
            text = text[: place[0]]
        if not text.isprintable():
            text = _clean(text)
        if keep_initial or text != place[1]:
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


def _cursor(chart: Chart, send: Send, otherwise: int) -> int:
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

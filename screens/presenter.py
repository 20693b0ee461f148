"""The screens floor as the engine sees it: inputs matched with the screen they answer, screens composed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from monitor.errors import RecordUnreadable
from monitor.exchange import Aid, Inbound, Received, Send, UnknownLayout
from screens.chart import Chart, clean
from screens.errors import MapError, nearest
from screens.layout import BLANK, Layout, Panel, Screen, Write
from screens.map import MAPS, Map
from screens.writing import cursor_of, fresh, merge, put, wrote

panels_max = 16
"""Maps that may lie on one screen, written over each other without erase."""
text_chars_max = 62 * 160
"""Characters of an unformatted input that are kept."""

Charts = Sequence[tuple[Panel, Chart]]
"""The panels of a screen, the oldest first, each with the chart of its layout."""
_NONE: frozenset[str] = frozenset()

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Screen).decode
_decode_layout = msgspec.json.Decoder(Layout).decode


def _encoded(screen: Screen) -> str:
    return _encode(screen).decode()


class Presenter:
    """Implements `monitor.exchange.Presentation` over the maps of this process."""

    def __init__(self, maps: Mapping[str, type[Map]] = MAPS) -> None:
        self._maps = maps
        self._charts: dict[int, Chart] = {}
        self._by_map: dict[str, Chart] = {}
        self._blank = _encoded(BLANK)

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
            self._charts[layout] = Chart(_decode_layout(encoded))

    def decode(self, screen: str) -> Screen:
        """The screen as a value; raises `RecordUnreadable` for a stored one that is none."""
        try:
            return _decode(screen)
        except msgspec.DecodeError as error:
            raise RecordUnreadable(
                f"a stored screen cannot be read ({error}); correct it with SQL"
            ) from error

    def layout(self, number: int) -> Layout:
        """The layout with this id; raises `UnknownLayout` when this process has not learnt it."""
        return self._chart(number).layout

    def receive(self, screen: str, inbound: Inbound) -> Received:
        """Match an input with the screen it answers; what cannot have come from it is not told."""
        now = self.decode(screen)
        panels, cursor = now.panels, inbound.cursor
        if cursor is not None and not 0 <= cursor < now.rows * now.columns:
            inbound = msgspec.structs.replace(inbound, cursor=None)
        text = clean(inbound.text[:text_chars_max]) if inbound.text else ""
        if len(panels) == 1:
            panel = panels[0]
            return _received(panel, self._chart(panel.layout), inbound, inbound.fields, text)
        if not panels:
            return Received(inbound.aid, inbound.cursor, text=text)
        return _of_several([(panel, self._chart(panel.layout)) for panel in panels], inbound, text)

    def compose(self, screen: str, received: Received, send: Send) -> str:
        """The screen after `send`, encoded; raises `MapError` for a map or field that does not exist."""
        chart = self._chart_of_map(send.map)
        if send.erase or received.aid is Aid.CLEAR:  # Clear erased the screen before
            panel = fresh(chart, send)
            layout = chart.layout
            cursor = cursor_of(chart, send, layout.cursor)
            now = Screen([panel], cursor, layout.rows, layout.columns, alarm=send.alarm)
        else:
            now = self._written_over(screen, received, chart, send)
        return _encoded(now)

    def notice(self, screen: str, received: Received | None, text: str) -> str:
        """`screen` as the operator left it, with one line of the monitor's own laid over it."""
        now = _decode(screen)
        if received is not None:
            self._apply(now, received)
        now.notice = clean(text)[: now.columns]
        now.write = Write()
        now.alarm = False
        return _encoded(now)

    def _written_over(self, encoded: str, received: Received, chart: Chart, send: Send) -> Screen:
        """The screen as the operator left it, written over without erase."""
        now = _decode(encoded)
        self._apply(now, received)
        if send.reset_modified:
            for panel in now.panels:
                panel.modified = []
        layout = chart.layout
        own = [number for number, panel in enumerate(now.panels) if panel.layout == layout.id]
        had: dict[str, str] = {}
        if own and send.data_only:
            number = own[-1]
            merge(chart, now.panels[number], send)
        elif own and own[-1] == len(now.panels) - 1:
            number = own[-1]
            had = now.panels[number].values
            now.panels[number] = fresh(chart, send)
        else:
            self._check_push(now, chart)
            number = len(now.panels)
            now.rows, now.columns = layout.rows, layout.columns
            now.panels.append(fresh(chart, send))
        now.cursor = cursor_of(chart, send, now.cursor if send.data_only else layout.cursor)
        now.notice, now.alarm = "", send.alarm
        now.write = wrote(chart, now.panels[number], number, send, had)
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
        parts = [part for _, part in received.panels] or [received]
        for panel, part in zip(now.panels, parts, strict=False):
            if not part.modified:
                continue
            chart = self._chart(panel.layout)
            hidden = chart.hidden_on(panel)
            for name in [name for name in chart.initial if name in part.modified]:
                if name not in panel.modified:
                    panel.modified.append(name)
                if name not in hidden:
                    put(panel.values, name, part.values[name], chart.initial[name])
        if received.cursor is not None:
            now.cursor = received.cursor

    def _chart_of_map(self, name: str) -> Chart:
        found = self._by_map.get(name)
        if found is not None:
            return found
        if name not in self._maps:
            raise MapError(name, f"not declared in this process: {nearest(name, self._maps)}")
        layout = self._maps[name].layout
        chart = self._charts.setdefault(layout.id, Chart(layout))
        self._by_map[name] = chart
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
            raise UnknownLayout(number)
        return chart


def _received(
    panel: Panel, chart: Chart, inbound: Inbound, fields: Sequence[tuple[int, str]], text: str = ""
) -> Received:
    """What came of one map."""
    values = {**chart.initial, **panel.values}
    cursor = inbound.cursor
    return Received(
        inbound.aid,
        cursor,
        values,
        _overlay(panel, chart, fields, values) if fields else _NONE,
        "" if cursor is None else chart.cells.get(cursor, ""),
        text,
        chart.hidden_on(panel),
    )


def _overlay(
    panel: Panel, chart: Chart, fields: Iterable[tuple[int, str]], values: dict[str, str]
) -> frozenset[str]:
    """Put what came in over what stands in a map; returns the names of the fields that came."""
    modified = set()
    as_drawn = _NO_PLACES if panel.attributes else chart.unprotected
    for address, text in fields:
        name, length = as_drawn.get(address) or _place(panel, chart, address)
        if name:
            modified.add(name)
            if length:
                text = text[:length]
                values[name] = text if text.isprintable() else clean(text)
    return frozenset(modified)


def _place(panel: Panel, chart: Chart, address: int) -> tuple[str, int]:
    """The field that begins at an address, and how much can be typed in: 0 if it was only sent along."""
    field = chart.by_start.get(address)
    if field is None:
        return "", 0
    if not panel.attributes.get(field.name, field.attribute).protected:
        return field.name, field.length
    return (field.name, 0) if field.name in panel.modified else ("", 0)


_NO_PLACES: Mapping[int, tuple[str, int]] = {}


def _of_several(charts: Charts, inbound: Inbound, text: str) -> Received:
    """What came of each map, and of all: of fields with one name, the uppermost map's counts for all."""
    fields: list[list[tuple[int, str]]] = [[] for _ in charts]
    for address, typed in inbound.fields:
        fields[_uppermost(charts, address)].append((address, typed))
    parts = [
        _received(panel, chart, inbound, own) for (panel, chart), own in zip(charts, fields, strict=True)
    ]
    owners = {name: part for part in parts for name in part.values}
    starts = {name: start for _, chart in charts for name, start in chart.starts.items()}
    in_order = sorted(owners, key=starts.__getitem__)
    return Received(
        aid=inbound.aid,
        cursor=inbound.cursor,
        values={name: owners[name].values[name] for name in in_order},
        modified=frozenset(name for name, part in owners.items() if name in part.modified),
        cursor_field=next((part.cursor_field for part in reversed(parts) if part.cursor_field), ""),
        text=text,
        masked=frozenset(name for name, part in owners.items() if name in part.masked),
        panels=tuple((chart.layout.map, part) for (_, chart), part in zip(charts, parts, strict=True)),
    )


def _uppermost(charts: Charts, address: int) -> int:
    """The number of the map that the field at an address is of; of the oldest if there is no such field."""
    owners = (number for number in range(len(charts) - 1, 0, -1) if address in charts[number][1].by_start)
    return next(owners, 0)

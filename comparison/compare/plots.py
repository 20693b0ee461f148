"""Plots as inline SVG: lines over a logarithmic plane, and bars with their spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 720, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 16, 44
COLORS = (
    "#0b6e4f",
    "#58b368",
    "#1d4e89",
    "#5fa8d3",
    "#7b4b94",
    "#c17c74",
    "#b5651d",
    "#d4a017",
    "#8a8a8a",
    "#444444",
    "#c2185b",
    "#00838f",
)
DASHES = ("", "6 3", "2 3")
BAR, GAP = 16, 6
CHARACTER = 7.7
"""Width of a character of the font at its size, a wide one."""


class Curve(NamedTuple):
    """A named row of points; both axes are logarithmic."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


class Bar(NamedTuple):
    """A bar, and the range around it."""

    label: str
    value: float
    low: float
    high: float
    color: str = COLORS[0]


def curves(rows: Sequence[Curve], across: str, up: str) -> str:
    """A plane with a curve for each row and a legend beside it."""
    points = [point for row in rows for point in row.points if point[0] > 0 and point[1] > 0]
    if not points:
        return ""
    xs, ys = _decades([x for x, _ in points]), _decades([y for _, y in points])
    parts = [_grid(xs, ys, across, up)]
    for place, row in enumerate(rows):
        color, dash = COLORS[place % len(COLORS)], DASHES[1] if row.dashed else DASHES[0]
        spots = [(_x(x, xs), _y(y, ys)) for x, y in row.points if x > 0 and y > 0]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in spots]
        level = TOP + 12 + place * 20
        parts.append(
            f'<line x1="{WIDTH - RIGHT + 14}" x2="{WIDTH - RIGHT + 40}" y1="{level - 4}" y2="{level - 4}" '
            f'stroke="{color}" stroke-width="3" stroke-dasharray="{dash}"/>'
            f'<text x="{WIDTH - RIGHT + 46}" y="{level}">{escape(row.name)}</text>'
        )
    return _svg(HEIGHT, parts, f"{up} over {across}")


def bars(rows: Sequence[Bar], unit: str) -> str:
    """Bars on a logarithmic scale, the value at the end of each."""
    shown = [row for row in rows if row.value > 0]
    if not shown:
        return ""
    low, high = _decades([value for row in shown for value in (row.value, row.low, row.high) if value > 0])
    ends = [f"{_short(row.value)} {unit}" for row in shown]
    label = max(len(row.label) for row in shown) * CHARACTER + 16
    room = WIDTH - label - max(len(end) for end in ends) * CHARACTER - 12

    def at(value: float) -> float:
        return label + room * (math.log10(max(value, low)) - math.log10(low)) / (
            math.log10(high) - math.log10(low)
        )

    parts = []
    for place, (row, end) in enumerate(zip(shown, ends, strict=True)):
        y = place * (BAR + GAP) + GAP
        parts.append(
            f'<text x="{label - 8:.1f}" y="{y + 12}" text-anchor="end">{escape(row.label)}</text>'
            f'<rect x="{label:.1f}" y="{y}" width="{max(1.0, at(row.value) - label):.1f}" '
            f'height="{BAR}" fill="{row.color}"/>'
            f'<line x1="{at(row.low):.1f}" x2="{at(row.high):.1f}" y1="{y + BAR / 2}" y2="{y + BAR / 2}" '
            'stroke="#111" stroke-width="1.5"/>'
            f'<text x="{at(max(row.value, row.high)) + 6:.1f}" y="{y + 12}">{escape(end)}</text>'
        )
    return _svg(len(shown) * (BAR + GAP) + GAP, parts, f"bars of {unit}, logarithmic")


def _decades(values: Sequence[float]) -> tuple[float, float]:
    low, high = 10.0 ** math.floor(math.log10(min(values))), 10.0 ** math.ceil(math.log10(max(values)))
    return low, high if high > low else low * 10


def _x(value: float, ends: tuple[float, float]) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * _share(value, ends)


def _y(value: float, ends: tuple[float, float]) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _share(value, ends)


def _share(value: float, ends: tuple[float, float]) -> float:
    low, high = (math.log10(end) for end in ends)
    return (math.log10(value) - low) / (high - low)


def _grid(xs: tuple[float, float], ys: tuple[float, float], across: str, up: str) -> str:
    parts = []
    for value in _powers(xs):
        x = _x(value, xs)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>'
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{_short(value)}</text>'
        )
    for value in _powers(ys):
        y = _y(value, ys)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_short(value)}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>')
    parts.append(
        f'<text x="12" y="{HEIGHT / 2}" transform="rotate(-90 12 {HEIGHT / 2})" '
        f'text-anchor="middle">{escape(up)}</text>'
    )
    return "".join(parts)


def _powers(ends: tuple[float, float]) -> list[float]:
    first, last = (round(math.log10(end)) for end in ends)
    return [10.0**power for power in range(first, last + 1)]


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _svg(height: int, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )

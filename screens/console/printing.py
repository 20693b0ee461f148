"""The screen on paper: as text, as HTML, as SVG. Pure, but for what keeps the paper."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from html import escape
from pathlib import Path

from rich.style import Style

from screens.console.painting import paint_row
from screens.console.themes import Theme
from screens.presentation_space import PresentationSpace

CELL_WIDTH = 9.6
CELL_HEIGHT = 20
MARGIN = 20
FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"


class Paper(enum.StrEnum):
    """The forms a printed screen can take; the value is the end of the file's name."""

    TEXT = "txt"
    HTML = "html"
    SVG = "svg"


def print_screen(space: PresentationSpace, theme: Theme, paper: Paper) -> str:
    """The whole screen in one form, dark fields blank."""
    if paper is Paper.TEXT:
        return "".join(space.row_text(row).rstrip() + "\n" for row in range(space.rows))
    return _html(space, theme) if paper is Paper.HTML else _svg(space, theme)


def kept(text: str, name: str, paper: Paper) -> Path:
    """Where a print went: a file `name`, with a number after it if there is one already. Raises `OSError`."""
    for number in itertools.count(1):
        path = Path(f"{name}{f'-{number}' if number > 1 else ''}.{paper.value}")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        break
    return path


def _html(space: PresentationSpace, theme: Theme) -> str:
    rows = []
    for row in range(space.rows):
        spans = (
            f'<span style="{_css(style)}">{escape(text)}</span>'
            for _, text, style in _runs(space, row, theme)
        )
        rows.append("".join(spans))
    body = f"background:{_ground(theme)};font:16px/1.25 {FONT}"
    lines = "\n".join(rows)
    return (
        f'<!doctype html>\n<meta charset="utf-8">\n<title>Screen</title>\n<pre style="{body}">{lines}</pre>\n'
    )


def _svg(space: PresentationSpace, theme: Theme) -> str:
    width, height = space.columns * CELL_WIDTH + 2 * MARGIN, space.rows * CELL_HEIGHT + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height}">',
        f'<rect width="100%" height="100%" rx="8" fill="{_ground(theme)}"/>',
        f'<g font-family="{FONT}" font-size="16" xml:space="preserve">',
    ]
    for row in range(space.rows):
        parts += [_svg_run(row, *run) for run in _runs(space, row, theme)]
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _svg_run(row: int, column: int, text: str, style: Style) -> str:
    x, y = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
    length = len(text) * CELL_WIDTH
    ink, ground = _colors(style)
    box = (
        f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{CELL_HEIGHT}" fill="{ground}"/>'
        if ground
        else ""
    )
    weight = ' font-weight="bold"' if style.bold else ""
    line = f' text-decoration="{_lines(style)}"' if _lines(style) else ""
    words = (
        f'<text x="{x:.1f}" y="{y + 15}" fill="{ink or "currentColor"}"{weight}{line} '
        f'textLength="{length:.1f}">{escape(text)}</text>'
    )
    return box + (words if text.strip() or line else "")


def _runs(space: PresentationSpace, row: int, theme: Theme) -> Iterator[tuple[int, str, Style]]:
    column = 0
    for text, style, _ in paint_row(space, row, theme):
        yield column, text, style or Style.null()
        column += len(text)


def _colors(style: Style) -> tuple[str, str]:
    ink = style.color.get_truecolor().hex if style.color else ""
    ground = style.bgcolor.get_truecolor().hex if style.bgcolor else ""
    return (ground, ink) if style.reverse else (ink, ground)


def _css(style: Style) -> str:
    ink, ground = _colors(style)
    rules = [
        f"color:{ink}" if ink else "",
        f"background:{ground}" if ground else "",
        "font-weight:bold" if style.bold else "",
        f"text-decoration:{_lines(style)}" if _lines(style) else "",
    ]
    return ";".join(filter(None, rules))


def _lines(style: Style) -> str:
    """Under and over the characters; the lines beside a field are characters already."""
    drawn = ("underline" if style.underline else "", "overline" if style.overline else "")
    return " ".join(filter(None, drawn))


def _ground(theme: Theme) -> str:
    return theme.background or "#ffffff"

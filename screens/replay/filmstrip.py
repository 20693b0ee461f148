"""The screens of a session, one after the other, as a person reads them: text, HTML or SVG."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from html import escape

import msgspec

from monitor.importing import named
from screens.presentation_space import PresentationSpace
from screens.replay.actions import write
from screens.replay.rendering import digest
from screens.replay.scenario import Scenario

PRINT, PAPER = "screens.console.printing:print_screen", "screens.console.printing:Paper"
THEMES = "screens.console.themes:THEMES"
GAP = 40
"""Pixels between two pictures, for the words over the lower one."""


class Paper(enum.StrEnum):
    """The forms of a film strip."""

    TEXT = "text"
    HTML = "html"
    SVG = "svg"


class Frame(msgspec.Struct, frozen=True):
    """One step of a film strip."""

    title: str
    actions: tuple[str, ...]
    rows: tuple[str, ...]
    attributes: str = ""
    """In full."""
    html: str = ""
    svg: str = ""


def frame(
    title: str,
    actions: Iterable[str],
    rows: tuple[str, ...],
    attributes: str,
    space: PresentationSpace,
    paper: Paper,
) -> Frame:
    """A step as it stands on a display, drawn in the colours of the terminal for people."""
    html = svg = ""
    if paper is not Paper.TEXT:
        printed = _print(space, paper)
        html, svg = (printed, "") if paper is Paper.HTML else ("", printed)
    return Frame(title, tuple(actions), rows, attributes, html, svg)


def strip(frames: Iterable[Frame], paper: Paper, title: str, *, attributes: bool = False) -> str:
    """All frames in one text."""
    match paper:
        case Paper.TEXT:
            return "".join(_text(one, attributes) for one in frames)
        case Paper.HTML:
            return _html(list(frames), title)
        case Paper.SVG:
            return _svg(list(frames), title)


def expected_frames(scenario: Scenario) -> list[Frame]:
    """What the file of a scenario says, without running it."""
    return [
        Frame(
            step_title(number, step.note),
            tuple(map(write, step.actions)),
            tuple((step.expected.screen or "").splitlines()),
            step.expected.attributes or "",
        )
        for number, step in enumerate(scenario.steps, start=1)
    ]


def step_title(number: int, note: str) -> str:
    """How a step is called."""
    return f"step {number}{f': {note}' if note else ''}"


def _text(one: Frame, attributes: bool) -> str:
    width = max([len(row) for row in one.rows] + [len(one.title) + 6, 78])
    lines = [f"== {one.title} {'=' * (width - len(one.title) - 4)}"]
    lines += [f"   > {action}" for action in one.actions]
    lines += [f"| {row}".rstrip() for row in one.rows]
    if attributes and one.attributes:
        if "\n" in one.attributes:
            lines += [f"   attributes {digest(one.attributes)}"]
        lines += [f"   . {line}" for line in one.attributes.splitlines()]
    return "\n".join(lines) + "\n\n"


def _print(space: PresentationSpace, paper: Paper) -> str:
    picture: str = named(PRINT)(space, next(iter(named(THEMES).values())), named(PAPER)(paper.value))
    return picture


def _html(frames: list[Frame], title: str) -> str:
    parts = [
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>',
        "<style>body{font-family:sans-serif;margin:2em;background:#f4f4f4}"
        "pre.keys{color:#333}section{margin-bottom:2em}</style>",
        f"<h1>{escape(title)}</h1>",
    ]
    for one in frames:
        picture = re.search(r"<pre.*</pre>", one.html, re.DOTALL)
        keys = escape("\n".join(one.actions))
        shown = picture[0] if picture else f"<pre>{escape(chr(10).join(one.rows))}</pre>"
        parts.append(
            f'<section>\n<h2>{escape(one.title)}</h2>\n<pre class="keys">{keys}</pre>\n{shown}\n</section>'
        )
    return "\n".join([*parts, "</html>", ""])


def _svg(frames: list[Frame], title: str) -> str:
    parts, top, widest = [], 0.0, 0.0
    for one in frames:
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', one.svg)
        width, height = (float(box[1]), float(box[2])) if box else (800.0, 480.0)
        caption = f"{one.title}   {'  '.join(one.actions)}"
        parts.append(
            f'<text x="10" y="{top + 26:.0f}" font-family="sans-serif" font-size="16">{escape(caption)}</text>'
        )
        placed = one.svg.replace("<svg ", f'<svg y="{top + GAP:.0f}" width="{width}" height="{height}" ', 1)
        parts.append(placed)
        top, widest = top + GAP + height, max(widest, width)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {widest:.0f} {top:.0f}" width="{widest:.0f}">'
    )
    ground = '<rect width="100%" height="100%" fill="#f4f4f4"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", ground, *parts, "</svg>", ""])

"""How the terminal looks: colours of fields, entry fields, status line and cursor."""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.style import Style

from screens.attributes import Attribute, Color, Highlight, Intensity, Outline


class CursorShape(enum.StrEnum):
    """How the place of the next character is shown."""

    BLOCK = "block"
    UNDERSCORE = "underscore"
    CROSSHAIR = "crosshair"


@dataclass(frozen=True)
class Theme:
    """One look. An empty colour means the terminal's own."""

    name: str
    title: str
    background: str
    entry: str
    """Background of unprotected fields, so that they are seen when empty; empty: they are underscored."""
    colors: Mapping[Color, str]
    base: tuple[str, str, str, str]
    """Fields without a colour: unprotected, unprotected bright, protected, protected bright."""
    quiet: str
    """The status line at rest, rules, hints."""
    alert: str
    """A lock, a refusal."""
    cursor: str
    crosshair: str

    def __hash__(self) -> int:
        return hash(self.name)

    def style(self, attribute: Attribute, *, formatted: bool = True) -> Style:
        """How a field's characters look."""
        return _style(self, _visible(attribute), formatted)

    def on(self, depth: ColorSystem) -> Theme:
        """The same on a terminal of fewer colours: entry fields are underscored when their tint is lost."""
        if not self.entry:
            return self
        tint, ground = (
            RichColor.parse(color).downgrade(depth)[1:] for color in (self.entry, self.background)
        )
        few = _OF_SIXTEEN if depth in (ColorSystem.STANDARD, ColorSystem.WINDOWS) else {}
        unprotected, bright, protected, protected_bright = (few.get(color, color) for color in self.base)
        there = dataclasses.replace(
            self,
            entry="" if tint == ground else self.entry,
            colors={name: few.get(color, color) for name, color in self.colors.items()},
            base=(unprotected, bright, protected, protected_bright),
        )
        return self if there == self else dataclasses.replace(there, name=f"{self.name}/{depth.name}")

    def plain(self, color: str = "", *, bold: bool = False, reverse: bool = False) -> Style:
        """A style of the terminal's own, on the background."""
        return _plain(color, self.background, bold, reverse)


_OF_SIXTEEN = {
    "#6ea8fe": "#5555ff",
    "#8cb8ff": "#5555ff",
    "#e8a33d": "#aa5500",
    "#1d4fa8": "#0000aa",
    "#1b6b3a": "#00aa00",
    "#0b6670": "#00aaaa",
}
"""Colours whose nearest of sixteen is a grey or another hue, and the one of the sixteen to take."""


def has_colors(environment: Mapping[str, str]) -> bool:
    """False with NO_COLOR set (to something), and on a terminal that TERM says has none."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("COLORTERM")) or not _COLORLESS.fullmatch(environment.get("TERM", ""))


_COLORLESS = re.compile(r"dumb|unknown|vt[1-4]\d\d.*|.*-(m|mono)")


def _visible(attribute: Attribute) -> Attribute:
    """The attribute with only what changes its look."""
    return Attribute(
        protected=attribute.protected,
        intensity=attribute.intensity,
        color=attribute.color,
        highlight=attribute.highlight,
        background=attribute.background,
        outline=attribute.outline,
    )


@functools.lru_cache(maxsize=4096)
def _style(theme: Theme, attribute: Attribute, formatted: bool) -> Style:
    bright = attribute.intensity is Intensity.BRIGHT
    entry = formatted and not attribute.protected
    color = (
        theme.colors.get(attribute.color) if attribute.color else theme.base[2 * attribute.protected + bright]
    )
    ground = theme.colors.get(attribute.background, "") if attribute.background else ""
    ground = ground or (theme.entry if entry else "") or theme.background
    return Style(
        color=_rich(color or ""),
        bgcolor=_rich(ground),
        bold=bright,
        reverse=attribute.highlight is Highlight.REVERSE,
        blink=attribute.highlight is Highlight.BLINK,
        underline=attribute.highlight is Highlight.UNDERSCORE
        or Outline.UNDER in attribute.outline
        or (entry and not theme.entry),
        overline=Outline.OVER in attribute.outline,
    )


@functools.lru_cache(maxsize=256)
def _plain(color: str, background: str, bold: bool, reverse: bool) -> Style:
    return Style(color=_rich(color), bgcolor=_rich(background), bold=bold, reverse=reverse)


def _rich(color: str) -> RichColor | None:
    return RichColor.parse(color) if color else None


def _one_color(
    name: str, title: str, normal: str, bright: str, background: str, entry: str, quiet: str
) -> Theme:
    """A tube of one colour: every field in it, bright ones brighter."""
    return Theme(
        name=name,
        title=title,
        background=background,
        entry=entry,
        colors={color: bright if color is Color.NEUTRAL else normal for color in Color if color},
        base=(normal, bright, normal, bright),
        quiet=quiet,
        alert=bright,
        cursor=bright,
        crosshair=entry,
    )


THEMES: Mapping[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            name="3279",
            title="3279 colour",
            background="#0b0f14",
            entry="#22272d",
            colors={
                Color.BLUE: "#6ea8fe",
                Color.RED: "#ff6b6b",
                Color.PINK: "#f598d8",
                Color.GREEN: "#5fd78a",
                Color.TURQUOISE: "#56d4dd",
                Color.YELLOW: "#f2d660",
                Color.NEUTRAL: "#eef2f6",
            },
            base=("#5fd78a", "#ff6b6b", "#6ea8fe", "#eef2f6"),
            quiet="#7d8b99",
            alert="#ffb454",
            cursor="#eef2f6",
            crosshair="#2b3138",
        ),
        _one_color("green", "Green tube", "#33d17a", "#b6ffcf", "#06110a", "#0e2417", "#1f7a49"),
        _one_color("amber", "Amber tube", "#e8a33d", "#ffe0a3", "#140c03", "#2a1b08", "#8f6423"),
        Theme(
            name="paper",
            title="Paper",
            background="#fbfaf5",
            entry="#ebe7da",
            colors={
                Color.BLUE: "#1d4fa8",
                Color.RED: "#b3261e",
                Color.PINK: "#a3267f",
                Color.GREEN: "#1b6b3a",
                Color.TURQUOISE: "#0b6670",
                Color.YELLOW: "#7a5a00",
                Color.NEUTRAL: "#1a1a1a",
            },
            base=("#1b6b3a", "#b3261e", "#1d4fa8", "#1a1a1a"),
            quiet="#6f6a5c",
            alert="#b3261e",
            cursor="#1a1a1a",
            crosshair="#f0ecdf",
        ),
        Theme(
            name="contrast",
            title="High contrast",
            background="#000000",
            entry="#2a2a2a",
            colors={
                Color.BLUE: "#8cb8ff",
                Color.RED: "#ff8080",
                Color.PINK: "#ff9df0",
                Color.GREEN: "#00ff66",
                Color.TURQUOISE: "#00ffff",
                Color.YELLOW: "#ffff00",
                Color.NEUTRAL: "#ffffff",
            },
            base=("#00ff66", "#ffffff", "#ffffff", "#ffff00"),
            quiet="#d0d0d0",
            alert="#ffff00",
            cursor="#ffffff",
            crosshair="#3a3a3a",
        ),
        Theme(
            name="mono",
            title="No colour",
            background="",
            entry="",
            colors={},
            base=("", "", "", ""),
            quiet="",
            alert="",
            cursor="",
            crosshair="",
        ),
    )
}
"""Every theme by name; the first is the default, `mono` is what NO_COLOR asks for."""

"""Field attributes: what a field lets the operator do, and how it looks."""

from __future__ import annotations

import enum

import msgspec


class Intensity(enum.StrEnum):
    """Display attribute of a field: NORM, BRT, DRK."""

    NORMAL = "normal"
    BRIGHT = "bright"
    DARK = "dark"


class Color(enum.StrEnum):
    """The seven colours of a 3279, and the terminal's own choice."""

    DEFAULT = ""
    BLUE = "blue"
    RED = "red"
    PINK = "pink"
    GREEN = "green"
    TURQUOISE = "turquoise"
    YELLOW = "yellow"
    NEUTRAL = "neutral"


class Highlight(enum.StrEnum):
    """Extended highlighting."""

    DEFAULT = ""
    BLINK = "blink"
    REVERSE = "reverse"
    UNDERSCORE = "underscore"


class Outline(enum.Flag):
    """Which sides of a field carry a line (extended attribute C2)."""

    NONE = 0
    UNDER = 1
    RIGHT = 2
    OVER = 4
    LEFT = 8


class Validation(enum.Flag):
    """What the terminal itself checks before it sends a field (extended attribute C1)."""

    NONE = 0
    TRIGGER = 1
    MUST_ENTER = 2
    MUST_FILL = 4


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True):
    """All attributes of one field. The default is an unprotected field of normal intensity."""

    protected: bool = False
    numeric: bool = False
    """With `protected`: auto-skip, the cursor passes over the field."""
    intensity: Intensity = Intensity.NORMAL
    modified: bool = False
    """The modified data tag (MDT): the field is sent with the next Enter or PF key."""
    color: Color = Color.DEFAULT
    highlight: Highlight = Highlight.DEFAULT
    background: Color = Color.DEFAULT
    outline: Outline = Outline.NONE
    validation: Validation = Validation.NONE

    @property
    def autoskip(self) -> bool:
        """Protected and numeric together: typing runs past this field."""
        return self.protected and self.numeric

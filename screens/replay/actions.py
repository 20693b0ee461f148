"""What a scenario does at the terminal: one action a line, in s3270's words. Pure.

field source = 10020011     the whole field, wherever it is on the screen
type Rent May               characters, where the cursor is
enter  pf1..pf24  pa1..pa3  clear  tab  backtab  home  newline  eraseeof  eraseinput  reset  ...
cursor 8,20                 row and column, from 1; or a field's name
wait 2s                     on the scenario's clock
kill  restart  disconnect   of the region, of the region, of the terminal
"""

from __future__ import annotations

import enum
import math
import re

import msgspec

from screens.keys import Key
from screens.replay.faults import ActionError, nearest


class Press(msgspec.Struct, frozen=True, tag=True):
    """Press a key."""

    key: Key


class Type(msgspec.Struct, frozen=True, tag=True):
    """Type characters where the cursor is."""

    text: str


class Fill(msgspec.Struct, frozen=True, tag=True):
    """Replace what is in a field."""

    field: str
    text: str


class MoveTo(msgspec.Struct, frozen=True, tag=True):
    """Put the cursor into a field, or on a row and column (from 1) when there is no name."""

    field: str = ""
    row: int = 0
    column: int = 0


class Wait(msgspec.Struct, frozen=True, tag=True):
    """Let time pass."""

    seconds: float


class Interruption(enum.StrEnum):
    """What may happen to a session from outside."""

    KILL = "kill"
    """The region is gone without a goodbye; another one takes over the store."""
    RESTART = "restart"
    """The region is closed in good order and started again."""
    DISCONNECT = "disconnect"
    """The terminal goes away and is attached again."""


class Interrupt(msgspec.Struct, frozen=True, tag=True):
    """Disturb the session."""

    by: Interruption


Action = Press | Type | Fill | MoveTo | Wait | Interrupt

KEYS = {key.value.lower(): key for key in Key}
_WORDS = ("field", "type", "cursor", "wait", *(kind.value for kind in Interruption), *KEYS)
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d)")
_PLACE = re.compile(r"([0-9]{1,3})\s*,\s*([0-9]{1,3})")
_FIELD = re.compile(r"([A-Za-z_][\w.]*)\s*=(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
wait_s_max = 366 * 86400.0
"""The longest single wait of a scenario."""


def parse(line: str) -> Action:
    """The action a line says; raises `ActionError`."""
    word, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    match word.lower():
        case "field":
            return _fill(rest)
        case "type":
            return Type(_text(rest))
        case "cursor":
            return _cursor(rest)
        case "wait":
            return Wait(duration(rest))
        case known if known in KEYS and not rest:
            return Press(KEYS[known])
        case known if known in set(Interruption) and not rest:
            return Interrupt(Interruption(known))
        case known if known in KEYS or known in set(Interruption):
            raise ActionError(f"{known} takes nothing after it, not {rest!r}")
    raise ActionError(f"unknown action {word!r}: {nearest(word.lower(), _WORDS)}")


def write(action: Action) -> str:
    """The line that says an action: `parse(write(action)) == action`."""
    match action:
        case Press(key):
            return key.value.lower()
        case Type(text):
            return f"type {_quoted(text)}".rstrip()
        case Fill(field, text):
            return f"field {field} = {_quoted(text)}".rstrip()
        case MoveTo(field, row, column):
            return f"cursor {field or f'{row},{column}'}"
        case Wait(seconds):
            return f"wait {format_s(seconds)}"
        case Interrupt(by):
            return by.value


def duration(text: str) -> float:
    """Seconds of a duration such as `500ms`, `2s`, `1.5h`; raises `ActionError`."""
    found = _DURATION.fullmatch(text)
    seconds = float(found[1]) * _UNITS_S[found[2]] if found else math.inf
    if seconds > wait_s_max:
        raise ActionError(f"{text!r} is not a time of at most 366d: write 500ms, 2s, 5m, 1h or 1d")
    return seconds


def format_s(seconds: float) -> str:
    """Seconds as a duration that `duration` reads."""
    if seconds == int(seconds):
        return f"{int(seconds)}s"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


def _fill(rest: str) -> Fill:
    found = _FIELD.fullmatch(rest)
    if found is None:
        raise ActionError(f"field {rest!r}: write `field NAME = value`")
    return Fill(found[1], _text(found[2].strip()))


def _cursor(rest: str) -> MoveTo:
    if place := _PLACE.fullmatch(rest):
        if place[1] == "0" or place[2] == "0":
            raise ActionError("rows and columns count from 1")
        return MoveTo(row=int(place[1]), column=int(place[2]))
    if _NAME.fullmatch(rest):
        return MoveTo(field=rest)
    raise ActionError(f"cursor {rest!r}: write `cursor ROW,COLUMN` or `cursor NAME`")


def _text(rest: str) -> str:
    """What a value says; one in double quotes is a JSON string, so that blanks at its ends count."""
    if not rest.startswith('"'):
        return rest
    try:
        return msgspec.json.decode(rest.encode(), type=str)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise ActionError(f'{rest} is not a text in quotes: write \\" for a quote in it') from error


def _quoted(text: str) -> str:
    plain = text == text.strip() and not text.startswith('"') and text.isprintable() and "'''" not in text
    return text if plain else msgspec.json.encode(text).decode()

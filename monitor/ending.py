"""How a step ends, and the rows that say so: pure functions from what happened to what is stored."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from monitor.area import Area, encode_area
from monitor.conversation import OPEN, TerminalState
from monitor.errors import Abend
from monitor.exchange import Inbound, Received
from monitor.limits import Limits
from monitor.store import Key, Row

_encode = msgspec.json.Encoder().encode

NO_AREA = ("NoArea", 1, "{}")


class Ending(msgspec.Struct, frozen=True, gc=False):
    """What a step comes to."""

    outcome: str
    """converse, finish, resume, abend, notice or blank."""
    screen: str
    transid: str = ""
    code: str = ""
    next: str = ""
    area: tuple[str, int, str] = NO_AREA
    """Type name, version, JSON."""


class Given(NamedTuple):
    """A program that a step has passed on to, and the area it was given: type name, version, JSON."""

    transid: str
    area: tuple[str, int, str]


class Dump(NamedTuple):
    """What an operator wants to read of an abend."""

    code: str
    message: str
    detail: str
    area: tuple[str, int, str]


def stored_area(area: Area, limits: Limits) -> tuple[str, int, str]:
    """The area as a step keeps it; raises `AreaError` or `LimitExceeded`."""
    return type(area).__name__, type(area).version, encode_area(area, limits.area_bytes_max)


def given_to(transid: str, area: Area) -> Given:
    """What a dump says of the program, whatever it does to its area; an area need not fit the store to be handed on."""
    try:
        text = _encode(area).decode()
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        text = _plain(f"(it cannot be shown: {error})")
    return Given(transid, (type(area).__name__, type(area).version, text))


def area_of(state: TerminalState) -> tuple[str, int, str]:
    """The area the last step of an open conversation left."""
    if state.state != OPEN or state.area is None:
        return NO_AREA
    return state.area_type or "", state.area_version or 0, state.area


class Told(msgspec.Struct):
    """What an error says of itself, as far as it could be had."""

    code: str = "ASRA"
    message: str = "(what the error says cannot be had)"
    detail: str = ""
    """Where in the program it went wrong."""


def tell(told: Told, error: BaseException, cause: BaseException, chars_max: int) -> None:
    """Fill `told` in, where it went wrong from `cause`: to be watched, for much of it is the program's own code."""
    told.code = code_of(error)
    told.message = message_of(error, chars_max)
    told.detail = traceback_of(cause, chars_max)


_CODE_CHARS = 4


def code_of(error: BaseException) -> str:
    """The abend code of what ended a program: its own, if it has one (a map's error has), else ASRA."""
    try:
        code = getattr(error, "abend_code", None)
    except Exception:  # noqa: BLE001 the program's own code, and a bad program harms only itself
        return "ASRA"
    return _plain(code)[:_CODE_CHARS] if isinstance(code, str) and code else "ASRA"


def message_of(error: BaseException, chars_max: int) -> str:
    """What an error says, whatever its author made of `__str__`."""
    if isinstance(error, Abend) and error.message:
        return _plain(error.message)[:chars_max]
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 the program's own code, and a bad program harms only itself
        text = "(its text cannot be had)"
    return _plain(f"{type(error).__name__}: {text}")[:chars_max]


def traceback_of(error: BaseException, chars_max: int) -> str:
    """Where in the program it went wrong; the last part, if it is long."""
    try:
        text = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 the program's own code again: an exception may do anything when it is shown
        text = f"(no traceback can be had of {type(error).__name__})"
    return _plain(text)[-chars_max:]


def _plain(text: object) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def masked_input(inbound: Inbound, received: Received) -> str:
    """The input as the history keeps it: fields by name, non-display ones as asterisks that do not say how many."""
    values, modified = received.values, received.modified
    fields = {name: values.get(name, "") for name in sorted(modified)} if modified else {}
    if received.masked:
        for name in modified & received.masked:
            fields[name] = _masked(fields[name])
    if received.panels:
        fields |= _fields_below(received)
    kept: dict[str, Any] = {"aid": inbound.aid, "cursor": received.cursor, "fields": fields}
    if received.text:
        kept["text"] = received.text
    return _encode(kept).decode()


_MASK = "*" * 8
_SECRET_CHARS_MIN = 3
_ALL_MASKED = "masked: what was typed in a hidden field is too short to be told from other text"


def secrets_of(received: Received) -> list[str]:
    """What was typed in non-display fields, in the forms an error may have it in, the longest first."""
    parts = (received, *(part for _, part in received.panels))
    typed = {part.values.get(name, "").strip() for part in parts for name in part.masked} - {""}
    quoted = [(repr(text), ascii(text), _encode(text).decode()) for text in typed]
    forms = {*map(_plain, typed), *[form[1:-1] for forms in quoted for form in forms]}
    return sorted(forms, key=len, reverse=True)


_WHOLE = slice(None)


def without_secrets(text: str, secrets: Sequence[str], kept: slice = _WHOLE) -> str:
    """`text` with all `secrets` (the longest first) masked, in capitals or not; then only what is `kept` of it.

    It is not to be cut before: of a secret that is cut in two a part would be left.
    """
    if not secrets:
        return text[kept]
    if len(secrets[-1]) < _SECRET_CHARS_MIN:
        return _ALL_MASKED[kept]
    found = re.compile("|".join(map(re.escape, secrets)), re.IGNORECASE)
    hidden = found.sub(lambda match: "\0" * len(match[0]), text)  # as long as it was, so that it can be cut
    return re.sub("\0+", _MASK, hidden[kept])[kept]


def _masked(text: str) -> str:
    """As many asterisks for any text: its length is a secret too."""
    return _MASK if text else ""


def _fields_below(received: Received) -> dict[str, str]:
    """What came in fields whose name a map above has too: under `MAP.name`."""
    fields, above = {}, set[str]()
    for map_name, part in reversed(received.panels):
        for name in sorted(part.modified & above):
            text = part.values[name]
            fields[f"{map_name}.{name}"] = _masked(text) if name in part.masked else text
        above |= part.values.keys()
    return fields


def monitor_rows(state: TerminalState, unit: int, ending: Ending, seed: int) -> tuple[int, dict[Key, Row]]:
    """The conversation the step belongs to, and the new rows of it and of its terminal."""
    open_after = "open" if ending.next else "ended"
    terminal = state.terminal
    if state.conversation is not None and state.state == OPEN:
        conversation = state.conversation
        return conversation, {
            Key("conversation", conversation): (conversation, terminal, open_after, state.seed)
        }
    return unit, {
        Key("terminal", terminal): (terminal, state.epoch, state.user, unit),
        Key("conversation", unit): (unit, terminal, open_after, seed),
    }


def abend_notice(transid: str, code: str, unit: str) -> str:
    """The line an operator sees; it fits 80 columns."""
    return f"{transid} abend {code}: step backed out, nothing lost. Clear=Leave. Dump {unit}"

"""The status line (x3270's operator information area): its words, its places, the way out of each lock. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screens.console.keymap import KeyMap, Local
from screens.console.session import Link, Session
from screens.keys import Key
from screens.presentation_space import Lock

MESSAGE_COLUMN = 8
LONG_COLUMN = 4
"""Where a message begins that needs the whole line."""
MARKS_FROM_END = 36
TERMINAL_FROM_END = 27
RESPONSE_FROM_END = 17
CURSOR_FROM_END = 7


@dataclass(frozen=True)
class Status:
    """What the status line says just now."""

    message: str
    """A lock with its way out, a refusal, a word of the terminal; empty at rest."""
    alert: bool
    """True when the message wants to be noticed."""
    line: str
    """The whole line, as wide as the display."""


def status(
    session: Session, keymap: KeyMap, width: int, *, prefix: str = "", word: str = "", hide_wait: bool = False
) -> Status:
    """Compose the line; `prefix` is a key that waits for another, `word` what the terminal itself says."""
    lock = Lock.NONE if hide_wait else session.space.lock
    alert = lock not in (Lock.NONE, Lock.WAIT) or bool(session.message)
    if prefix:
        message = f"{prefix} ..."
    elif lock is not Lock.NONE or session.message:
        message = _said(lock.value, session.message, _way_out(session, keymap), width - LONG_COLUMN)
    else:
        message = word
    return Status(message, alert and not prefix, _line(session, message, width))


def _said(lock: str, message: str, way_out: str, room: int) -> str:
    """Lock, message and way out; only the message gives way."""
    around = sum(len(part) + 2 for part in (lock, way_out) if part)
    return "  ".join(filter(None, (lock, _cut(message, room - around), way_out)))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def _way_out(session: Session, keymap: KeyMap) -> str:
    lock, reset = session.space.lock, keymap.key_of(Key.RESET, "?")
    if lock.operator:
        return f"{reset}=Reset"
    if lock is Lock.NOT_CONNECTED:
        leave = keymap.key_of(Local.QUIT, "?")
        return f"{leave}=Quit" if session.asking else f"{reset}={_AGAIN[session.link]}"
    return ""


_AGAIN = {Link.TAKEN: "Take back", Link.DOWN: "Try again", Link.UP: "Try again"}


def _line(session: Session, message: str, width: int) -> str:
    """Put everything in its place; a long message takes the places it runs into."""
    space = session.space
    row, column = divmod(space.cursor, space.columns)
    connected = session.link is Link.UP and space.lock is not Lock.NOT_CONNECTED
    places = (
        (width - MARKS_FROM_END, "T" if session.type_ahead else ""),
        (width - MARKS_FROM_END + 2, "Insert" if space.insert_mode else ""),
        (width - TERMINAL_FROM_END, session.terminal),
        (width - RESPONSE_FROM_END, response(session.response_s)),
    )
    connection = "4A■" if connected else "4A?"
    if len(message) > width - CURSOR_FROM_END - 1 - MESSAGE_COLUMN:
        return f"{connection.ljust(LONG_COLUMN)}{_cut(message, width - LONG_COLUMN)}".ljust(width)
    line = connection.ljust(MESSAGE_COLUMN) + message
    for start, text in places:
        if text and start > len(line):
            line = line.ljust(start) + text
    return line.ljust(width - CURSOR_FROM_END) + f"{row + 1:03}/{column + 1:03}"


def response(seconds: float | None) -> str:
    """The response time of the last step, in the unit that reads best."""
    if seconds is None:
        return ""
    if seconds < 0.001:
        return "<1 ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"

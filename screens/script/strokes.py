r"""What a `String` types: characters, and keys written as escapes (`\n` is Enter, `\pf3` is PF3). Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from screens.keys import Key
from screens.script.code_page import decoded
from screens.script.fault import Fault

_KEYS = {"b": Key.LEFT, "f": Key.CLEAR, "n": Key.ENTER, "r": Key.NEWLINE, "t": Key.TAB, "T": Key.BACKTAB}
_CONTROLS = {"\b": Key.LEFT, "\f": Key.CLEAR, "\n": Key.ENTER, "\r": Key.NEWLINE, "\t": Key.TAB}
_ESCAPES = re.compile(
    r"""\\(?: (?P<program>p[fa][0-9]{1,2})
        | x(?P<byte>[0-9A-Fa-f]{1,4})
        | u(?P<hex>[0-9A-Fa-f]{1,4})
        | e(?P<ebcdic>[0-9A-Fa-f]{1,4})
        | (?P<octal>[0-7]{1,3})
        | (?P<other>.) )""",
    re.VERBOSE | re.DOTALL,
)

_HEX = re.compile(r"[0-9A-Fa-f]{1,8}")


def strokes(text: str) -> Iterator[Key | str]:
    """The keys and characters of a string, in order; a wrong escape stops it where it stands."""
    position = 0
    while position < len(text):
        char = text[position]
        if char != "\\":
            yield _CONTROLS.get(char, char)
            position += 1
            continue
        escape = _ESCAPES.match(text, position)
        if escape is None:
            raise Fault("String(): Missing data after \\")
        yield _meant(escape)
        position = escape.end()


def _meant(escape: re.Match[str]) -> Key | str:
    if program := escape["program"]:
        return program_key(program[:2].upper(), int(program[2:]))
    if escape["hex"]:
        return _char(escape["hex"], f"String(): Invalid character {escape[0]}")
    if escape["byte"]:
        return chr(_low_byte(escape["byte"]))
    if escape["ebcdic"]:
        return decoded(_low_byte(escape["ebcdic"]))
    if escape["octal"]:
        return chr(int(escape["octal"], 8))
    other = escape["other"]
    if other in _KEYS:
        return _KEYS[other]
    if fault := _FAULTS.get(other):
        raise Fault(f"String(): {fault}")
    return str(other)


def _low_byte(digits: str) -> int:
    """The byte of up to four digits: of more than two, as s3270 has it, that of the last two."""
    return int(digits, 16) & 0xFF


def named_char(name: str) -> str:
    """The character a `Key` means: itself, `0x41`, `U+00e9`, or `space`."""
    problem = f"Key(): Nonexistent or invalid name: {name}"
    if name[:2].lower() in ("0x", "u+"):
        return _char(name[2:], problem)
    if len(char := " " if name.lower() == "space" else name) != 1:
        raise Fault(problem)
    return char


def _char(digits: str, problem: str) -> str:
    """The character of that hexadecimal number; half of a surrogate pair is none."""
    number = int(digits, 16) if _HEX.fullmatch(digits) else -1
    if not 0 <= number <= sys.maxunicode or 0xD800 <= number <= 0xDFFF:
        raise Fault(problem)
    return chr(number)


_FAULTS = {
    "a": "Bell not supported",
    "v": "Vertical tab not supported",
    "p": "Unknown character after \\p",
    "x": "Missing hex digits after \\x",
    "u": "Missing hex digits after \\u",
    "e": "Missing hex digits after \\e",
}


def program_key(kind: str, number: int) -> Key:
    """PF1 to PF24 and PA1 to PA3 by number."""
    try:
        return Key(f"{kind}{number}")
    except ValueError:
        raise Fault(f"String(): Unknown {kind} key {number}") from None

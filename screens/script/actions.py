"""A line of the action language, taken apart: `Name`, `Name(a,"b c")`, `Name a b`, several on a line. Pure.

The forms, and the words for what is wrong with one, are s3270's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from screens.script.fault import Fault

_NAME = re.compile(r"[A-Za-z0-9]\w*")
_BLANKS = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"')
_BARE = re.compile(r"[^,)\s]*")
_WORD = re.compile(r"\S+")
_ESCAPE = re.compile(r"\\(.)")


class Action(NamedTuple):
    """What a script asks for."""

    name: str
    arguments: tuple[str, ...] = ()


def actions(line: str) -> Iterator[Action]:
    """The actions of a line, one at a time: those before a mistake are done. A comment has none."""
    rest = line.strip()
    while rest and rest[0] not in "#!":
        action, end = _first(rest)
        yield action
        rest = rest[end:].lstrip()


def _first(text: str) -> tuple[Action, int]:
    """The action `text` begins with, and where it ends."""
    name = _NAME.match(text)
    if name is None:
        raise Fault("Action name must begin with an alphanumeric character at column 1")
    start = _skip(text, name.end())
    if text[start : start + 1] == "(":
        arguments, end = _listed(text, start + 1)
    else:
        arguments, end = _words(text, start)
    return Action(name[0], tuple(arguments)), end


def _listed(text: str, position: int) -> tuple[list[str], int]:
    """Arguments between parentheses."""
    arguments: list[str] = []
    position = _skip(text, position)
    if text[position : position + 1] == ")":
        return arguments, position + 1
    while True:
        argument, position = _argument(text, _skip(text, position), _BARE)
        arguments.append(argument)
        position = _skip(text, position)
        match text[position : position + 1]:
            case ",":
                position += 1
            case ")":
                return arguments, position + 1
            case "":
                raise Fault(f'Syntax error: ")" expected at column {position + 1}')
            case _:
                raise Fault(f'Syntax error: ")" or "," expected at column {position + 1}')


def _words(text: str, position: int) -> tuple[list[str], int]:
    """Arguments without parentheses: the rest of the line, split at blanks."""
    arguments: list[str] = []
    while position < len(text):
        argument, position = _argument(text, position, _WORD)
        arguments.append(argument)
        position = _skip(text, position)
    return arguments, position


def _argument(text: str, position: int, bare: re.Pattern[str]) -> tuple[str, int]:
    """One argument; in a quoted one only the quote is unescaped, the other escapes are for the action."""
    if text[position : position + 1] != '"':
        found = bare.match(text, position)
        return (found[0], found.end()) if found else ("", position)
    quoted = _QUOTED.match(text, position)
    if quoted is None:
        raise Fault(f'Syntax error: unclosed " at column {len(text) + 1}')
    return _ESCAPE.sub(lambda escape: '"' if escape[1] == '"' else escape[0], quoted[1]), quoted.end()


def _skip(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position

"""Scripts of other terminals: s3270's read and written, WSim-like ones read. Pure.

A script becomes a scenario without expectations: each key that sends ends a step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from screens.keys import Key
from screens.replay.actions import (
    KEYS,
    Action,
    Interrupt,
    Interruption,
    MoveTo,
    Press,
    Type,
    Wait,
    wait_s_max,
)
from screens.replay.faults import ScenarioError, nearest
from screens.replay.scenario import Scenario, Step
from screens.replay.secrets import escaped
from screens.script.actions import Action as ScriptAction
from screens.script.actions import actions
from screens.script.fault import Fault
from screens.script.numbers import seconds_of, whole
from screens.script.strokes import named_char, strokes
from screens.script.verbs import VERBS

Lines = Iterable[tuple[int, Action]]

_SAY_NOTHING = frozenset(
    {"ascii", "ascii1", "asciifield", "ebcdic", "ebcdic1", "ebcdicfield", "readbuffer", "printtext", "query"}
    | {"snap", "expect", "connect", "open", "quit", "exit", "title", "echo", "script", "capabilities"}
)
"""What reads the screen, or is about the connection: nothing an operator does."""
_PLAIN = {key.value.lower(): key for key in Key if key.value[:2] not in ("PF", "PA")}
_S3270 = (
    *_PLAIN,
    "toggleinsert",
    "pf",
    "pa",
    "string",
    "key",
    "movecursor",
    "movecursor1",
    "wait",
    "disconnect",
    *_SAY_NOTHING,
)
_ROWS, _COLUMNS = 24, 80
"""Of the display a scenario has that does not say."""


def from_s3270(file: Path, text: str) -> Scenario:
    """The scenario of a script in s3270's action language; raises `ScenarioError`."""

    def read() -> Iterator[tuple[int, Action]]:
        for number, line in enumerate(text.split("\n"), start=1):
            try:
                for action in actions(line):
                    for one in _of_s3270(action):
                        yield number, one
            except (Fault, ValueError) as error:
                raise ScenarioError(file, number, str(error)) from error

    return _scenario(file, read())


def _of_s3270(action: ScriptAction) -> Iterator[Action]:
    name, given = _full_name(action.name), action.arguments
    match name, given:
        case "string", _:
            yield from _strokes("".join(given))
        case "key", [char]:
            yield Type(escaped(named_char(char)))
        case "pf" | "pa", [number] if (
            number.isascii() and number.isdecimal() and f"{name}{int(number)}" in KEYS
        ):
            yield Press(KEYS[f"{name}{int(number)}"])
        case "movecursor" | "movecursor1", [_] | [_, _]:
            yield _moved(action.name, [whole(number) for number in given], 1 if name == "movecursor1" else 0)
        case "wait", [seconds, what] if what.lower() == "seconds":
            yield _waited(seconds)
        case "disconnect", _:
            yield Interrupt(Interruption.DISCONNECT)
        case "toggleinsert", []:
            yield Press(Key.INSERT)
        case known, [] if known in _PLAIN:
            yield Press(_PLAIN[known])
        case known, _ if known in _SAY_NOTHING or known == "wait":
            return
        case _:
            raise Fault(f"unknown action {action.name!r}: its arguments are not understood")


def _full_name(name: str) -> str:
    """The action of that name, or the only one the scripted terminal knows that begins so; in lower case."""
    wanted = name.lower()
    if wanted in _S3270:
        return wanted
    found = [known for known in VERBS if known.startswith(wanted)]
    if len(found) > 1:
        raise Fault(f"ambiguous action {name!r}: {', '.join(found)}")
    if not found:
        raise Fault(f"unknown action {name!r}: {nearest(wanted, _S3270)}")
    return found[0]


def _moved(name: str, numbers: Sequence[int], origin: int) -> MoveTo:
    """Where the cursor goes: kept on the display as the scripted terminal keeps it, but for an offset."""
    if len(numbers) == 1:
        if not 0 <= numbers[0] < _ROWS * _COLUMNS:
            raise Fault(f"{name}(): {numbers[0]} is not on a display of {_ROWS} rows of {_COLUMNS}")
        row, column = divmod(numbers[0], _COLUMNS)
    else:
        row, column = (number - origin for number in numbers)
    return MoveTo(row=min(max(row, 0), _ROWS - 1) + 1, column=min(max(column, 0), _COLUMNS - 1) + 1)


def _waited(text: str) -> Wait:
    """A wait of so many seconds, to the microsecond."""
    seconds = seconds_of(text)
    if not 0 <= seconds <= wait_s_max:
        raise ValueError(f"{text} is not a time of 0 to {wait_s_max:.0f} seconds")
    return Wait(round(seconds, 6))


def _strokes(text: str) -> Iterator[Action]:
    typed = ""
    for stroke in strokes(text):
        if isinstance(stroke, Key):
            if typed:
                yield Type(escaped(typed))
            typed = ""
            yield Press(stroke)
        else:
            typed += stroke
    if typed:
        yield Type(escaped(typed))


_QUOTED_OR_COMMENT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|/\*.*?\*/", re.DOTALL)
_TYPE = re.compile(r"type\s+(?:'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"|([A-Za-z_]\w*))", re.IGNORECASE)
_CURSOR = re.compile(r"cursor\s*(?:at\s*)?\(?\s*([0-9]+)\s*,\s*([0-9]+)\s*\)?", re.IGNORECASE)
_TRANSMIT = re.compile(r"transmit(?:\s+using\s+(\w+))?(?:\s+and\s+wait\b.*)?", re.IGNORECASE)
_DELAY = re.compile(r"(?:delay|suspend)\s*\(?\s*([0-9]+(?:\.[0-9]+)?)\s*\)?", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:(?:\w+\s*:\s*)?msgtxt\b.*|endtxt|wait\b.*|say\b.*|onin\b.*|\*.*|#.*|\w+\s*:)?", re.IGNORECASE
)
_WORDS = {
    "erase eof": Key.ERASE_EOF,
    "eraseeof": Key.ERASE_EOF,
    "erase input": Key.ERASE_INPUT,
    "eraseinput": Key.ERASE_INPUT,
    "tab": Key.TAB,
    "backtab": Key.BACKTAB,
    "home": Key.HOME,
    "newline": Key.NEWLINE,
    "reset": Key.RESET,
    "clear": Key.CLEAR,
}
_WSIM = ("type 'TEXT'", "cursor(ROW,COLUMN)", "transmit using KEY", "delay(SECONDS)", *_WORDS)


def from_wsim(file: Path, text: str) -> Scenario:
    """The scenario of a WSim-like script: Type, Cursor, Erase EOF, Transmit using a key. Raises `ScenarioError`.

    A name after Type stands for a value the script takes from elsewhere: it becomes `$NAME`.
    """
    without = _QUOTED_OR_COMMENT.sub(_lines_of_comment, text)

    def read() -> Iterator[tuple[int, Action]]:
        for number, line in enumerate(without.split("\n"), start=1):
            for statement in _statements(line):
                try:
                    action = _of_wsim(statement)
                except ValueError as error:
                    raise ScenarioError(file, number, str(error)) from error
                if action is not None:
                    yield number, action

    return _scenario(file, read())


def _lines_of_comment(found: re.Match[str]) -> str:
    """What is in quotes as it is, and of a comment only where its lines end."""
    return "\n" * found[0].count("\n") if found[0].startswith("/*") else found[0]


def _statements(line: str) -> list[str]:
    """The statements of a line: `;` separates them, but not within quotes."""
    return [part.strip() for part in re.findall(r"(?:'[^']*'|\"[^\"]*\"|[^;])+", line)]


def _of_wsim(statement: str) -> Action | None:
    if found := _TYPE.fullmatch(statement):
        if found[3]:
            return Type(f"${found[3].upper()}")
        text = found[1].replace("''", "'") if found[1] is not None else (found[2] or "").replace('""', '"')
        return Type(escaped(text))
    if found := _CURSOR.fullmatch(statement):
        row, column = int(found[1]), int(found[2])
        if not (1 <= row <= _ROWS and 1 <= column <= _COLUMNS):
            raise ValueError(
                f"{row},{column} is not on a display of {_ROWS} rows of {_COLUMNS}, counted from 1"
            )
        return MoveTo(row=row, column=column)
    if found := _TRANSMIT.fullmatch(statement):
        name = (found[1] or "enter").lower()
        if name not in KEYS:
            raise ValueError(f"unknown key {found[1]!r}: {nearest(name, KEYS)}")
        return Press(KEYS[name])
    if found := _DELAY.fullmatch(statement):
        return _waited(found[1])
    if key := _WORDS.get(" ".join(statement.lower().split())):
        return Press(key)
    if _NOTHING.fullmatch(statement):
        return None
    raise ValueError(f"unknown statement {statement!r}: {nearest(statement.lower(), _WSIM)}")


def _scenario(file: Path, found: Lines) -> Scenario:
    """Steps, each up to a key that sends; the first one has no actions and shows the screen to begin with."""
    steps, current = [Step()], list[tuple[int, Action]]()
    for line, action in found:
        current.append((line, action))
        if isinstance(action, Press) and action.key.aid != "NONE":
            steps.append(_step(current))
            current = []
    if current:
        steps.append(_step(current))
    if len(steps) == 1:
        raise ScenarioError(file, 0, "there is nothing in it that is done at a terminal")
    return Scenario(file=file, steps=tuple(steps), title=f"Imported from {file.name}")


def _step(done: list[tuple[int, Action]]) -> Step:
    lines, actions_done = zip(*done, strict=True)
    return Step(actions_done, lines, line=lines[0])


READERS: dict[str, Callable[[Path, str], Scenario]] = {"s3270": from_s3270, "wsim": from_wsim}


def kind_of(text: str) -> str:
    """Which language a script is in: s3270's has parentheses after keys, the other one transmits."""
    return "wsim" if re.search(r"(?im)^\s*transmit\b", text) else "s3270"


def script_string(text: str) -> str:
    r"""An action of s3270 that types a text: s3270 reads no `\\` that stands before a quote or at the end."""
    signs = (sign if sign.isprintable() and sign != "\\" else f"\\u{ord(sign):04x}" for sign in text)
    return 'String("{}")'.format("".join(signs).replace('"', '\\"'))


def script_key(key: Key) -> str:
    """An action of s3270 that presses a key."""
    name = key.value
    return f"{name[:2]}({name[2:]})" if name[:2] in ("PF", "PA") else f"{name}()"

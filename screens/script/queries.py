"""`Query`: what can be asked about the terminal, by name."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping, Sequence

from screens.script.fault import Fault
from screens.script.status import HOST, keyboard, model
from screens.script.terminal import ScriptTerminal


def _cursor(terminal: ScriptTerminal) -> str:
    row, column = divmod(terminal.space.cursor, terminal.space.columns)
    return f"{row} {column}"


def _cursor1(terminal: ScriptTerminal) -> str:
    row, column = divmod(terminal.space.cursor, terminal.space.columns)
    return f"row {row + 1} column {column + 1} offset {terminal.space.cursor}"


def _size(terminal: ScriptTerminal) -> str:
    return f"{terminal.space.rows} {terminal.space.columns}"


def _named_size(terminal: ScriptTerminal) -> str:
    return f"rows {terminal.space.rows} columns {terminal.space.columns}"


def _model(terminal: ScriptTerminal) -> str:
    return f"IBM-3279-{model(terminal.space.rows, terminal.space.columns)}-E"


def _version(_: ScriptTerminal) -> str:
    return f"entracte v{importlib.metadata.version('entracte')}"


_LISTED: Mapping[str, Callable[[ScriptTerminal], str]] = {
    "ConnectionState": lambda terminal: "connected-3270" if terminal.attached else "not-connected",
    "Cursor1": _cursor1,
    "Formatted": lambda terminal: "formatted" if terminal.space.formatted else "unformatted",
    "Host": lambda terminal: f"host {HOST}" if terminal.attached else "",
    "KeyboardLock": lambda terminal: "false" if keyboard(terminal.space) == "U" else "true",
    "LocalEncoding": lambda _: "UTF-8",
    "LuName": lambda terminal: terminal.name,
    "ScreenSizeCurrent": _named_size,
    "ScreenSizeMax": _named_size,
    "TerminalName": _model,
    "Version": _version,
}
_UNLISTED: Mapping[str, Callable[[ScriptTerminal], str]] = {
    "Cursor": _cursor,
    "Model": _model,
    "ScreenCurSize": _size,
    "ScreenMaxSize": _size,
}
_BY_NAME = {name.lower(): ask for name, ask in {**_LISTED, **_UNLISTED}.items()}


def query(terminal: ScriptTerminal, arguments: Sequence[str]) -> list[str]:
    """The answer to one question, or every answer with its name."""
    if not arguments:
        return [f"{name}: {ask(terminal)}" for name, ask in _LISTED.items()]
    asked = arguments[0].lower()
    found = [asked] if asked in _BY_NAME else [name for name in _BY_NAME if name.startswith(asked)]
    if len(found) != 1:
        raise Fault(f"Query: {'Ambiguous' if found else 'Unknown'} parameter")
    return [_BY_NAME[found[0]](terminal)]

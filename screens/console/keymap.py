"""Which key runs which function: key maps as TOML tables, shipped profiles and the user's own.

A key is named as Textual names it (`shift+f3`, `alt+1`); two names are a prefix and a key (`ctrl+a c`).
"""

from __future__ import annotations

import difflib
import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from screens.keys import Key

PROFILES = ("default", "c3270", "pcomm")


class Local(enum.StrEnum):
    """A function of the terminal itself; nothing of it reaches the host."""

    PALETTE = "Palette"
    KEY_PAD = "KeyPad"
    HELP = "Help"
    QUIT = "Quit"
    COPY = "Copy"
    PASTE = "Paste"
    SELECT_UP = "SelectUp"
    SELECT_DOWN = "SelectDown"
    SELECT_LEFT = "SelectLeft"
    SELECT_RIGHT = "SelectRight"
    PRINT_SCREEN = "PrintScreen"
    REDRAW = "Redraw"


Function = Key | Local

FUNCTIONS: Mapping[str, Function] = {
    **{key.value: key for key in Key},
    **{local.value: local for local in Local},
}


class KeyMapError(ValueError):
    """A key map cannot be used."""


@dataclass(frozen=True)
class KeyMap:
    """Functions by key, and the keys that begin a sequence."""

    name: str
    functions: Mapping[tuple[str, ...], Function]

    def find(self, keys: tuple[str, ...]) -> Function | None:
        """The function of a key or of a prefix and a key; no prefix takes a key of the terminal itself away."""
        own = self.functions.get(keys[-1:])
        return self.functions.get(keys) or (own if isinstance(own, Local) else None)

    def is_prefix(self, key: str) -> bool:
        """True for a key that waits for another one."""
        return any(len(keys) > 1 and keys[0] == key for keys in self.functions)

    def keys_of(self, function: Function) -> list[str]:
        """How to reach a function, in people's words, shortest first."""
        names = [" ".join(map(spoken, keys)) for keys, found in self.functions.items() if found is function]
        return sorted(names, key=lambda name: (name.count(" "), len(name)))

    def key_of(self, function: Function, otherwise: str) -> str:
        """The shortest of them, or something else where no key does it."""
        return next(iter(self.keys_of(function)), otherwise)


def spoken(key: str) -> str:
    """A key's name as it is printed on the key: `shift+f3` is `Shift+F3`."""
    return "+".join(_SPOKEN.get(part, part.title()) for part in key.split("+"))


_SPOKEN = {
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "question_mark": "?",
    "circumflex_accent": "^",
    "insert": "Ins",
    "delete": "Del",
}


def load(name: str, folder: Path | None = None) -> KeyMap:
    """A profile by name, or `<folder>/<name>.toml` of the user; raises `KeyMapError`."""
    own = folder / f"{name}.toml" if folder else None
    if own and own.is_file():
        try:
            return parse(name, own.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            wrong = error.strerror if isinstance(error, OSError) else error
            raise KeyMapError(f"key map {name!r}: {wrong}") from error
    if name not in PROFILES:
        raise KeyMapError(f"there is no key map {name!r}; shipped are {', '.join(PROFILES)}")
    return parse(
        name, (resources.files(__package__) / "keymaps" / f"{name}.toml").read_text(encoding="utf-8")
    )


def parse(name: str, text: str) -> KeyMap:
    """Read a key map; `based_on` names the profile it changes, and an empty function takes a key away."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KeyMapError(f"key map {name!r}: {error}") from error
    functions: dict[tuple[str, ...], Function] = {}
    if based_on := table.get("based_on"):
        functions.update(load(str(based_on)).functions)
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        raise KeyMapError(f"key map {name!r}: keys must be a table: write [keys] on a line of its own")
    for key, function in keys.items():
        if not isinstance(function, str):
            raise KeyMapError(
                f"key map {name!r}: {key!r} is no text; write the key and its function in quotes, "
                '"ctrl+f1" = "PF13"'
            )
        if function:
            functions[tuple(key.split())] = _function(name, key, function)
        else:
            functions.pop(tuple(key.split()), None)
    return KeyMap(name, functions)


def _function(name: str, key: str, function: str) -> Function:
    if function in FUNCTIONS:
        return FUNCTIONS[function]
    folded = {known.lower(): known for known in FUNCTIONS}
    near = difflib.get_close_matches(function.lower(), folded, n=1, cutoff=0.4)
    hint = f"; did you mean {folded[near[0]]!r}?" if near else ""
    raise KeyMapError(
        f"key map {name!r}: {key!r} names the function {function!r}, which does not exist{hint}"
    )

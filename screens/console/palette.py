"""What the palette offers: the terminal's functions, every key, and the choices of a look."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path

from screens.console.choice import Choice
from screens.console.keymap import PROFILES, KeyMap, Local
from screens.console.printing import Paper
from screens.console.themes import THEMES, CursorShape
from screens.keys import Key


class Kind(enum.StrEnum):
    """What can be chosen once and remembered; the value is the name of the preference."""

    THEME = "theme"
    CURSOR = "cursor"
    KEYS = "keys"


TITLES: Mapping[Kind, str] = {Kind.THEME: "Colours", Kind.CURSOR: "Cursor", Kind.KEYS: "Key map"}

_LOCAL: Mapping[Local, str] = {
    Local.KEY_PAD: "Key pad",
    Local.HELP: "Help: keys, locks, status line",
    Local.COPY: "Copy the marked block",
    Local.PASTE: "Paste",
    Local.REDRAW: "Draw the screen again",
    Local.QUIT: "Quit (the conversation stays)",
}


def commands(keymap: KeyMap) -> list[Choice]:
    """Everything the palette lists, with the keys that do the same."""
    kinds = [Choice(f"{title} ...", kind) for kind, title in TITLES.items()]
    papers = [Choice(f"Print the screen as {paper.name}", paper) for paper in Paper]
    local = [Choice(title, function, keymap.key_of(function, "")) for function, title in _LOCAL.items()]
    keys = [Choice(f"Key {key.value}", key, keymap.key_of(key, "")) for key in Key]
    return [*kinds, *local[:2], *papers, *local[2:], *keys]


def choices(kind: Kind, folder: Path | None) -> list[Choice]:
    """What there is to choose from; key maps of the user's own are in `folder`/keys."""
    if kind is Kind.THEME:
        return [Choice(theme.title, theme.name, also=theme.name) for theme in THEMES.values()]
    if kind is Kind.CURSOR:
        return [Choice(shape.value.title(), shape) for shape in CursorShape]
    own = sorted(path.stem for path in (folder / "keys").glob("*.toml")) if folder else []
    return [Choice(name, name) for name in dict.fromkeys((*PROFILES, *own))]

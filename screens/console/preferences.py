"""What the operator chose, remembered in a small TOML file."""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from screens.console.themes import THEMES, CursorShape
from screens.whole_file import write_text


def folder() -> Path | None:
    """Where choices and the user's own key maps (`keys/*.toml`) are kept; None for a user without a home."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    try:
        return (Path(configured) if configured else Path.home() / ".config") / "entracte"
    except RuntimeError:
        return None


@dataclass(frozen=True)
class Preferences:
    """The choices a person makes once."""

    theme: str = "3279"
    cursor: CursorShape = CursorShape.BLOCK
    keys: str = "default"

    @classmethod
    def read(cls, path: Path) -> tuple[Preferences, str]:
        """What was remembered, the default for what cannot be used, and what is wrong with it; empty: nothing."""
        try:
            kept = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(), ""
        except (OSError, ValueError) as error:  # what is no UTF-8, or no TOML, is a ValueError
            return cls(), f"{path.name}: {error.strerror if isinstance(error, OSError) else error}"
        chosen = {name: value for name, value in kept.items() if name in _FITS and _FITS[name](value)}
        wrong = [f"{name} = {kept[name]!r} is no choice" for name in _FITS if name in kept.keys() - chosen]
        preferences = cls()
        for name, value in chosen.items():
            preferences = preferences.with_choice(name, value)
        return preferences, f"{path.name}: {', '.join(wrong)}" if wrong else ""

    def with_choice(self, name: str, value: str) -> Preferences:
        """The same with one choice changed."""
        chosen = {**dataclasses.asdict(self), name: value}
        return Preferences(chosen["theme"], CursorShape(chosen["cursor"]), chosen["keys"])

    def write(self, path: Path) -> str:
        """Remember; what is wrong if that cannot be done, empty: nothing."""
        lines = [f"{name} = {json.dumps(str(value))}\n" for name, value in dataclasses.asdict(self).items()]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, "".join(lines))
        except OSError as error:
            return f"{path.name}: {error.strerror}"
        return ""


_FITS: dict[str, Callable[[object], bool]] = {
    "theme": lambda value: isinstance(value, str) and value in THEMES,
    "cursor": lambda value: isinstance(value, str) and value in set(CursorShape),
    "keys": lambda value: isinstance(value, str),
}
"""What each choice may be; a key map is looked for when it is loaded."""

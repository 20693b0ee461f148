"""What the operator chose, remembered in a small TOML file."""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from screens.console.themes import THEMES, CursorShape


def folder() -> Path:
    """Where choices and the user's own key maps (`keys/*.toml`) are kept."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configured) if configured else Path.home() / ".config") / "entracte"


@dataclass(frozen=True)
class Preferences:
    """The choices a person makes once."""

    theme: str = "3279"
    cursor: CursorShape = CursorShape.BLOCK
    keys: str = "default"

    @classmethod
    def read(cls, path: Path) -> Preferences:
        """What was remembered; a choice that no longer exists is the default one again."""
        try:
            kept = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError):
            return cls()
        theme, cursor, keys = kept.get("theme"), kept.get("cursor"), kept.get("keys")
        return cls(
            theme=str(theme) if theme in THEMES else cls.theme,
            cursor=CursorShape(cursor) if cursor in set(CursorShape) else cls.cursor,
            keys=keys if isinstance(keys, str) else cls.keys,
        )

    def with_choice(self, name: str, value: str) -> Preferences:
        """The same with one choice changed."""
        chosen = {**dataclasses.asdict(self), name: value}
        return Preferences(chosen["theme"], CursorShape(chosen["cursor"]), chosen["keys"])

    def write(self, path: Path) -> None:
        """Remember; a folder that cannot be written is no reason to disturb anybody."""
        lines = [f"{name} = {json.dumps(str(value))}\n" for name, value in dataclasses.asdict(self).items()]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), encoding="utf-8")
        except OSError:
            return

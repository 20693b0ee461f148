"""What can be wrong with a scenario, each with its place, and which known name is the nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from monitor.errors import MonitorError


class ScenarioError(MonitorError):
    """A scenario cannot be read, or cannot be run as it is written."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class ActionError(ValueError):
    """An action is not one this terminal knows, or cannot be done on the screen as it stands."""


def one_line(text: str) -> str:
    """A text of a scenario as it is told: what is not printed, such as a line end, is a blank."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def nearest(name: str, known: Iterable[str]) -> str:
    """A clause that names the known name most like `name`, or the ones there are."""
    names = list(known)
    if near := difflib.get_close_matches(name, names, n=1, cutoff=0.5):
        return f"did you mean {near[0]}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known are: {shown}" if names else "there are none here"

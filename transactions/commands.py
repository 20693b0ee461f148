"""Line commands: a letter typed beside a line of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class LineCommand(NamedTuple):
    """What is asked for a line."""

    line: int
    """From 1; 0: nothing is asked."""
    letter: str = ""
    wrong: str = ""
    """What to tell the operator; empty if it can be done."""


def line_command(typed: Sequence[str], known: Mapping[str, str]) -> LineCommand:
    """The one command among what was typed beside the lines; `known` says what each letter does."""
    lines = [line for line, letter in enumerate(typed, start=1) if letter]
    if not lines:
        return LineCommand(0)
    letter = typed[lines[-1] - 1]
    if len(lines) > 1:
        return LineCommand(lines[-1], letter, "Only one line at a time can have a command")
    if letter not in known:
        words = ", ".join(f"{command} {does}" for command, does in known.items())
        return LineCommand(lines[0], letter, f"{letter} is no command: {words}")
    return LineCommand(lines[0], letter)

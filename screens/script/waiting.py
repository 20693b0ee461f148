"""`Wait`: a condition, and a time it may take.

Every key is answered before its action is, and nothing else changes the display: a condition that does
not hold now will not come to hold, so a wait for it lasts its time and fails; one without a time fails at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from screens.script.fault import Fault
from screens.script.numbers import seconds_of
from screens.script.terminal import ScriptTerminal


class Time(Protocol):
    """Time as an argument."""

    def monotonic(self) -> float:
        """Seconds from some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let this many seconds pass."""
        ...


def _input_field(terminal: ScriptTerminal) -> bool:
    return terminal.space.formatted and terminal.space.cursor != 0


_CONDITIONS: Mapping[str, Callable[[ScriptTerminal], bool]] = {
    "inputfield": _input_field,
    "nvtmode": lambda _: False,
    "ansi": lambda _: False,
    "3270mode": lambda _: True,
    "3270": lambda _: True,
    "output": lambda terminal: terminal.output_unread,
    "unlock": lambda _: True,
}


async def wait(terminal: ScriptTerminal, time: Time, arguments: Sequence[str]) -> None:
    """Do `Wait([seconds,][condition])`; `InputField` is the condition when none is named."""
    limit_s, rest = _limit(arguments)
    if len(rest) > 1:
        raise Fault("Too many arguments to Wait() or invalid timeout value")
    name = rest[0].lower() if rest else "inputfield"
    if name == "seconds":
        await time.sleep(limit_s or 0.0)
    elif name == "disconnect":
        await _hold(not terminal.attached, time, limit_s, "the terminal is connected")
    elif name not in _CONDITIONS:
        raise Fault(
            "Wait(): Parameter must be inputfield, nvtmode, 3270mode, output, seconds, disconnect or unlock"
        )
    elif not terminal.attached:
        raise Fault("Wait(): Not connected")
    else:
        await _hold(_CONDITIONS[name](terminal), time, limit_s, "the display changes only after a key")


async def _hold(holds: bool, time: Time, limit_s: float | None, why: str) -> None:
    if holds:
        return
    if limit_s is None:
        raise Fault(f"Wait(): Would never end: {why}")
    await time.sleep(limit_s)
    raise Fault("Wait(): Timed out")


def _limit(arguments: Sequence[str]) -> tuple[float | None, Sequence[str]]:
    try:
        limit_s = seconds_of(arguments[0])
    except (IndexError, ValueError):
        return None, arguments
    if not 0 <= limit_s < math.inf:
        return None, arguments
    return limit_s, arguments[1:]

"""Time as an argument: the system's in a region, a virtual one in a simulation or a replay."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

_encode = msgspec.json.Encoder().encode
_MILLISECONDS = slice(1, 24)


class Clock(Protocol):
    """What time it is, and how long something took."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC, in whole milliseconds: as the history keeps it, and a replay has it again."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...


def stamp(moment: datetime) -> str:
    """`moment`, which is in UTC, as the store has it: ISO 8601 with milliseconds, so that text sorts as time."""
    if not moment.microsecond:
        return moment.isoformat(timespec="milliseconds")
    return _encode(moment)[_MILLISECONDS].decode() + "+00:00"  # a quarter of isoformat's time


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time of day, in UTC, in whole milliseconds."""
        moment = datetime.now(UTC)
        return moment - timedelta(microseconds=moment.microsecond % 1000)

    def monotonic(self) -> float:
        """Seconds of the performance counter."""
        return time.perf_counter()


class VirtualClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        """The start plus all that was advanced."""
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._elapsed_s += seconds

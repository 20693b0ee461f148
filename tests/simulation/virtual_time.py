"""An event loop whose time is virtual: when nothing can go on, the clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(Exception):
    """Everything waits, and no timer will ever end it: a deadlock of the code under test."""


class _NoWaiting(selectors.SelectSelector):
    """Never waits: the loop is told that the time it wanted to sleep has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.slept_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let `timeout` pass at once."""
        if timeout is None:
            raise Stuck
        self.slept_s += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A real asyncio loop; only its clock and its waiting are our own."""

    def __init__(self) -> None:
        self.virtual = _NoWaiting()
        super().__init__(self.virtual)

    def time(self) -> float:
        """Seconds of virtual time."""
        return self.virtual.slept_s


class LoopClock:
    """`monitor.clock.Clock` over a virtual loop."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        """The start, and what has passed since."""
        return self._start + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        """Seconds of virtual time."""
        return self._loop.time()


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, on a loop of virtual time; raises `Stuck` if nothing can ever go on."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def stand_still(seconds: float) -> None:
    """In a virtual loop what `time.sleep` is in a real one: it keeps everybody waiting."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.virtual.slept_s += seconds

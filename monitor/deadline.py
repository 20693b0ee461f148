"""Steps that wait too long: one timer for all of them, armed only while a step is under way.

`asyncio.timeout` would do the same with a timer a step; on Python 3.11 it cost 7 % of the loop's time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

SWALLOWED_MAX = 10
"""Cancellations a step may swallow, a tenth of `wait_s_max` apart; at the next one it is given up."""


class Deadlines:
    """The steps under way in one event loop, and when each has to be done."""

    def __init__(
        self, wait_s_max: float, suspended: Callable[[asyncio.Task[Any]], bool] = lambda task: False
    ) -> None:
        """`suspended`: whether a task only waits for a record that another step holds."""
        self._wait_s_max = wait_s_max
        self._suspended = suspended
        self._loop = asyncio.get_running_loop()
        self._due: dict[asyncio.Task[Any], float] = {}
        self._expired: dict[asyncio.Task[Any], int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def due(self) -> float:
        """When a step that comes now has to be done, in the event loop's time."""
        return self._loop.time() + self._wait_s_max

    def left(self, due: float) -> float:
        """The share of `wait_s_max` that is left until then: 1 is all of it, at 0 and below it is over."""
        return (due - self._loop.time()) / self._wait_s_max

    def enter(self, due: float) -> asyncio.Task[Any]:
        """The current task's step begins, or waits to: it is cancelled when due, or up to two tenths later."""
        task = asyncio.current_task(self._loop)
        if task is None:
            raise RuntimeError("a step runs inside an asyncio task")
        self._due[task] = due
        if self._timer is None:
            self._arm()
        return task

    def expired(self, task: asyncio.Task[Any], settled: int = 0) -> bool:
        """True once if the cancellations of `task`, but for the settled ones, were all ours; they are taken back."""
        for _ in range(times := self._expired.pop(task, 0)):
            task.uncancel()
        return times > 0 and task.cancelling() <= settled

    def ignored(self, task: asyncio.Task[Any]) -> bool:
        """True once `task` has swallowed so many of our cancellations that another will not help."""
        return self._expired.get(task, 0) > SWALLOWED_MAX

    def leave(self, task: asyncio.Task[Any]) -> None:
        """The step is over, or its wait."""
        self._due.pop(task, None)
        if self._expired:
            self.expired(task)  # the program may have swallowed the cancellation

    def _arm(self) -> None:
        self._timer = self._loop.call_later(self._wait_s_max / 10, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        now = self._loop.time()
        for task in [task for task, due in self._due.items() if due <= now]:
            if task not in self._expired and self._suspended(task):
                self._expired[task] = 0  # the next time: who holds its record may be among these
                continue
            self._expired[task] = self._expired.get(task, 0) + 1
            task.cancel()  # at every sweep: a program may swallow one and go on waiting
        if self._due:
            self._arm()

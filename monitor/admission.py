"""Which steps may start: so many tasks at once, never two for one terminal, and a bounded queue behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def may_start(running: int, tasks_max: int, terminal_busy: bool) -> bool:
    """The rule: a free place, and no other task for this terminal."""
    return running < tasks_max and not terminal_busy


_Waiting = tuple[str, asyncio.Future[Any], Callable[[asyncio.Future[Any]], None]]
"""A terminal, and what begins with the future its task waits for."""


class Admission:
    """The places of one region; a step waits its turn in the order it came."""

    def __init__(self, tasks_max: int, waiting_max: int) -> None:
        self._tasks_max = tasks_max
        self._waiting_max = waiting_max
        self._placed: set[str] = set()
        self._busy: set[str] = set()
        self._waiting: deque[_Waiting] = deque()

    @property
    def running(self) -> int:
        """Tasks that hold a place now."""
        return len(self._placed)

    @property
    def waiting(self) -> int:
        """Steps that wait for a place."""
        return len(self._waiting)

    def enter_now(self, terminal: str) -> bool:
        """Take a place for a task of `terminal`, if there is one and nobody waits for it."""
        if self._waiting or not may_start(len(self._placed), self._tasks_max, terminal in self._busy):
            return False
        self._take(terminal)
        return True

    async def enter(self, terminal: str, begin: Callable[[asyncio.Future[T]], None]) -> T | None:
        """Wait for a place for a task of `terminal`, then for what `begin` does; None if the queue is full.

        `begin` is called with the place taken, and given a future to keep: the task wakes up once, not twice.
        """
        if len(self._waiting) >= self._waiting_max:
            return None
        turn: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        entry = (terminal, turn, begin)
        self._waiting.append(entry)
        self._start_waiting()
        try:
            return await turn
        except BaseException:
            if entry in self._waiting:
                self._waiting.remove(entry)
            else:
                self.leave(terminal)
            raise

    def give_up_place(self, terminal: str) -> None:
        """The program of a task is over; its terminal stays busy until `leave`."""
        self._placed.discard(terminal)
        if self._waiting:
            self._start_waiting()

    def leave(self, terminal: str) -> None:
        """The terminal has its answer."""
        self._placed.discard(terminal)
        self._busy.discard(terminal)
        if self._waiting:
            self._start_waiting()

    def _take(self, terminal: str) -> None:
        self._placed.add(terminal)
        self._busy.add(terminal)

    def _start_waiting(self) -> None:
        if self.running >= self._tasks_max:
            return
        passed: list[_Waiting] = []
        while self._waiting and self.running < self._tasks_max:
            entry = self._waiting.popleft()
            terminal, turn, begin = entry
            if turn.done():
                passed.append(entry)  # it was cancelled, and takes itself out
            elif may_start(self.running, self._tasks_max, terminal in self._busy):
                self._take(terminal)
                begin(turn)
            else:
                passed.append(entry)
        self._waiting.extendleft(reversed(passed))

"""Which steps may start: so many tasks at once, never two for one terminal, and a bounded queue behind."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress


def may_start(running: int, tasks_max: int, terminal_busy: bool) -> bool:
    """The rule: a free place, and no other task for this terminal."""
    return running < tasks_max and not terminal_busy


class Admission:
    """The places of one region; a step waits its turn in the order it came."""

    def __init__(self, tasks_max: int, waiting_max: int) -> None:
        self._tasks_max = tasks_max
        self._waiting_max = waiting_max
        self._placed: set[str] = set()
        self._busy: set[str] = set()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

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

    async def enter(self, terminal: str) -> bool:
        """Wait for a place for a task of `terminal`; False at once if the queue is full."""
        if self.enter_now(terminal):
            return True
        if len(self._waiting) >= self._waiting_max:
            return False
        turn = asyncio.get_running_loop().create_future()
        entry = (terminal, turn)
        self._waiting.append(entry)
        self._start_waiting()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(terminal)
            with suppress(ValueError):
                self._waiting.remove(entry)
            raise
        return True

    def give_up_place(self, terminal: str) -> None:
        """The program of a task is over; its terminal stays busy until `leave`."""
        self._placed.discard(terminal)
        self._start_waiting()

    def leave(self, terminal: str) -> None:
        """The terminal has its answer."""
        self._placed.discard(terminal)
        self._busy.discard(terminal)
        self._start_waiting()

    def _take(self, terminal: str) -> None:
        self._placed.add(terminal)
        self._busy.add(terminal)

    def _start_waiting(self) -> None:
        if not self._waiting or self.running >= self._tasks_max:
            return
        passed: list[tuple[str, asyncio.Future[None]]] = []
        while self._waiting and self.running < self._tasks_max:
            terminal, turn = self._waiting.popleft()
            if turn.done():
                continue
            if may_start(self.running, self._tasks_max, terminal in self._busy):
                self._take(terminal)
                turn.set_result(None)
            else:
                passed.append((terminal, turn))
        self._waiting.extendleft(reversed(passed))

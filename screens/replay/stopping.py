"""Signals that end a command early, but not without what it has found so far."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

ENDS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def cancelled_by_signals() -> Iterator[list[signal.Signals]]:
    """Ctrl+C, and what asks a process to end, cancels this task; yields what came of it.

    A second signal acts as if this were not there. One that is ignored stays so.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    taken = [one for one in ENDS if signal.getsignal(one) is not signal.SIG_IGN]
    came: list[signal.Signals] = []

    def leave() -> None:
        while taken:
            with suppress(NotImplementedError):  # an event loop that cannot
                loop.remove_signal_handler(taken.pop())

    def end(number: signal.Signals) -> None:
        leave()
        came.append(number)
        if task is not None:
            task.cancel()

    for number in taken:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, end, number)
    try:
        yield came
    finally:
        leave()


class Stop:
    """The first signal that asks to end cancels what runs under it; a second one acts as if this were not there."""

    def __init__(self, numbers: Iterable[signal.Signals] = ENDS) -> None:
        self.by = 0
        """The signal that came; 0: none."""
        self.raises = False
        """True: it interrupts what waits for somebody to type, as Ctrl+C does."""
        self._numbers = tuple(numbers)
        self._before: dict[signal.Signals, Any] = {}
        self._ends: list[Callable[[], object]] = []

    def take(self) -> None:
        """Take the signals from now on, but for those that are ignored."""
        for number in self._numbers:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._note)

    def leave(self) -> None:
        """Let them do what they did before."""
        while self._before:
            signal.signal(*self._before.popitem())

    def __enter__(self) -> Stop:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    async def cancels(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine; it is cancelled when a signal comes, or has come."""
        loop, task = asyncio.get_running_loop(), asyncio.create_task(coroutine)
        with self.calls(lambda: loop.call_soon_threadsafe(task.cancel)):
            return await task

    @contextmanager
    def calls(self, end: Callable[[], object]) -> Iterator[None]:
        """Call `end` when a signal comes, in the middle of anything; at once when one has come."""
        self._ends.append(end)
        try:
            if self.by:
                end()
            yield
        finally:
            self._ends.remove(end)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.leave()
        self.by = number
        for end in self._ends:
            end()
        if self.raises:
            raise KeyboardInterrupt

"""Runaway programs: one that computes without ever returning to the monitor is interrupted (abend AICA).

A program runs in slices, from one await that really waits to the next. A thread of its own looks at the slice
under way now and then; one that has lasted too long gets a `Runaway` raised inside it. What cannot be
interrupted is a single call into C that does not return, such as `time.sleep(1000)`.
"""

from __future__ import annotations

import asyncio
import ctypes
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Runaway(BaseException):
    """The program did not return to the monitor in time. Not an Exception: programs do not catch it."""


class Watchdog:
    """Watches the slices of one event loop; one thread, asleep most of the time."""

    def __init__(self, runaway_s_max: float) -> None:
        self._slice = 0
        """Goes up when a slice begins and when it ends: odd while one is under way."""
        self._fired = False
        """True once the slice under way was interrupted."""
        self._runaway_s_max = runaway_s_max
        self._loop_thread = threading.get_ident()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="entracte-watchdog", daemon=True)
        if runaway_s_max > 0:
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def watching(self) -> bool:
        """True inside a slice."""
        return self._slice & 1 == 1

    def slice(self, work: Callable[..., R], *arguments: Any) -> R:
        """Call `work` as one slice, in the thread that made the watchdog; a slice within a slice is part of it.

        If its last instruction was a long one, the exception may come only when `work` has returned, even before
        the first line of `_end`; once this function has returned, none comes any more.
        """
        if self._slice & 1:
            return work(*arguments)
        self._slice += 1
        try:
            return work(*arguments)
        finally:
            del arguments  # an exception among them holds this frame
            try:
                self._end()
            except Runaway:
                self._end()
                raise

    def _end(self) -> None:
        with self._lock:
            self._slice += self._slice & 1
        if self._fired:
            self._fired = False
            for _ in range(10):  # the exception is due here at the latest
                pass

    def _watch(self) -> None:
        seen, since, interval = 0, 0.0, self._runaway_s_max / 10
        looked, used = time.monotonic(), time.process_time()
        while not self._stop.wait(interval):
            current, now, cpu_s = self._slice, time.monotonic(), time.process_time()
            since += max(0.0, now - looked - interval - (cpu_s - used))  # the whole process stood still
            looked, used = now, cpu_s
            if current != seen:
                seen, since = current, now
            elif current & 1 and now - since > self._runaway_s_max:
                since = now  # the next one, if this is swallowed, is due as long after it
                self._interrupt(current)

    def _interrupt(self, current: int) -> None:
        with self._lock:
            if self._slice == current:
                self._fired = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._loop_thread), ctypes.py_object(Runaway)
                )


class Watched(Generic[T]):
    """Awaits a coroutine in slices that a watchdog sees.

    `deaf` is asked when `task`, which this runs in, is cancelled: is there no use in telling the coroutine?
    """

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, T],
        watchdog: Watchdog,
        task: asyncio.Task[Any],
        deaf: Callable[[asyncio.Task[Any]], bool],
    ) -> None:
        self.closing = False
        """True once this itself is being closed: nothing may be awaited any more."""
        self.own_cancellations = 0
        """How often the coroutine has cancelled the very task that runs it, and not taken it back."""
        self._coroutine = coroutine
        self._watchdog = watchdog
        self._task = task
        self._deaf = deaf
        self.settled = task.cancelling()
        """Cancellations of `task` that the coroutine has gone on after, whoever they came from, but for its own.

        Before Python 3.13 a task group that was waiting already leaves such a one behind.
        """

    def __await__(self) -> Generator[Any, Any, T]:
        resume, value, task, in_slice = self._coroutine.send, None, self._task, self._watchdog.slice
        while True:
            cancelling = task.cancelling()
            try:
                try:
                    waited_for = in_slice(resume, value)
                finally:
                    if (after := task.cancelling()) != cancelling:
                        self.own_cancellations = max(0, self.own_cancellations + after - cancelling)
            except StopIteration as stop:
                result: T = stop.value
                return result
            self.settled = after - self.own_cancellations
            try:
                value = yield waited_for
                resume = self._coroutine.send
            except BaseException as error:  # passed on into the program
                self.closing = isinstance(error, GeneratorExit)
                if isinstance(error, asyncio.CancelledError) and self._deaf(task):
                    self._abandon()
                    raise
                value, resume = error, self._coroutine.throw

    def _abandon(self) -> None:
        """Go on without the coroutine; it may not even let itself be closed."""
        with suppress(BaseException):
            self._watchdog.slice(self._coroutine.close)

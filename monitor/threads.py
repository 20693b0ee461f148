"""Synchronous programs: each run has a thread of its own, and comes back to the event loop for what it awaits.

The step drives the thread as it would drive a coroutine: `Task.wait` hands a coroutine over, the step awaits it
as its own, and the thread goes on with the result. So the unit of work is only ever touched in the loop, and a
step that is cancelled, interrupted or over its deadline ends the same way whichever kind of program it runs.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from monitor.errors import MonitorError, TaskOver
from monitor.runaway import Runaway

A = TypeVar("A")
T = TypeVar("T")

FELT_S = 0.005
"""Seconds at a stretch from which on a program in a thread is felt: it takes its turns at the interpreter."""
FELT_FOR_S = 1.0
"""Seconds for which another such program is to be expected."""
NICENESS = 5
"""Of such a thread: where every core is busy, the event loop and the store go first. Not more, for it may hold the
interpreter's lock (measured: others' p99 beside NumPy 2.1 to 1.75 times its quiet value, beside Python 16 to 11 ms)."""
STILL_S = 0.5
"""Seconds a timer of the event loop comes too late when the whole process stood still."""
GRACE_S = 1.0
"""Seconds an interrupted thread has to end; then the step ends without it."""


class _Result(NamedTuple):
    value: Any


class _Failure(NamedTuple):
    error: BaseException


class _Request(NamedTuple):
    coroutine: Coroutine[Any, Any, Any]


class Threads:
    """What all the threads of a region share, and whether they are in its way."""

    def __init__(self, threads_max: int, runaway_s_max: float) -> None:
        self.places = asyncio.Semaphore(threads_max)
        """As many as threads may run; one that cannot be stopped keeps its place until it ends."""
        self.runaway_s_max = runaway_s_max
        self._at_work: dict[ProgramThread, float] = {}
        self._felt_until = 0.0

    def contend(self) -> bool:
        """True while a program has been at work in a thread for so long that others feel it, and a little after."""
        if not self._at_work and not self._felt_until:
            return False
        now = time.monotonic()
        return now < self._felt_until or any(now - since > FELT_S for since in self._at_work.values())

    def begin(self, thread: ProgramThread) -> None:
        """The thread computes, or blocks: who knows."""
        self._at_work[thread] = time.monotonic()

    def end(self, thread: ProgramThread) -> None:
        """It waits for an answer of the event loop."""
        now = time.monotonic()
        if now - self._at_work.pop(thread, now) > FELT_S:
            self._felt_until = now + FELT_FOR_S

    def leave(self, thread: ProgramThread) -> None:
        """It has ended, maybe long after its step: its place is free."""
        self.end(thread)
        thread.leave()


class Lending:
    """The threads of one step that wait for a program they have linked to: that one may have their place.

    It goes from thread to thread, and never to another step's, which might wait for a record this step holds.
    """

    def __init__(self) -> None:
        self._hosts: list[ProgramThread] = []
        self._waiting: list[asyncio.Future[None]] = []

    def begin(self, host: ProgramThread) -> None:
        """`host` waits for a program."""
        self._hosts.append(host)
        self.wake()

    def end(self, host: ProgramThread) -> None:
        """It has its answer."""
        self._hosts.remove(host)
        self.wake()

    async def lender(self) -> ProgramThread | None:
        """A thread that has a place it does not need now, once there is one; None if none waits for a program."""
        while any(not host.left for host in self._hosts):
            for host in self._hosts:
                if host.placed:
                    return host
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(changed)
            await changed
        return None

    def wake(self) -> None:
        """Something has changed for those that wait for a place."""
        for changed in self._waiting:
            if not changed.done():
                changed.set_result(None)
        self._waiting.clear()


class ProgramThread:
    """One run of a synchronous program; it computes from each answer of the loop to its next request."""

    def __init__(self, threads: Threads, lending: Lending) -> None:
        self.placed = False
        """True while it has a place among those that may run."""
        self.left = False
        """True once it has ended."""
        self._threads = threads
        self._lending = lending
        self._lender: ProgramThread | None = None
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Future[_Result | _Failure | _Request] = self._loop.create_future()
        self._answers: SimpleQueue[_Result | _Failure] = SimpleQueue()
        self._lock = threading.Lock()
        self._computing = True
        self._fired = False
        self._over = False
        self._timer: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None

    async def run(self, function: Callable[[A], T], argument: A, name: str) -> T:
        """The function's result. Waits for a place if all are taken."""
        await self._take_place()
        context = copy_context()
        self._thread = threading.Thread(
            target=lambda: context.run(self._work, function, argument),
            name=f"entracte-{name}",
            daemon=True,  # one that hangs for ever does not keep the process from ending
        )
        try:
            self._thread.start()
        except RuntimeError:
            self.leave()
            raise
        result: T = await self._drive()
        return result

    def leave(self) -> None:
        """It has ended: its place goes back to the thread that lent it, or to whoever waits for one."""
        self.left = True
        if self.placed:
            self.placed = False
            if self._lender is not None and not self._lender.left:
                self._lender.placed = True
            else:
                self._threads.places.release()
        self._lending.wake()

    async def _take_place(self) -> None:
        lender = await self._lending.lender()
        if lender is None:
            await self._threads.places.acquire()
        else:
            lender.placed, self._lender = False, lender
        self.placed = True

    async def host(self, program: Coroutine[Any, Any, T]) -> T:
        """Await a program that this one has linked to, which may have its place meanwhile: it only waits."""
        self._lending.begin(self)
        try:
            return await program
        finally:
            self._lending.end(self)

    def wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """In the thread: have the step await `coroutine`."""
        if self._over or threading.current_thread() is not self._thread:
            coroutine.close()
            if self._over:
                raise TaskOver
            raise MonitorError("task.wait is for the program's own thread: hand the others what they need")
        self._pause()
        self._post(self._tell, _Request(coroutine))
        answer = self._answers.get()
        if isinstance(answer, _Failure):
            raise answer.error
        return answer.value

    async def _drive(self) -> Any:
        """Await for the thread what it asks for, until it is done."""
        try:
            while True:
                self._threads.begin(self)
                told = await self._next()
                if not self._computing:  # else the step has given up a thread that goes on
                    self._threads.end(self)
                if isinstance(told, _Failure):
                    raise told.error
                if isinstance(told, _Result):
                    return told.value
                self._answer(await self._awaited(told.coroutine))
        finally:
            self._over = True
            self._stop_timer()
            self._answers.put(_Failure(TaskOver()))

    async def _next(self) -> _Result | _Failure | _Request:
        """What the thread says next. A step that is cancelled meanwhile cancels what the thread does."""
        if self._threads.runaway_s_max > 0:
            self._watch(self._threads.runaway_s_max)
        try:
            told = await asyncio.shield(self._told)
        except asyncio.CancelledError as cancelled:
            self._interrupt(asyncio.CancelledError)
            told = await asyncio.shield(self._told)
            if isinstance(told, _Request):
                told.coroutine.close()
                self._answer(_Failure(cancelled))
                told = await asyncio.shield(self._told)
        self._stop_timer()
        self._told = self._loop.create_future()
        return told

    @staticmethod
    async def _awaited(coroutine: Coroutine[Any, Any, Any]) -> _Result | _Failure:
        try:
            return _Result(await coroutine)
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 passed on into the program
            return _Failure(error)

    def _answer(self, answer: _Result | _Failure) -> None:
        if self._told.done():
            self._told = self._loop.create_future()
        self._computing = True
        self._answers.put(answer)

    def _watch(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._too_long, self._loop.time() + seconds)

    def _too_long(self, due: float) -> None:
        late = self._loop.time() - due
        if late > STILL_S:  # the thread has stood still as well
            self._watch(min(late, self._threads.runaway_s_max))
        else:
            self._interrupt(Runaway)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _interrupt(self, kind: type[BaseException]) -> None:
        with self._lock:
            if self._computing and not self._fired and self._thread is not None:
                self._fired = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(kind)
                )
        self._stop_timer()
        self._timer = self._loop.call_later(GRACE_S, self._tell, _Failure(kind()))

    def _tell(self, message: _Result | _Failure | _Request) -> None:
        if not self._told.done():
            self._told.set_result(message)

    def _work(self, function: Callable[[A], Any], argument: A) -> None:
        """In the thread: the whole run."""
        message: _Result | _Failure
        _give_way()
        try:
            try:
                message = _Result(function(argument))
            finally:
                self._pause()
        except BaseException as error:  # noqa: BLE001 raised again in the step
            message = _Failure(error)
        self._post(self._tell, message)
        self._post(self._threads.leave, self)

    def _pause(self) -> None:
        with self._lock:
            self._computing = False
        if self._fired:
            for _ in range(10):  # the exception is due here, if the program's last instruction outran it
                pass
            self._fired = False

    def _post(self, callback: Callable[..., object], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *values)
        except RuntimeError:  # the loop was closed meanwhile
            self._over = True
            self._answers.put(_Failure(TaskOver()))


def _give_way() -> None:
    """Lower this thread's priority: on Linux a thread has one of its own, elsewhere only the process."""
    if sys.platform == "linux":
        os.nice(NICENESS)

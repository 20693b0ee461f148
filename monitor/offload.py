"""Work handed to other processes, so that all cores compute while the event loop goes on serving terminals.

Each worker is a pool of its own with one process: when a process dies, only the call it was working on fails.
A call that is given up (the step's time was over) ends its process, for nothing else would stop it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, redirect_stderr, suppress
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from monitor.errors import Abend

T = TypeVar("T")

NICENESS = 15
"""Workers give way to the process that serves the terminals."""


class _Worker:
    """A pool of one process, and the process's number."""

    def __init__(self) -> None:
        with _standard_error():
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self._process = 0

    async def run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        """The function's result, from the worker's process."""
        loop = asyncio.get_running_loop()
        if not self._process:
            seen = sys.stderr is sys.__stderr__  # else a terminal is drawn there
            with _standard_error():
                started = loop.run_in_executor(self._pool, _begin, seen)
            self._process = await started
        return await loop.run_in_executor(self._pool, _called, function, *arguments)

    @property
    def alive(self) -> bool:
        """Whether there is a process; one that has ended, its number may be another's by now."""
        return self._child() is not None

    def end(self) -> None:
        """End the process at once, whatever it does."""
        if child := self._child():
            child.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _child(self) -> BaseProcess | None:
        return next((child for child in active_children() if child.pid == self._process), None)


class Processes:
    """The worker processes of a region: none until the first call, `processes_max` at most."""

    def __init__(self, processes_max: int) -> None:
        self._places = asyncio.Semaphore(processes_max)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    @property
    def count(self) -> int:
        """Workers there are."""
        return len(self._idle) + len(self._busy)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call `function` in another process; it and all that goes over must be picklable.

        Raises what the function raises, and `Abend` EOFF if the process died under it.
        """
        async with self._places:
            worker = self._rested() or _Worker()
            self._busy.add(worker)
            try:
                result = await worker.run(function, arguments)
            except BrokenProcessPool as error:
                self._drop(worker)
                name = getattr(function, "__qualname__", repr(function))
                raise Abend("EOFF", f"the process that computed {name} ended before it was done") from error
            except asyncio.CancelledError:
                self._drop(worker)
                raise
            except BaseException:
                self._rest(worker)
                raise
            self._rest(worker)
            return result

    def close(self) -> None:
        """End all workers; what they were doing is lost."""
        self._closed = True
        for worker in (*self._idle, *self._busy):
            worker.end()
        self._idle.clear()
        self._busy.clear()

    def _rested(self) -> _Worker | None:
        """A worker that has nothing to do; those whose process has died meanwhile are dropped."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.end()
        return None

    def _rest(self, worker: _Worker) -> None:
        self._busy.discard(worker)
        if self._closed:
            worker.end()
        else:
            self._idle.append(worker)

    def _drop(self, worker: _Worker) -> None:
        self._busy.discard(worker)
        worker.end()


def _called(function: Callable[..., T], *arguments: Any) -> T:
    """In the worker: an error that does not survive the way is told as another, or the pool would be broken."""
    try:
        return function(*arguments)
    except (StopIteration, GeneratorExit) as error:  # no future can hand these to who waits for it
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 our own
        except Exception:  # noqa: BLE001 the function's own code, which fails as it likes
            raise RuntimeError(f"{type(error).__name__}: {error}") from None
        raise


def _standard_error() -> AbstractContextManager[object]:
    """While a process is started, which is given the file behind `sys.stderr`: the terminal's stand-in has none."""
    return redirect_stderr(sys.__stderr__)


def _begin(seen: bool) -> int:
    """In the worker: make ready; returns the process's number.

    What is printed there is no answer of the region's: it goes to standard error, if that is `seen`, or nowhere.
    """
    if seen:
        os.dup2(2, 1)
    else:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    give_way()
    return os.getpid()


def give_way() -> None:
    """In a worker: be nice, leave Ctrl-C to the region, and end with it."""
    threading.Thread(target=_end_with_the_region, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if hasattr(os, "SCHED_IDLE"):  # niceness alone lets a worker finish its slice before a terminal's key
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_the_region() -> None:
    """A region that is killed closes nothing: its workers have to notice."""
    region = parent_process()
    if region is not None:
        region.join()
        os._exit(1)

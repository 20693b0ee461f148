"""The tasks a program starts itself: watched for endless loops as the program is, and their exit is only theirs.

A program may use task groups, `gather` and `create_task`; what it starts runs in the event loop's own turns, where
the program's `Watched` does not see it. So the loop's task factory wraps every coroutine that becomes a task while
a program computes; the tasks of everybody else are made as they always were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any, TypeVar

from monitor.errors import TaskExit
from monitor.runaway import Watchdog

T = TypeVar("T")


def watch_children(watchdog: Watchdog) -> Callable[[], None]:
    """From now on, in the current event loop, until the function this returns is called."""
    loop = asyncio.get_running_loop()
    there = getattr(loop.get_task_factory(), "__self__", None)
    factory = there if isinstance(there, _Factory) else _Factory(loop)
    factory.watchdogs.append(watchdog)
    return partial(factory.leave, watchdog)


class _Factory:
    """The task factory of an event loop in which regions run."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.watchdogs: list[Watchdog] = []
        self._loop = loop
        self._before = loop.get_task_factory()
        loop.set_task_factory(self.make)

    def make(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Future[Any]:
        """A task as the loop would have made it, of a `Child` if a program is computing now."""
        for watchdog in self.watchdogs:
            if watchdog.watching and asyncio.iscoroutine(coroutine):
                coroutine = Child(coroutine, watchdog)
                break
        if self._before is not None:
            return self._before(loop, coroutine, **options)
        return asyncio.Task(coroutine, loop=loop, **options)

    def leave(self, watchdog: Watchdog) -> None:
        """After the last region the loop has its own factory back, unless somebody has put another one over this."""
        self.watchdogs.remove(watchdog)
        if not self.watchdogs and self._loop.get_task_factory() == self.make:
            self._loop.set_task_factory(self._before)


class Child(Coroutine[Any, Any, T], Iterator[Any]):
    """A coroutine whose every slice a watchdog sees, and which never ends the process."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], watchdog: Watchdog) -> None:
        self._coroutine = coroutine
        self._watchdog = watchdog
        self.__name__ = getattr(coroutine, "__name__", type(coroutine).__name__)
        self.__qualname__ = getattr(coroutine, "__qualname__", self.__name__)

    def __getattr__(self, name: str) -> Any:  # cr_frame and its like, for whoever shows a task's stack
        return getattr(self._coroutine, name)

    def __await__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """One slice, up to the next wait."""
        return self._watchdog.slice(_without_exit, self._coroutine.send, value)

    def throw(self, *error: Any) -> Any:
        """One slice that begins with `error`."""
        try:
            return self._watchdog.slice(_without_exit, self._coroutine.throw, *error)
        finally:
            del error  # it holds this frame: together they would stay until the collector comes

    def close(self) -> None:
        """End the coroutine where it waits."""
        self._coroutine.close()


def _without_exit(resume: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return resume(*arguments)
    except (
        SystemExit,
        KeyboardInterrupt,
        GeneratorExit,
    ) as error:  # the region, or who waits for it, would end
        raise TaskExit(error) from error
    finally:
        del arguments

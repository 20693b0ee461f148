"""The tasks a program starts itself: watched for endless loops as the program is, and their exit is only theirs.

A program may use task groups, `gather` and `create_task`; what it starts runs in the event loop's own turns, where
the program's `Watched` does not see it. So the loop's task factory wraps every coroutine that becomes a task while
a program computes; the tasks of everybody else are made as they always were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar, cast

from monitor.errors import TaskExit
from monitor.runaway import Watchdog

T = TypeVar("T")


class Children:
    """The task factory of the current event loop, from now until `close`."""

    def __init__(self, watchdog: Watchdog) -> None:
        self._watchdog = watchdog
        self._loop = asyncio.get_running_loop()
        self._before = self._loop.get_task_factory()
        self._loop.set_task_factory(self.make)

    def make(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Future[Any]:
        """A task as the loop would have made it, of a `Child` if a program is computing now."""
        if self._watchdog.watching and asyncio.iscoroutine(coroutine):
            coroutine = Child(coroutine, self._watchdog)
        if self._before is not None:
            return self._before(loop, coroutine, **options)
        return asyncio.Task(coroutine, loop=loop, **options)

    def close(self) -> None:
        """Give the loop its own factory back, unless somebody has put another one over this."""
        if self._loop.get_task_factory() == self.make:
            self._loop.set_task_factory(self._before)


class Child(Coroutine[Any, Any, T]):
    """A coroutine whose every slice a watchdog sees, and which never ends the process."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], watchdog: Watchdog) -> None:
        self._coroutine = coroutine
        self._watchdog = watchdog
        self.__name__ = getattr(coroutine, "__name__", type(coroutine).__name__)
        self.__qualname__ = getattr(coroutine, "__qualname__", self.__name__)

    def __getattr__(self, name: str) -> Any:  # cr_frame and its like, for whoever shows a task's stack
        return getattr(self._coroutine, name)

    def __await__(self) -> Generator[Any, Any, T]:
        return cast("Generator[Any, Any, T]", self)

    def send(self, value: Any) -> Any:
        """One slice, up to the next wait."""
        return self._slice(self._coroutine.send, value)

    def throw(self, *error: Any) -> Any:
        """One slice that begins with `error`."""
        return self._slice(self._coroutine.throw, *error)

    def close(self) -> None:
        """End the coroutine where it waits."""
        self._coroutine.close()

    def _slice(self, resume: Callable[..., Any], *arguments: Any) -> Any:
        if self._watchdog.watching:  # started at once, in the slice of whoever started it
            return _without_exit(resume, *arguments)
        self._watchdog.begin()
        try:
            return _without_exit(resume, *arguments)
        finally:
            self._watchdog.end()


def _without_exit(resume: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return resume(*arguments)
    except SystemExit as error:  # asyncio would let it through, and the region would end
        raise TaskExit(error.code) from error

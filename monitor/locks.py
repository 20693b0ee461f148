"""Update locks: one holder a record, the others wait in the order they came.

A lock is held from `read(update=True)` until the step is sealed, never across a screen. A step waits for at
most one record, so a deadlock is a walk along holders that comes back to its start; it is found the moment it
would close, and the step that would close it runs again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from monitor.errors import Deadlock


class UpdateLocks:
    """The locks of one region. An owner is any hashable thing that stands for a step."""

    def __init__(self) -> None:
        self._holder: dict[Hashable, Hashable] = {}
        self._waiting: dict[Hashable, deque[tuple[Hashable, asyncio.Future[None]]]] = {}
        self._wanted: dict[Hashable, Hashable] = {}
        self._suspended: set[asyncio.Task[Any] | None] = set()

    def __len__(self) -> int:
        return len(self._holder)

    def take(self, owner: Hashable, record: Hashable) -> bool:
        """Hold `record` for `owner` if nobody else does; True if `owner` holds it now."""
        return self._holder.setdefault(record, owner) is owner

    def suspends(self, task: asyncio.Task[Any]) -> bool:
        """True while `task` waits for a record that another step holds."""
        return task in self._suspended

    async def acquire(self, owner: Hashable, record: Hashable) -> None:
        """Hold `record` for `owner`; raises `Deadlock` if waiting for it could never end."""
        holder = self._holder.setdefault(record, owner)
        if holder == owner:
            return
        self._refuse_cycle(owner, record)
        turn, task = asyncio.get_running_loop().create_future(), asyncio.current_task()
        entry = (owner, turn)
        try:
            self._suspended.add(task)
            self._wanted[owner] = record
            self._waiting.setdefault(record, deque()).append(entry)
            await turn
        except BaseException:  # a cancellation, or a runaway that was interrupted
            self.release(owner, record)
            with suppress(KeyError, ValueError):
                self._waiting[record].remove(entry)
            raise
        finally:
            self._wanted.pop(owner, None)
            self._suspended.discard(task)

    def release(self, owner: Hashable, record: Hashable) -> None:
        """Pass `record` on to the first that waits for it."""
        if self._holder.get(record) is not owner:
            return
        if self._waiting:
            waiting = self._waiting.get(record)
            while waiting:
                successor, turn = waiting.popleft()
                if not turn.done():
                    self._holder[record] = successor
                    self._wanted.pop(successor, None)
                    turn.set_result(None)
                    return
            self._waiting.pop(record, None)
        del self._holder[record]

    def _refuse_cycle(self, owner: Hashable, record: Hashable) -> None:
        wanted: Hashable | None = record
        while wanted is not None:
            holder = self._holder.get(wanted)
            if holder == owner:
                raise Deadlock(f"record {record!r} is held by a step that waits for this one")
            wanted = self._wanted.get(holder)

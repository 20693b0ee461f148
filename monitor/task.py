"""A task: one run of a transaction program, with all it may use. It ends with the step."""

from __future__ import annotations

import random
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar, cast

from monitor.area import Area
from monitor.exchange import Received
from monitor.files import Files
from monitor.parking import Parked, parked_at

A = TypeVar("A", bound=Area)
F_co = TypeVar("F_co", covariant=True)

T = TypeVar("T")

Link = Callable[[str, Area | None], Awaitable[Area | None]]
Offload = Callable[..., Awaitable[Any]]
Wait = Callable[[Coroutine[Any, Any, Any]], Any]


class Receivable(Protocol[F_co]):
    """A map, as a task sees it."""

    def receive(self, received: Received, /) -> F_co:
        """The input as a form of this map."""
        ...


class Task(Generic[A]):
    """What a program is given: who, where, which key, what was typed, the area, and the files."""

    def __init__(
        self,
        transid: str,
        terminal: str,
        received: Received,
        area: A,
        files: Files,
        now: datetime,
        user: str = "",
        step: int = 1,
        first_time: bool = True,
        seed: str = "",
        restart_count: int = 0,
        link: Link | None = None,
        offload: Offload | None = None,
        wait: Wait | None = None,
    ) -> None:
        self.transid = transid
        self.terminal = terminal
        self.user = user
        self.received = received
        self.aid = received.aid
        """The key the operator pressed."""
        self.area = area
        self.files = files
        self.step = step
        """Number of this step in its conversation, from 1."""
        self.first_time = first_time
        """True when this transaction begins: typed, started by a key, or transferred to."""
        self.now = now
        """When the task began, in UTC; the same in a replay."""
        self.restart_count = restart_count
        """How often this step was run before, because another had changed what it read."""
        self._seed = seed
        self._link = link
        self._offload = offload
        self._wait = wait

    @property
    def cursor(self) -> int | None:
        """Where the cursor was, as an address; None if the terminal did not say."""
        return self.received.cursor

    @property
    def cursor_field(self) -> str:
        """The name of the field the cursor was in, `name.2` for the second row of a repeated one; or empty."""
        return self.received.cursor_field

    @property
    def fields(self) -> dict[str, str]:
        """What the operator saw when the key was pressed: text by field name."""
        return self.received.values

    @cached_property
    def random(self) -> random.Random:
        """Random numbers that a replay draws again."""
        return random.Random(self._seed)  # noqa: S311 reproducible on purpose

    def new_id(self) -> str:
        """An identifier that is new, and the same again in a replay."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def receive(self, into: Receivable[F_co]) -> F_co:
        """The input as a form of the map `into`."""
        return into.receive(self.received)

    async def parked(self, limit: int = 32) -> list[Parked]:
        """The conversations this user has parked, of the `limit` latest at this terminal, the latest first."""
        return [one for one in await parked_at(self.files, self.terminal, limit) if one.user == self.user]

    async def link(self, transid: str, area: Area | None = None) -> Any:
        """Run another program within this step and unit of work; returns the area it finishes with."""
        if self._link is None:
            raise RuntimeError("this task has no region: give it link= to call other programs")
        return await self._link(transid, area)

    async def offload(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call `function` in another process, while this one goes on serving the other terminals.

        The function (of a module, not a local one), its arguments and its result must be picklable. What it
        raises is raised here; if its process dies this task abends EOFF. Without a region it is simply called.
        """
        if self._offload is None:
            return function(*arguments)
        result: T = await self._offload(function, *arguments)
        return result

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """In a synchronous program: await `coroutine`, as `task.wait(task.files[Account].read("1"))`."""
        if self._wait is not None:
            result: T = self._wait(coroutine)
            return result
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return cast("T", stop.value)
        coroutine.close()
        raise RuntimeError("an async program awaits for itself; wait is for a synchronous one, in a region")

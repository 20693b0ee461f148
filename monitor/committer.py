"""Group commit: all units sealed while the previous commit is under way go out as one database transaction.

There is no timer: a lone terminal waits for nobody, and under load each commit carries what came meanwhile. Where
another process holds the store for too long, all that were sealed before that commit began have waited as long as
it has, and are refused with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from monitor.errors import StoreBusy
from monitor.store import Store, Unit, Verdict
from monitor.uncancelled import Uncancelled

Promise = asyncio.Future[Verdict]


class Committer:
    """The way of every unit to the store, in the order they were sealed. Made, and used, in one event loop."""

    def __init__(
        self, store: Store, batch_units_max: int, settled: Callable[[Unit, Verdict | None], None]
    ) -> None:
        """`settled` is told what became of each unit, before anybody waiting is; None: the store failed."""
        self._store = store
        self._settled = settled
        self._loop = asyncio.get_running_loop()
        self._batch_units_max = batch_units_max
        self._sealed: deque[tuple[Unit, Promise]] = deque()
        self._committing: asyncio.Task[None] | None = None
        self.batches = 0
        self.units = 0

    def submit(self, unit: Unit) -> Promise:
        """Queue `unit`; the promise is kept once it is durable, or refused, or the store failed."""
        promise: Promise = asyncio.Future(loop=self._loop)
        self._sealed.append((unit, promise))
        if self._committing is None:
            self._committing = Uncancelled(self._commit(), loop=self._loop)
        return promise

    async def _commit(self) -> None:
        try:
            while self._sealed:
                batch = [self._sealed.popleft() for _ in range(min(len(self._sealed), self._batch_units_max))]
                await self._settle(batch)
        finally:
            self._committing = None

    async def _settle(self, batch: Sequence[tuple[Unit, Promise]]) -> None:
        self.batches += 1
        self.units += len(batch)
        behind = len(self._sealed)
        try:
            verdicts = await self._store.commit([unit for unit, _ in batch])
        except StoreBusy as error:
            self._fail([*batch, *[self._sealed.popleft() for _ in range(behind)]], error)
            return
        except Exception as error:  # noqa: BLE001 handed to each unit of the batch
            self._fail(batch, error)
            return
        for (_, promise), verdict in zip(batch, verdicts, strict=True):
            if not promise.done():
                promise.set_result(verdict)
        for (unit, _), verdict in zip(batch, verdicts, strict=True):  # before any of those that wait resumes
            self._settled(unit, verdict)

    def _fail(self, units: Sequence[tuple[Unit, Promise]], error: Exception) -> None:
        for _, promise in units:
            if not promise.done():
                promise.set_exception(error)
        for unit, _ in units:
            self._settled(unit, None)

"""Which process does the store's work: this one's threads while few terminals are busy, the store's own after that.

A lone operator is answered soonest by a thread, and needs no second process; it is started once the batches are
large, or a program computes in a thread and the store's would have to wait for the interpreter. Both keep the
store's contract on the same file, so each batch may take either way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from monitor.errors import StoreBroken, StoreProcessLost
from monitor.store import Key, Row, Store, Unit, Value, Verdict, Versioned
from monitor.store.process import StoreProcess, Unsendable

PAUSE_S = 60.0
"""After a process was lost, or could not be started, before the next one is: the threads do as well meanwhile."""
_WEIGHT = 1 / 16
"""Of the latest commit in the mean size of batches: a burst is no load."""
_STAYS = 0.25
"""Of the size that starts the process: so small batches become before the threads do the work again."""


class RelayedStore:
    """The contract of `monitor.store.Store` over the threads' store, and a process for large batches."""

    def __init__(
        self,
        near: Store,
        start: Callable[[], Awaitable[StoreProcess]],
        units_min: int,
        told: Callable[[str], object] = lambda text: None,
        pause_s: float = PAUSE_S,
    ) -> None:
        """`units_min`: units a commit carries, on average, from which on the process does the work; 0: never.

        `told` hears, a line each, what became of the process.
        """
        self._near = near
        self._start = start
        self._units_min = units_min
        self._told = told
        self._pause_s = pause_s
        self.contended: Callable[[], bool] = lambda: False
        """Whether something else in this process wants the interpreter, so that threads would wait for it."""
        self._far: StoreProcess | None = None
        self._starting: asyncio.Task[None] | None = None
        self._start_from = 0.0
        self._broken = ""
        self._spent_s = 0.0
        self._mean = 0.0
        self._crowded = False

    @property
    def process(self) -> StoreProcess | None:
        """The store's own process, while there is one."""
        return self._far

    @property
    def cpu_s(self) -> float:
        """Processor time that all processes of this store have used, as of their last answers."""
        return self._spent_s + (self._far.cpu_s if self._far is not None else 0.0)

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        """See `Store.read`. If the process ends meanwhile, the threads read."""
        far = self._working()
        if far is not None:
            try:
                return await far.read(keys)
            except StoreProcessLost as error:
                self._forget(far, error)
        return await self._near.read(keys)

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """See `Store.commit`. If the process ends meanwhile, what became of the units is not known.

        After a write failed for good nothing is committed any more, wherever it failed.
        """
        if self._broken:
            raise StoreBroken(self._broken)
        self._weigh(len(units))
        try:
            return await self._commit(units)
        except StoreBroken as error:
            self._broken = str(error)
            raise

    async def browse(
        self, table: str, *, by: str, start: Value | Row, rows_max: int, backward: bool
    ) -> Sequence[Versioned]:
        """See `Store.browse`."""
        return await self._near.browse(table, by=by, start=start, rows_max=rows_max, backward=backward)

    async def select(self, sql: str, values: Mapping[str, Value], rows_max: int) -> Sequence[Row]:
        """See `Store.select`."""
        return await self._near.select(sql, values, rows_max)

    async def close(self) -> None:
        """End the process; the threads' store is closed by whoever opened it."""
        self._units_min, self._crowded = 0, False
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait((self._starting,))
        if self._far is not None:
            far, self._far = self._far, None
            await far.close()

    async def _commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        far = self._working()
        if far is not None:
            try:
                return await far.commit(units)
            except Unsendable:
                pass  # then it cannot be stored either: the threads find out whose it is
            except StoreProcessLost as error:
                self._forget(far, error)
                raise
        return await self._near.commit(units)

    def _working(self) -> StoreProcess | None:
        """The process, if the work is for it."""
        if self._far is not None and not self._far.alive:
            self._forget(self._far, StoreProcessLost("it ended while it had nothing to do"))
        return self._far if self._wanted() else None

    def _wanted(self) -> bool:
        return self._crowded or (self._units_min > 0 and self.contended())

    def _weigh(self, units: int) -> None:
        self._mean += (units - self._mean) * _WEIGHT
        limit = self._units_min * (_STAYS if self._crowded else 1)
        self._crowded = 0 < limit <= self._mean
        if (
            self._far is None
            and (self._starting is None or self._starting.done())  # a program may cancel it before it begins
            and self._wanted()
            and time.monotonic() >= self._start_from
        ):
            self._starting = asyncio.create_task(self._start_process())

    async def _start_process(self) -> None:
        try:
            self._far = await self._start()
        except Exception as error:  # noqa: BLE001 whatever it is, the threads go on
            self._start_from = time.monotonic() + self._pause_s
            self._told(f"could not be started, the threads go on: {error}")
        else:
            self._told(f"started as process {self._far.pid}")
        finally:
            self._starting = None

    def _forget(self, far: StoreProcess, error: StoreProcessLost) -> None:
        if self._far is far:
            self._far = None
            self._spent_s += far.cpu_s
            self._start_from = time.monotonic() + self._pause_s
            far.end()
            self._told(f"lost, the threads go on: {error}")

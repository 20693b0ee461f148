"""The unit of work of one step: what it read and what it will write, until it is sealed.

Nothing a program does reaches the store before its step is sealed; what is sealed but not durable yet is seen
by later steps of this process through the `Overlay`, so that a hot record is not limited to one update a
commit. No terminal is answered before its unit, and all it was built on, is durable.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterable, Sequence
from types import CoroutineType
from typing import Any, NoReturn, TypeAlias, TypeVar, cast

from monitor.errors import Abend, Deadlock, LimitExceeded, RecordUnreadable, StoreError, TaskOver
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.store import ABSENT, COMMITTED, Key, Row, Unit, Verdict, Versioned
from monitor.values import storable

T = TypeVar("T")
Call: TypeAlias = "CoroutineType[Any, Any, None]"
"""A write that is done once it is awaited."""
_FALLEN_MAX = 4_096


class Overlay:
    """Writes that are sealed but not durable yet, and the units that lately fell.

    A unit falls with the one it was built on. Were its writes seen until its own verdict came, the next step
    would build on them and fall too, and so on for ever; so all that was built on a fallen unit goes with it.
    """

    def __init__(self) -> None:
        self._records: dict[Key, tuple[int, Row | None]] = {}
        self._pending: dict[int, Unit] = {}
        self._fallen: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._records)

    def get(self, key: Key) -> tuple[int, Row | None] | None:
        """(unit, row or None if deleted), or None if nothing is pending for `key`."""
        return self._records.get(key)

    def has_any(self, keys: Iterable[Key]) -> bool:
        """True if something is pending for one of `keys`."""
        return bool(self._records) and not self._records.keys().isdisjoint(keys)

    def add(self, unit: Unit, rows: dict[Key, Row | None]) -> None:
        """The unit was sealed: its rows are what later steps read."""
        if rows:
            self._pending[unit.id] = unit
            for key, row in rows.items():
                self._records[key] = (unit.id, row)

    def settle(self, unit: Unit, verdict: Verdict | None) -> None:
        """The store has decided; None: it failed, and what became of the unit is not known."""
        self._drop(unit.id)
        if verdict is COMMITTED:
            return
        fallen = {unit.id}
        for later in list(self._pending.values()):
            if not fallen.isdisjoint(later.reads.values()):
                fallen.add(later.id)
                self._drop(later.id)
        if verdict is not None:
            self._remember(fallen)

    def doomed(self, reads: dict[Key, int]) -> bool:
        """True if a unit that read this is known to fall; the commit finds the others."""
        return bool(self._fallen) and not self._fallen.keys().isdisjoint(reads.values())

    def _drop(self, unit: int) -> None:
        pending = self._pending.pop(unit, None)
        if pending is None:
            return
        for key in pending.writes:
            record = self._records.get(key)
            if record is not None and record[0] == unit:
                del self._records[key]

    def _remember(self, fallen: Iterable[int]) -> None:
        self._fallen |= dict.fromkeys(fallen)
        while len(self._fallen) > _FALLEN_MAX:
            del self._fallen[next(iter(self._fallen))]


class UnitOfWork:
    """Reads and buffered writes of one run of one step."""

    def __init__(
        self,
        new_id: Callable[[], int],
        reads: dict[Key, int],
        loader: Loader,
        overlay: Overlay,
        locks: UpdateLocks,
        limits: Limits,
    ) -> None:
        """`reads`: what was read for this unit already, with who wrote it, so that the commit checks it."""
        self.trouble: Deadlock | StoreError | None = None
        """Set when this run cannot count, whatever the program makes of the exception it saw."""
        self.held: dict[Key, None] = {}
        """In the order they were taken."""
        self.rows: dict[Key, Row | None] = {}
        self.appended: list[tuple[str, Row]] = []
        self._id = 0
        self._new_id = new_id
        self._loader = loader
        self._overlay = overlay
        self._locks = locks
        self._limits = limits
        self._calls: list[tuple[str, Call]] = []
        self._reads = reads
        self._seen: dict[Key, Row | None] = {}
        self._one_wait: asyncio.Lock | None = None
        self._asked: set[asyncio.Task[Any]] | None = None
        """Browses and queries that are not answered yet."""
        self._over = False

    @property
    def id(self) -> int:
        """The id of the unit, new when it is first asked for: as a rule when it is sealed.

        So the ids of a region are in the order of its commits, in which a history can be run again.
        """
        if not self._id:
            self._id = self._new_id()
        return self._id

    def holds(self, key: Key) -> bool:
        """True if the record is known to be there, as this unit sees it, without asking the store."""
        rows = self.rows
        return (rows[key] if key in rows else self._seen.get(key)) is not None

    def version(self, key: Key) -> int:
        """Who wrote the record when this unit read it."""
        return self._reads[key]

    async def read(self, key: Key, update: bool = False) -> Row | None:
        """The record as this unit sees it: its own write, else the newest sealed one, else the store's."""
        (row,) = await self.read_many((key,), update)
        return row

    async def read_many(self, keys: Sequence[Key], update: bool = False) -> list[Row | None]:
        """As `read`, with one wait for all; locks are taken in key order, so that two such reads never cross."""
        if self._over:
            raise TaskOver
        if update:
            if len(keys) > self._limits.records_max:
                raise LimitExceeded("records_max", len(keys), self._limits.records_max)
            for key in sorted(keys, key=_in_order):
                self.held[key] = None  # first: a runaway may be interrupted between the two
                if not self._locks.take(self, key):
                    await self.hold(key)
        seen = self._seen
        missing = [key for key in keys if key not in seen] if seen else keys
        if missing and (wanted := self._not_pending(missing)):
            try:
                records = await self._loader.read(wanted)
            except RecordUnreadable as error:
                raise Abend("EREC", str(error)) from error
            except StoreError as error:
                self.trouble = error
                raise
            self._take_in(wanted, records)
        rows = self.rows
        if not rows:
            return [seen[key] for key in keys]
        return [rows[key] if key in rows else seen[key] for key in keys]

    async def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """The store's answer to a browse or a query, which ends with this unit even if nobody waits for it."""
        if self._over:
            question.close()
            raise TaskOver
        asked, task = asyncio.Task(question), asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        if self._asked is None:
            self._asked = set()
        self._asked.add(asked)
        try:
            return await asked
        except RecordUnreadable as error:
            raise Abend("EREC", str(error)) from error
        except StoreError as error:
            self.trouble = error
            raise
        except asyncio.CancelledError:
            if self._over and task is not None and task.cancelling() <= before:
                raise TaskOver from None
            raise
        finally:
            self._asked.discard(asked)
            _give_up(asked)

    async def hold(self, key: Key) -> None:
        """Take the update lock of `key`; kept until `release`.

        The parts of a program (a task group) wait one after the other: a step waits for one record at a time.
        """
        self.held[key] = None
        if self._locks.take(self, key):
            return
        if self._one_wait is None:
            self._one_wait = asyncio.Lock()
        async with self._one_wait:
            if self._over:
                raise TaskOver
            self.held[key] = None
            try:
                await self._locks.acquire(self, key)
            except Deadlock as deadlock:
                self.trouble = deadlock
                raise
            except BaseException:
                self._let_go(key)
                raise
            if self._over:
                self._locks.release(self, key)
                raise TaskOver

    def _let_go(self, key: Key) -> None:
        self._locks.release(self, key)
        self.held.pop(key, None)

    def called(self, name: str, call: Coroutine[Any, Any, None]) -> Call:
        """`call`, remembered: one that is never awaited does nothing, and nobody would know."""
        made = cast("Call", call)
        self._calls.append((name, made))
        return made

    def check_calls(self) -> None:
        """Raise `Abend` if a write was called and not awaited to its end."""
        for name, call in self._calls:
            if call.cr_frame is not None:
                if inspect.getcoroutinestate(call) == inspect.CORO_CREATED:
                    call.close()
                did = f"{name} was called and not awaited, so it did nothing"
                raise Abend(
                    "EAWT", f"{did}: write await before it, or in a plain def task.wait(...) around it"
                )

    def write(self, key: Key, row: Row | None) -> None:
        """Buffer a new row (None: a deletion) for a record this unit has read."""
        if self._over:
            raise TaskOver
        if key not in self.rows and len(self.rows) + len(self.appended) >= self._limits.writes_max:
            self._refuse_more()
        if self._seen.get(key) is not None:
            self.rows.pop(
                key, None
            )  # a change stands where it was made last, a new record where it was first
        self.rows[key] = row if row is None else storable(row)

    def append(self, table: str, row: Row) -> None:
        """Buffer a row of an append-only table."""
        if self._over:
            raise TaskOver
        if len(self.rows) + len(self.appended) >= self._limits.writes_max:
            self._refuse_more()
        self.appended.append((table, storable(row)))

    def _refuse_more(self) -> NoReturn:
        writes_max = self._limits.writes_max
        raise LimitExceeded("writes_max", writes_max + 1, writes_max)

    def doomed(self) -> bool:
        """True if this unit was built on one that fell meanwhile."""
        return self._overlay.doomed(self._reads)

    def back_out(self) -> None:
        """Forget all writes; what was read still counts, for it led here."""
        self.rows.clear()
        self.appended.clear()

    def seal(self, monitor_rows: dict[Key, Row], step: tuple[str, Row]) -> Unit:
        """The unit as a value, with the monitor's own rows and the history row; updates become visible."""
        unit_id = self.id
        written_by = (unit_id,)
        writes = {
            key: None if row is None else row + written_by for key, row in (monitor_rows | self.rows).items()
        }
        unit = Unit(unit_id, self._reads, writes, [*self.appended, step], self._changed())
        self._overlay.add(unit, self.rows)
        return unit

    def _changed(self) -> dict[Key, tuple[int, ...]]:
        changed = {}
        for key, row in self.rows.items():
            before = self._seen.get(key)
            if before is not None and row is not None:
                changed[key] = tuple([i for i, value in enumerate(row) if value != before[i]])
        return changed

    def end(self) -> None:
        """The program is over: what it has left running reads and writes no more."""
        self._over = True

    def release(self) -> None:
        """Let go of all update locks, in the order they were taken, and of what is still asked."""
        self._over = True
        if self._asked:
            for asked in self._asked:
                asked.cancel()
        for key in self.held:
            self._locks.release(self, key)
        self.held.clear()

    def _not_pending(self, keys: Sequence[Key]) -> list[Key]:
        """Take in what is sealed but not durable yet; returns the keys that the store has to be asked for."""
        wanted = list(dict.fromkeys(keys))
        if len(self._seen) + len(wanted) > self._limits.records_max:
            raise LimitExceeded("records_max", len(self._seen) + len(wanted), self._limits.records_max)
        if self._overlay.has_any(wanted):
            return [key for key in wanted if not self._took_pending(key)]
        return wanted

    def _took_pending(self, key: Key) -> bool:
        pending = self._overlay.get(key)
        if pending is None:
            return False
        unit, row = pending
        self._seen[key], self._reads[key] = row, ABSENT if row is None else unit
        return True

    def _take_in(self, keys: Sequence[Key], records: Sequence[Versioned | None]) -> None:
        if self._over:
            raise TaskOver
        seen, reads, pending = self._seen, self._reads, self._overlay.has_any(keys)
        for key, record in zip(keys, records, strict=True):
            if key in seen:
                continue  # another part of the program read it meanwhile; the step sees one version
            if pending and self._took_pending(key):
                continue
            if record is None:
                seen[key], reads[key] = None, ABSENT
            else:
                seen[key], reads[key] = record.row, record.written_by


def _give_up(asked: asyncio.Task[Any]) -> None:
    """Nobody will ask for its result any more."""
    if not asked.done():
        asked.cancel()
    elif not asked.cancelled():
        asked.exception()


def _in_order(key: Key) -> tuple[str, str]:
    return key.table, str(key.value)


async def hold_in_order(unit: UnitOfWork, keys: Iterable[Key]) -> None:
    """Take locks in one order for all, so that steps that do so never wait for each other in a circle."""
    for key in sorted(keys, key=_in_order):
        await unit.hold(key)

"""A store that tells a test before it does something, and after; the test may wait there, or raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from monitor.store import Key, Row, Store, Unit, Value, Verdict, Versioned


async def _nothing(*_: object) -> None:
    """No hook."""


class HookedStore:
    """`monitor.store.Store` over another one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.before_read: Callable[[Sequence[Key]], Awaitable[None]] = _nothing
        self.before_search: Callable[[str], Awaitable[None]] = _nothing
        self.before_commit: Callable[[Sequence[Unit]], Awaitable[None]] = _nothing
        self.after_commit: Callable[[Sequence[Unit]], Awaitable[None]] = _nothing

    async def read(self, keys: Sequence[Key]) -> Sequence[Versioned | None]:
        """The hook, then the read."""
        await self.before_read(keys)
        return await self.store.read(keys)

    async def browse(
        self, table: str, *, by: str, start: Value | Row, rows_max: int, backward: bool
    ) -> Sequence[Versioned]:
        """The hook, then the browse."""
        await self.before_search(table)
        return await self.store.browse(table, by=by, start=start, rows_max=rows_max, backward=backward)

    async def select(self, sql: str, values: Mapping[str, Value], rows_max: int) -> Sequence[Row]:
        """The hook, then the query."""
        await self.before_search(sql)
        return await self.store.select(sql, values, rows_max)

    async def commit(self, units: Sequence[Unit]) -> Sequence[Verdict]:
        """A hook, the commit, a hook."""
        await self.before_commit(units)
        verdicts = await self.store.commit(units)
        await self.after_commit(units)
        return verdicts

    async def close(self) -> None:
        """Close the store below."""
        await self.store.close()


class Hook:
    """Wraps the store of a region, and keeps the wrapper for the test."""

    def __init__(self) -> None:
        self.stores: list[HookedStore] = []

    def __call__(self, store: Store) -> Store:
        self.stores.append(HookedStore(store))
        return self.stores[-1]

    @property
    def store(self) -> HookedStore:
        """The wrapper made last."""
        return self.stores[-1]

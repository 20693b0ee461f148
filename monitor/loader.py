"""Coalesced reads: all keys asked for while the previous read is under way go out as one batch."""

from __future__ import annotations

import asyncio

from monitor.store import Key, Store, Versioned

Answer = asyncio.Future[Versioned | None]


class Loader:
    """Reads of records by key; all that ask for one key share one read. Made, and used, in one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._asked: dict[Key, list[Answer]] = {}
        self._fetching: asyncio.Task[None] | None = None

    async def read(self, key: Key) -> Versioned | None:
        """The record under `key` as it is in the store, or None."""
        answer: Answer = self._loop.create_future()
        self._asked.setdefault(key, []).append(answer)
        if self._fetching is None:
            self._fetching = self._loop.create_task(self._fetch())
        return await answer

    async def _fetch(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                await self._answer(asked)
        finally:
            self._fetching = None

    async def _answer(self, asked: dict[Key, list[Answer]]) -> None:
        try:
            records = await self._store.read(list(asked))
        except Exception as error:  # noqa: BLE001 handed to each that asked
            for answers in asked.values():
                for answer in answers:
                    if not answer.done():
                        answer.set_exception(error)
            return
        for answers, record in zip(asked.values(), records, strict=True):
            for answer in answers:
                if not answer.done():
                    answer.set_result(record)

"""Coalesced reads: all keys asked for while the previous read is under way go out as one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor.errors import RecordUnreadable
from monitor.store import Key, Store, Versioned
from monitor.uncancelled import Uncancelled

Records = Sequence[Versioned | None]
Answer = asyncio.Future[Records]


class Loader:
    """Reads of records by key; all that ask for one key share one read. Made, and used, in one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._asked: list[tuple[Sequence[Key], Answer]] = []
        self._fetching: asyncio.Task[None] | None = None

    def read(self, keys: Sequence[Key]) -> Answer:
        """The records under `keys` as they are in the store, in that order; None for one that is not there."""
        answer: Answer = asyncio.Future(loop=self._loop)
        self.ask(keys, answer)
        return answer

    def ask(self, keys: Sequence[Key], answer: Answer) -> None:
        """As `read`, into a future that is there already."""
        self._asked.append((keys, answer))
        if self._fetching is None:
            self._fetching = Uncancelled(self._fetch(), loop=self._loop)  # nobody's child, whoever asks

    async def _fetch(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._answer(asked)
        finally:
            self._fetching = None

    async def _answer(self, asked: list[tuple[Sequence[Key], Answer]]) -> None:
        wanted: list[Key] = []
        for keys, _ in asked:
            wanted += keys
        once = list(dict.fromkeys(wanted))
        try:
            records = await self._store.read(once)
        except Exception as error:  # noqa: BLE001 handed to each that asked
            if isinstance(error, RecordUnreadable) and len(asked) > 1:
                for one in asked:
                    await self._answer([one])  # whose record it is finds out
                return
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        if len(once) < len(wanted):
            found = dict(zip(once, records, strict=True))
            records = [found[key] for key in wanted]
        end = 0
        for keys, answer in asked:
            start, end = end, end + len(keys)
            if not answer.done():
                answer.set_result(records[start:end])

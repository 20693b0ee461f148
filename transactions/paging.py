"""A file, a page at a time: the position is a place in the area, so that what others add or delete moves nothing."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from monitor.files import File
from monitor.records import Record

R = TypeVar("R", bound=Record)


class Page(NamedTuple, Generic[R]):
    """Some records in order."""

    records: list[R]
    more: bool
    """True when others come after them."""


class Pages(Generic[R]):
    """The pages of a file by its key, or by its alternate index."""

    def __init__(self, file: File[R], lines: int, *by: str, alternate: bool = False) -> None:
        """`by`: the fields that say where a record stands, and no other does: the alternate one, then the key's."""
        self._file = file
        self._lines = lines
        self._place = attrgetter(*by)
        self._alternate = alternate

    def place(self, record: R) -> Any:
        """Where a record stands: a value, or a tuple of several."""
        return self._place(record)

    async def at(self, start: Any = None) -> Page[R]:
        """The page from a place on; without one, the first."""
        return self._cut(await self._browse(start or None, self._lines + 1))

    async def below(self, last: Any) -> Page[R]:
        """The page after the one that ends at `last`; empty at the end."""
        found = await self._browse(last, self._lines + 2)
        return self._cut([record for record in found if self.place(record) != last])

    async def above(self, first: Any) -> Page[R]:
        """The page before the one that begins at `first`: the first page when less is left; empty at the top."""
        found = await self._browse(first, self._lines + 1, backward=True)
        before = [record for record in reversed(found) if self.place(record) != first]
        if before and len(before) < self._lines:
            return await self.at()
        return Page(before, more=True)

    async def _browse(self, start: Any, limit: int, backward: bool = False) -> list[R]:
        return await self._file.browse(start, limit=limit, backward=backward, alternate=self._alternate)

    def _cut(self, found: list[R]) -> Page[R]:
        return Page(found[: self._lines], len(found) > self._lines)

"""Files: the table of a record type, seen by one unit of work, with its own changes in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Generic, cast

import msgspec

from monitor.errors import Abend, DuplicateRecord, KeyUnfit, LimitExceeded, MonitorError, RecordNotFound
from monitor.records import Query, R, Record, RecordKey, address_of, row_of, start_of
from monitor.store import Key, KeyValue, Row, Store, Table
from monitor.unit_of_work import Call, UnitOfWork


class Reports:
    """Reads that a commit does not check: browses and queries see what is durable, without locks."""

    def __init__(self, store: Store, rows_max: int, tables: Iterable[Table]) -> None:
        self.store = store
        self.rows_max = rows_max
        self.loaded = {table.name: table for table in tables}

    def allowed(self, limit: int) -> int:
        """`limit`, if the region allows a task to read as many rows at once."""
        if isinstance(limit, int) and limit > self.rows_max:
            raise LimitExceeded("browse_rows_max", limit, self.rows_max)
        if not isinstance(limit, int) or limit < 0:
            raise Abend("ELIM", f"limit is {limit!r}: give a whole number from 0 to {self.rows_max}")
        return limit


class File(Generic[R]):
    """One file, as one unit of work sees it."""

    def __init__(self, record: type[R], unit: UnitOfWork, reports: Reports) -> None:
        self._record = record
        self._unit = unit
        self._reports = reports

    async def read(self, key: RecordKey, *, update: bool = False) -> R | None:
        """The record, or None; with `update`, nobody else reads it for update until this step is sealed."""
        (row,) = await self._unit.read_many((address_of(self._record, key),), update)
        return None if row is None else self._record.from_row(row)

    async def read_many(self, *keys: RecordKey, update: bool = False) -> list[R | None]:
        """The records under `keys`, in that order, with one wait for all; locks are taken in key order."""
        rows = await self._unit.read_many([address_of(self._record, key) for key in keys], update)
        from_row = self._record.from_row
        return [None if row is None else from_row(row) for row in rows]

    def write(self, record: R) -> Call:
        """Add a record; raises `DuplicateRecord` if its key is taken."""
        return self._unit.called("write", self._write(record))

    def rewrite(self, record: R) -> Call:
        """Replace a record; raises `RecordNotFound` if there is none."""
        return self._unit.called("rewrite", self._rewrite(record))

    def delete(self, key: RecordKey) -> Call:
        """Delete a record; raises `RecordNotFound` if there is none."""
        return self._unit.called("delete", self._delete(key))

    async def _write(self, record: R) -> None:
        address = address_of(self._record, record.key_value(record))
        if await self._unit.read(address) is not None:
            raise DuplicateRecord(address.table, address.value)
        self._unit.write(address, row_of(record))

    async def _rewrite(self, record: R) -> None:
        address = address_of(self._record, record.key_value(record))
        if not self._unit.holds(address):
            await self._existing(address)
        self._unit.write(address, row_of(record))

    async def _delete(self, key: RecordKey) -> None:
        address = address_of(self._record, key)
        await self._existing(address)
        self._unit.write(address, None)

    async def version(self, key: RecordKey) -> int:
        """Which unit wrote the record; keep it in the area to see later if someone changed it.

        Of a record that this step has written it is this step's own.
        """
        address = address_of(self._record, key)
        await self._existing(address)
        return self._unit.id if address in self._unit.rows else self._unit.version(address)

    async def read_unchanged(self, key: RecordKey, version: int) -> R | None:
        """Read for update, or None if another wrote (or deleted) it since `version`: changed by someone else."""
        record = await self.read(key, update=True)
        return None if record is None or await self.version(key) != version else record

    async def browse(
        self, start: RecordKey | None = None, *, limit: int, backward: bool = False, alternate: bool = False
    ) -> list[R]:
        """Up to `limit` records from `start` on, included, by key or by the alternate index.

        `start` is a value to begin at, or a tuple of the place of one record: the parts of the key, of an
        alternate index its value and then those. None begins at the end where the direction begins. Durable
        records, with this unit's own changes; records of others that are sealed but not durable are not seen.
        """
        table = self._record.table
        by = table.alternate if alternate else table.key[0]
        if not by:
            raise MonitorError(f"file {table.name} has no alternate index; declare one with alternate=")
        order = tuple(dict.fromkeys((by, *table.key)))
        first = (
            () if start is None else self._plain_place(order, start if isinstance(start, tuple) else (start,))
        )
        found = await self._unit.ask(
            self._reports.store.browse(
                table.name,
                by=by,
                start=first or None,
                rows_max=self._reports.allowed(limit) + len(self._unit.rows),
                backward=backward,
            )
        )
        rows = self._with_own([item.row for item in found], order, first, backward)[:limit]
        return [self._record.from_row(row) for row in rows]

    def _with_own(self, found: list[Row], order: tuple[str, ...], first: Row, backward: bool) -> list[Row]:
        """The rows a browse found, with this unit's own changes to them."""
        table = self._record.table
        own = {key.value: row for key, row in self._unit.rows.items() if key.table == table.name}
        if not own:
            return found
        places = [table.columns.index(name) for name in table.key]
        sorted_by = [table.columns.index(name) for name in order]

        def key_of(row: Row) -> KeyValue:
            return (
                tuple([row[place] for place in places])
                if len(places) > 1
                else cast("int | str", row[places[0]])
            )

        def is_reached(row: Row) -> bool:
            values = tuple([row[place] for place in sorted_by[: len(first)]])
            return None not in values and (values <= first if backward else values >= first)

        def place_of(row: Row) -> list[tuple[bool, Any]]:
            return [(row[at] is not None, row[at]) for at in sorted_by]  # NULL first, as SQLite has it

        kept = [row for row in found if key_of(row) not in own]
        kept += [row for row in own.values() if row is not None and is_reached(row)]
        return sorted(kept, key=place_of, reverse=backward)

    def _plain_place(self, order: tuple[str, ...], place: Row) -> Row:
        """Where a browse begins, part by part; raises `KeyUnfit` for one with too few parts, or too many."""
        if not 1 <= len(place) <= len(order):
            raise KeyUnfit(self._record.table.name, place)
        return tuple([start_of(self._record, by, part) for by, part in zip(order, place, strict=False)])

    async def _existing(self, key: Key) -> None:
        if await self._unit.read(key) is None:
            raise RecordNotFound(key.table, key.value)


class Files:
    """All files of the region: `files[Account]` is the file of that record type."""

    def __init__(self, unit: UnitOfWork, reports: Reports) -> None:
        self._unit = unit
        self._reports = reports
        self._files: dict[type[Record], File[Any]] = {}

    def __getitem__(self, record: type[R]) -> File[R]:
        file = self._files.get(record)
        if file is None:
            file = self._files[record] = self._file_of(record)
        return file

    def _file_of(self, record: type[R]) -> File[R]:
        table = self._known(record)
        if table.append:
            raise MonitorError(f"{table.name} is append-only: use files.append and files.select")
        return File(record, self._unit, self._reports)

    def append(self, record: Record) -> None:
        """Add a row to an append-only table."""
        table = self._known(type(record))
        if not table.append:
            raise MonitorError(f"{table.name} is a file: use files[...].write")
        self._unit.append(table.name, row_of(record))

    def _known(self, record: type[Record]) -> Table:
        if not hasattr(record, "table"):
            raise MonitorError(f"{record.__name__} is in no table: declare it with @file or @ledger")
        table = record.table
        if self._reports.loaded.get(table.name) is not table:
            raise MonitorError(
                f"{record.__name__} is not loaded: import it by name in a module listed under `programs`"
            )
        return table

    async def select(self, query: Query[R], /, *, limit: int, **values: object) -> list[R]:
        """The rows of a query, at most `limit`, as records: what is durable, unlocked and unchecked.

        Dates, times and decimals among `values` go as files keep them: as text.
        """
        allowed = self._reports.allowed(limit)
        plain = {name: msgspec.to_builtins(value) for name, value in values.items()}
        rows = await self._unit.ask(self._reports.store.select(query.sql, {**plain, "limit": limit}, allowed))
        records: list[R] = []
        try:
            records.extend(map(query.record.from_row, rows))
        except Abend as error:
            place = f"query {query.name!r}, row {len(records) + 1}"
            raise Abend(error.abend_code, f"{place}: {error.message}") from error
        return records


class FilesFromThread(Files):
    """The files as a synchronous program sees them: the unit of work is touched in the event loop only."""

    def __init__(
        self, unit: UnitOfWork, reports: Reports, wait: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        super().__init__(unit, reports)
        self._wait = wait

    def append(self, record: Record) -> None:
        """Add a row to an append-only table."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._wait(self._append(record))
        else:  # the program has turned out to be asynchronous behind a decorator that does not show it
            super().append(record)

    async def _append(self, record: Record) -> None:
        super().append(record)

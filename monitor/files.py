"""Typed files: each record type is a table with real columns; a file is that table, seen by one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

import msgspec

from monitor.columns import can_hold
from monitor.errors import (
    Abend,
    DuplicateRecord,
    KeyUnfit,
    LimitExceeded,
    MonitorError,
    RecordNotFound,
)
from monitor.store import Key, KeyValue, Row, Store, Table, Value
from monitor.unit_of_work import Call, UnitOfWork

R = TypeVar("R", bound="Record")
_PLAIN = (int, str, float)
Part = int | str | float | Decimal | date
"""What a program has in a column; a datetime is a date, too."""
RecordKey = Part | tuple[Part, ...]


class Record(msgspec.Struct, frozen=True, gc=False):
    """Base of record types: immutable; make a changed one with `changed`."""

    table: ClassVar[Table]
    key_value: ClassVar[Any]
    """From a record to the value of its key, or the tuple of values."""
    types: ClassVar[tuple[Any, ...]]
    """What the columns' values may be, in order; a whole number passes for a real one."""
    plain: ClassVar[bool]
    """True: the columns are the fields as they are, without conversion."""
    key_types: ClassVar[tuple[type, ...]]
    key_type: ClassVar[type | None]
    """Of a key that is one whole number or text."""

    @classmethod
    def from_row(cls: type[R], row: Row) -> R:
        """The record of a row in the table's column order."""
        if cls.plain:
            return cls(*row)
        try:
            return _converted(cls, row)
        except msgspec.ValidationError as error:
            raise Abend("EREC", f"a {cls.__name__} in the store has another type: {error}") from error

    def to_row(self) -> Row:
        """The record's columns, in the table's order; dates and decimals as text."""
        if self.plain:
            return msgspec.structs.astuple(self)
        return tuple(msgspec.to_builtins(self).values())


def _converted(record: type[R], row: Row) -> R:
    return msgspec.convert(dict(zip(record.__struct_fields__, row, strict=True)), record, strict=False)


def _row_of(record: Record) -> Row:
    """The record's row; raises `Abend` if a value has not its field's type, before it can reach the table."""
    row = record.to_row()
    if not record.plain:
        try:
            _converted(type(record), row)
        except msgspec.ValidationError as error:
            raise Abend("EREC", f"{type(record).__name__} has a value of another type: {error}") from error
    elif tuple(map(type, row)) != record.types:
        for value, wanted in zip(row, record.types, strict=True):
            if type(value) is not wanted and not isinstance(value, wanted):
                name = record.table.columns[row.index(value)]
                raise Abend(
                    "EREC", f"{type(record).__name__}.{name} cannot be {value!r}: it has another type"
                )
    return row


def changed(record: R, **values: Any) -> R:
    """A copy of `record` with some fields changed."""
    return msgspec.structs.replace(record, **values)


def file(name: str, *, key: str | tuple[str, ...], alternate: str = "") -> Callable[[type[R]], type[R]]:
    """Declare a record type to be the rows of table `name`, found by `key`, browsed by it or by `alternate`."""
    return _declare(name, (key,) if isinstance(key, str) else key, alternate, append=False)


def ledger(name: str, *, key: str = "id") -> Callable[[type[R]], type[R]]:
    """Declare an append-only record type; the store numbers its rows in the column `key`."""
    return _declare(name, (key,), "", append=True)


def _declare(
    name: str, key: tuple[str, ...], alternate: str, *, append: bool
) -> Callable[[type[R]], type[R]]:
    def declare(record: type[R]) -> type[R]:
        fields = msgspec.structs.fields(record)
        columns = tuple(field.name for field in fields)
        for column in (*(() if append else key), *filter(None, (alternate,))):
            if column not in columns:
                raise MonitorError(f"{record.__name__} has no field {column!r}; it has {', '.join(columns)}")
        for field in fields:
            if not can_hold(field.type):
                raise MonitorError(
                    f"{record.__name__}.{field.name} is of a type no column can hold, {field.type}; "
                    "keep each as a record of its own, or all as one text"
                )
        (own,) = key if append else ("written_by",)
        for column in columns:
            if column.lower() == own.lower():
                raise MonitorError(
                    f"{record.__name__}.{column} is filled in by the store; leave the field out"
                )
        real = any(field.type is float or float in get_args(field.type) for field in fields)
        types = {field.name: field.type for field in fields}
        texts = tuple([column for column in key if not _is_whole(types.get(column, int))])
        record.table = Table(name, key, columns, append, alternate, real, texts)
        record.key_value = attrgetter(*key)
        record.key_types = tuple(types.get(column, int) for column in key)
        record.key_type = record.key_types[0] if len(key) == 1 and record.key_types[0] in (int, str) else None
        record.plain = _is_plain(record)
        record.types = tuple((float, int) if field.type is float else field.type for field in fields)
        return record

    return declare


def _is_whole(kind: Any) -> bool:
    """True for whole numbers, plain or in disguise: annotated, enumerated, literal, or None instead."""
    parts = get_args(kind) or (kind,)
    return any(issubclass(part, int) if isinstance(part, type) else isinstance(part, int) for part in parts)


def _is_plain(record: type[Record]) -> bool:
    return all(field.type in _PLAIN for field in msgspec.structs.fields(record))


class Query(msgspec.Struct, Generic[R], frozen=True):
    """A read-only query of the application's own; its columns are the fields of `record`, in order."""

    name: str
    sql: str
    record: type[R]
    """Need not be the record type of a file."""

    def __post_init__(self) -> None:
        if not hasattr(self.record, "plain"):
            self.record.plain = _is_plain(self.record)


class Reports:
    """Reads that a commit does not check: browses and queries see what is durable, without locks."""

    def __init__(self, store: Store, rows_max: int, tables: Iterable[Table]) -> None:
        self.store = store
        self.rows_max = rows_max
        self.loaded = {table.name: table for table in tables}

    def allowed(self, limit: int) -> int:
        """`limit`, if the region allows a task to read as many rows at once."""
        if not 0 <= limit <= self.rows_max:
            raise LimitExceeded("browse_rows_max", limit, self.rows_max)
        return limit


class File(Generic[R]):
    """One file, as one unit of work sees it."""

    def __init__(self, record: type[R], unit: UnitOfWork, reports: Reports) -> None:
        self._record = record
        self._unit = unit
        self._reports = reports

    async def read(self, key: RecordKey, *, update: bool = False) -> R | None:
        """The record, or None; with `update`, nobody else reads it for update until this step is sealed."""
        (row,) = await self._unit.read_many((self._address(key),), update)
        return None if row is None else self._record.from_row(row)

    async def read_many(self, *keys: RecordKey, update: bool = False) -> list[R | None]:
        """The records under `keys`, in that order, with one wait for all; locks are taken in key order."""
        rows = await self._unit.read_many([*map(self._address, keys)], update)
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
        address = self._address(record.key_value(record))
        if await self._unit.read(address) is not None:
            raise DuplicateRecord(address.table, address.value)
        self._unit.write(address, _row_of(record))

    async def _rewrite(self, record: R) -> None:
        address = self._address(record.key_value(record))
        if not self._unit.holds(address):
            await self._existing(address)
        self._unit.write(address, _row_of(record))

    async def _delete(self, key: RecordKey) -> None:
        address = self._address(key)
        await self._existing(address)
        self._unit.write(address, None)

    async def version(self, key: RecordKey) -> int:
        """Which unit wrote the record; keep it in the area to see later if someone changed it.

        Of a record that this step has written it is this step's own.
        """
        address = self._address(key)
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
        return tuple([self._plain_start(by, part) for by, part in zip(order, place, strict=False)])

    def _plain_start(self, by: str, start: object) -> Value:
        """Where a browse begins, as the column has it; raises `KeyUnfit` for a value of another type."""
        record = self._record
        kind = record.types[record.table.columns.index(by)]
        kinds = get_args(kind) or (kind if isinstance(kind, tuple) else (kind,))
        try:
            value = msgspec.to_builtins(start)
        except TypeError:
            raise KeyUnfit(record.table.name, start) from None
        if float in kinds or _is_whole(kind):
            fits = isinstance(value, int | float)
        else:
            fits = isinstance(value, str) and _storable(value)
        if not fits:
            raise KeyUnfit(record.table.name, start)
        return cast("Value", value)

    def _address(self, key: RecordKey) -> Key:
        record = self._record
        if type(key) is record.key_type and (not isinstance(key, str) or key.isprintable()):
            return Key(record.table.name, key)  # type: ignore[arg-type]  # int or str: see key_type
        parts = key if isinstance(key, tuple) else (key,)
        if len(parts) != len(record.key_types):
            raise KeyUnfit(record.table.name, key)
        plain = [_plain_key(part, wanted) for part, wanted in zip(parts, record.key_types, strict=True)]
        if None in plain:
            raise KeyUnfit(record.table.name, key)
        kept = cast("list[int | str]", plain)
        return Key(record.table.name, tuple(kept) if isinstance(key, tuple) else kept[0])

    async def _existing(self, key: Key) -> None:
        if await self._unit.read(key) is None:
            raise RecordNotFound(key.table, key.value)


def _plain_key(part: object, wanted: type) -> int | str | None:
    """A part of a key as the table has it, or None if it cannot be one.

    One record has one key: a store would find 5 under "5" too, and lock and check them as two.
    """
    if type(part) is wanted and wanted not in (int, str):
        part = msgspec.to_builtins(part)  # a date, as the row has it
    elif wanted in (int, str) and not isinstance(part, wanted):
        return None
    if isinstance(part, str):
        return str.__str__(part) if part.isprintable() or _storable(part) else None
    return int.__int__(part) if isinstance(part, int) and not isinstance(part, bool) else None


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


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
        self._unit.append(table.name, _row_of(record))

    def _known(self, record: type[Record]) -> Table:
        if not hasattr(record, "table"):
            raise MonitorError(f"{record.__name__} is in no table: declare it with @file or @ledger")
        table = record.table
        if self._reports.loaded.get(table.name) is not table:
            raise MonitorError(
                f"{record.__name__} is not loaded: import it by name in a module listed under `programs`"
            )
        return table

    async def select(self, query: Query[R], *, limit: int, **values: object) -> list[R]:
        """The rows of a query, at most `limit`, as records: what is durable, unlocked and unchecked.

        Dates, times and decimals among `values` go as files keep them: as text.
        """
        allowed = self._reports.allowed(limit)
        plain = {name: msgspec.to_builtins(value) for name, value in values.items()}
        rows = await self._unit.ask(self._reports.store.select(query.sql, {**plain, "limit": limit}, allowed))
        return [query.record.from_row(row) for row in rows]


class FilesFromThread(Files):
    """The files as a synchronous program sees them: the unit of work is touched in the event loop only."""

    def __init__(
        self, unit: UnitOfWork, reports: Reports, wait: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        super().__init__(unit, reports)
        self._wait = wait

    def append(self, record: Record) -> None:
        """Add a row to an append-only table."""
        self._wait(self._append(record))

    async def _append(self, record: Record) -> None:
        super().append(record)

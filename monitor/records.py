"""Record types: each is a table with real columns. Their declaration, rows and keys: pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

import msgspec

from monitor.columns import can_hold, held_as
from monitor.errors import (
    Abend,
    KeyUnfit,
    MonitorError,
)
from monitor.store import Key, Row, Table, Value
from monitor.values import LARGEST, SMALLEST, has_half_characters

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
    from_row: ClassVar[Callable[[Row], Any]]
    """The record of a row in the table's column order; raises `Abend` if SQL has left another type there."""
    key_types: ClassVar[tuple[type, ...]]
    key_type: ClassVar[type | None]
    """Of a key that is one whole number or text."""

    def to_row(self) -> Row:
        """The record's columns, in the table's order; dates and decimals as text."""
        if self.plain:
            return msgspec.structs.astuple(self)
        return tuple(msgspec.to_builtins(self).values())


def _reader(record: type[Record], plain: bool, types: tuple[Any, ...]) -> Callable[[Row], Record]:
    """What makes records of rows; a function of its own for each type, for it is called for every record."""

    def plainly(row: Row) -> Record:
        if tuple(map(type, row)) != types:
            for name, value, wanted in zip(record.__struct_fields__, row, types, strict=False):
                if not isinstance(value, wanted):
                    found = "NULL" if value is None else f"a {type(value).__name__}"
                    raise _unreadable(record, row, f"{found} in {name}")
        return record(*row)

    def converted(row: Row) -> Record:
        try:
            return _converted(record, row, strict=False)
        except msgspec.ValidationError as error:
            raise _unreadable(record, row, str(error)) from error

    return plainly if plain else converted


def _unreadable(record: type[Record], row: Row, found: str) -> Abend:
    """That a row is not as its record type says; which one it is, if its key is among the columns."""
    table: Table | None = getattr(record, "table", None)
    values = dict(zip(record.__struct_fields__, row, strict=False))
    key = tuple([values[name] for name in table.key if name in values]) if table else ()
    which = f" {(key[0] if len(key) == 1 else key)!r}" if key else ""
    return Abend("EREC", f"{record.__name__}{which} has another type in the store: {found}")


def _converted(record: type[R], row: Row, *, strict: bool) -> R:
    """The record of a row; `strict`: only from values as a program has them, not as a column may."""
    return msgspec.convert(dict(zip(record.__struct_fields__, row, strict=True)), record, strict=strict)


def row_of(record: Record) -> Row:
    """The record's row; raises `Abend` if a value has not its field's type, before it can reach the table."""
    row = record.to_row()
    if not record.plain:
        try:
            _converted(type(record), row, strict=True)
        except msgspec.ValidationError as error:
            raise Abend("EREC", f"{type(record).__name__} has a value of another type: {error}") from error
    elif tuple(map(type, row)) != record.types:
        for name, value, wanted in zip(record.table.columns, row, record.types, strict=True):
            if type(value) is not wanted and not isinstance(value, wanted):
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
        holds = tuple([held_as(field.type) for field in fields])
        record.table = Table(name, key, columns, append, alternate, real, texts, holds)
        record.key_value = attrgetter(*key)
        record.key_types = tuple(types.get(column, int) for column in key)
        record.key_type = record.key_types[0] if len(key) == 1 and record.key_types[0] in (int, str) else None
        _describe(record)
        return record

    return declare


def _is_whole(kind: Any) -> bool:
    """True for whole numbers, plain or in disguise: annotated, enumerated, literal, or None instead."""
    parts = get_args(kind) or (kind,)
    return any(issubclass(part, int) if isinstance(part, type) else isinstance(part, int) for part in parts)


def _describe(record: type[Record]) -> None:
    kinds = [field.type for field in msgspec.structs.fields(record)]
    record.plain = all(kind in _PLAIN for kind in kinds)
    record.types = tuple([(float, int) if kind is float else kind for kind in kinds])
    record.from_row = _reader(record, record.plain, record.types)


def address_of(record: type[Record], key: RecordKey) -> Key:
    """Where the record with this key is kept; raises `KeyUnfit` for a value that cannot be one."""
    if type(key) is record.key_type and (not isinstance(key, str) or key.isprintable()):
        return Key(record.table.name, key)  # type: ignore[arg-type]  # int or str: see key_type
    parts = key if isinstance(key, tuple) else (key,)
    if len(parts) != len(record.key_types):
        raise KeyUnfit(record.table.name, key)
    plain = [_plain_key(part, wanted) for part, wanted in zip(parts, record.key_types, strict=True)]
    if None in plain:
        raise KeyUnfit(record.table.name, key)
    kept = cast("list[int | str]", plain)
    return Key(record.table.name, tuple(kept) if len(kept) > 1 else kept[0])


def start_of(record: type[Record], by: str, start: object) -> Value:
    """Where a browse begins, as the column has it; raises `KeyUnfit` for a value of another type."""
    kind = record.types[record.table.columns.index(by)]
    kinds = get_args(kind) or (kind if isinstance(kind, tuple) else (kind,))
    try:
        value = msgspec.to_builtins(start)
    except TypeError:
        raise KeyUnfit(record.table.name, start) from None
    if float in kinds or _is_whole(kind):
        fits = isinstance(value, int | float) and SMALLEST <= value <= LARGEST
    else:
        fits = isinstance(value, str) and _storable(value)
    if not fits:
        raise KeyUnfit(record.table.name, start)
    return cast("Value", value)


def _plain_key(part: object, wanted: type) -> int | str | None:
    """A part of a key as the table has it, or None if it cannot be one.

    One record has one key: a store would find 5 under "5" too, and lock and check them as two.
    """
    if type(part) is wanted and wanted not in (int, str):
        part = msgspec.to_builtins(part)  # a date, as the row has it
    elif wanted in (int, str) and not isinstance(part, wanted):
        return None
    if _is_whole(wanted):
        return int.__int__(part) if isinstance(part, int) and not isinstance(part, bool) else None
    if isinstance(part, str):
        return str.__str__(part) if part.isprintable() or _storable(part) else None
    return None


def _storable(text: str) -> bool:
    return "\0" not in text and not has_half_characters(text)


class Query(msgspec.Struct, Generic[R], frozen=True):
    """A read-only query of the application's own; its columns are the fields of `record`, in order."""

    name: str
    sql: str
    record: type[R]
    """Need not be the record type of a file."""

    def __post_init__(self) -> None:
        if "plain" not in vars(self.record):
            _describe(self.record)

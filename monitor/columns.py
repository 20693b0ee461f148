"""Which types of a record's fields a column of a table can hold."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

_HELD = (
    inspect.NoneType,
    inspect.AnyType,
    inspect.BoolType,
    inspect.IntType,
    inspect.FloatType,
    inspect.StrType,
    inspect.BytesType,
    inspect.DecimalType,
    inspect.DateType,
    inspect.DateTimeType,
    inspect.TimeType,
    inspect.TimeDeltaType,
    inspect.UUIDType,
    inspect.EnumType,
    inspect.LiteralType,
)


def can_hold(kind: Any) -> bool:
    """True for numbers, texts, moments and the like, or one of them or None; not for lists, dicts and structs."""
    try:
        return _is_held(inspect.type_info(kind))
    except TypeError:  # no type at all
        return False


def _is_held(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _is_held(kind.type)
    if isinstance(kind, inspect.UnionType):
        return all(map(_is_held, kind.types))
    return isinstance(kind, _HELD)

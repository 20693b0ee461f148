"""Which types of a record's fields a column of a table can hold, and what the column must keep as it is."""

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


_NUMBERED = {inspect.BoolType: "whole", inspect.IntType: "whole", inspect.FloatType: "real"}
_WORDED = (inspect.StrType, inspect.BytesType, inspect.DecimalType)
"""Dates and the like are text as well, and never look like a number."""


def held_as(kind: Any) -> str:
    """`text` (that may look like a number), `whole` or `real`; empty for several kinds, and for others."""
    found = _held_as(inspect.type_info(kind))
    return min(found) if len(found) == 1 else ""


def _held_as(kind: inspect.Type) -> set[str]:
    if isinstance(kind, inspect.Metadata):
        return _held_as(kind.type)
    if isinstance(kind, inspect.UnionType):
        return {
            held for part in kind.types if not isinstance(part, inspect.NoneType) for held in _held_as(part)
        }
    if isinstance(kind, inspect.LiteralType):
        return {"text" if isinstance(value, str) else "whole" for value in kind.values}
    if isinstance(kind, inspect.EnumType):
        return {"text" if isinstance(member.value, str) else "whole" for member in kind.cls}
    return {"text" if isinstance(kind, _WORDED) else _NUMBERED.get(type(kind), "")}

"""Stored areas, or other fields, beside each other: pure functions from what was stored and what is today."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from monitor.area import Area, decode_area, encode_area
from monitor.recall import StoredStep

NAMES_MAX = 4
"""Fields that are told; the others are counted."""
_CHARS_MAX = 40
_encode = msgspec.json.Encoder().encode
_MISSING = object()


def areas_differ(stored: StoredStep, found: StoredStep, known: type[Area] | None) -> str:
    """How the area differs that a step left; empty: it does not.

    `known`: the area's type today. A stored area of an earlier version, or without fields that have come since,
    differs only if it does so once the type has read it.
    """
    today = (found.area_type, found.area_version, found.area)
    if today in ((stored.area_type, stored.area_version, stored.area), _as_today(stored, known)):
        return ""
    if stored.area_type != found.area_type:
        return f"area {found.area_type} instead of {stored.area_type}"
    before = _fields(_as_today(stored, known)[2])
    after = _fields(found.area)
    unlike = unlike_fields(before, after)
    return f"area ({unlike})" if unlike else "area"


def unlike_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The fields whose values differ, in words; empty: none does."""
    unlike = [
        f"{name} {_value(after, name)} instead of {_value(before, name)}"
        for name in {**before, **after}
        if before.get(name, _MISSING) != after.get(name, _MISSING)
    ]
    if len(unlike) > NAMES_MAX:
        unlike[NAMES_MAX:] = [f"and {len(unlike) - NAMES_MAX} more"]
    return "; ".join(unlike)


def told_value(value: Any) -> str:
    """A value as JSON, cut if it is long."""
    text = _encode(value).decode()
    return text if len(text) <= _CHARS_MAX else f"{text[: _CHARS_MAX - 3]}..."


def _as_today(stored: StoredStep, known: type[Area] | None) -> tuple[str, int, str]:
    """The stored area as its type would store it now; as it is, if that is not possible."""
    kept = stored.area_type, stored.area_version, stored.area
    if known is None:
        return kept
    try:
        return known.__name__, known.version, encode_area(decode_area(known, *kept), sys.maxsize)
    except Exception:  # noqa: BLE001 an upgrade is the application's own code
        return kept


def _fields(area: str) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(area)
    return fields


def _value(fields: Mapping[str, Any], name: str) -> str:
    return told_value(fields[name]) if name in fields else "none"

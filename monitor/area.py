"""The conversation area: what a program remembers between two screens, typed and versioned.

It is stored as JSON with the name and version of its type beside it. When the type changes, raise its
`version` and register an `upgrade` from the version before; an area that nothing can upgrade is refused with
a message that names both versions, and stays in the store as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import inspect

from monitor.errors import AreaError, LimitExceeded, MonitorError

A = TypeVar("A", bound="Area")
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

_encode = msgspec.json.Encoder().encode


class Area(msgspec.Struct):
    """Base of the area types of an application; fields need defaults, so that a conversation can begin."""

    version: ClassVar[int] = 1
    upgrades: ClassVar[dict[int, Upgrade]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(cls.version, int):
            raise MonitorError(
                f"{cls.__name__} has a field `version`, which is the word for the version of the area's type: "
                "call it otherwise, or write ClassVar[int]"
            )
        cls.upgrades = {}


class NoArea(Area):
    """The area of a program that remembers nothing."""


def fault_of(area_type: type[Area]) -> str:
    """Why no conversation could begin, or go on, with an area of this type; empty if one can."""
    if fault := _missing_upgrade(area_type):
        return fault
    try:
        encode_area(area_type(), sys.maxsize)
    except AreaError as error:
        return error.message
    except Exception as error:  # noqa: BLE001 a field without a default, or whatever the type's own code raises
        return (
            f"area {area_type.__name__} cannot be made with its fields' defaults ({error}); each needs one"
            f"{_default_of_area(area_type)}"
        )
    return _version_within(area_type)


def _default_of_area(area_type: type[Area]) -> str:
    """How the default of an area in this one is written, if it is one that has none."""
    with suppress(NameError):  # a type that is not there, which is told already
        for field in msgspec.structs.fields(area_type):
            if field.required and isinstance(field.type, type) and issubclass(field.type, Area):
                inner = field.type.__name__
                return f", as {field.name}: {inner} = msgspec.field(default_factory={inner})"
    return ""


def _missing_upgrade(area_type: type[Area]) -> str:
    """Which upgrades the registered ones lead to, and no further; those from before the first are given up."""
    name, first = area_type.__name__, min(area_type.upgrades, default=area_type.version)
    missing = [step for step in range(first, area_type.version) if step not in area_type.upgrades]
    if not missing:
        return ""
    wanted = " and ".join(f"@upgrade({name}, {step})" for step in missing)
    return f"area {name} is at version {area_type.version}, and no upgrade leads there from {first}: write {wanted}"


def _version_within(area_type: type[Area]) -> str:
    """What of an area nested in this one would never be used: its own version, and its upgrades."""
    for nested in _areas_in(inspect.type_info(area_type), set()) - {area_type}:
        if nested.version != 1 or nested.upgrades:
            outer, inner = area_type.__name__, nested.__name__
            return (
                f"area {outer} has {inner} in it, whose own version and upgrades are never used: take them out of "
                f"{inner}, and raise the version of {outer} when {inner} changes"
            )
    return ""


def _areas_in(kind: object, seen: set[type]) -> set[type[Area]]:
    """The area types that a type is made of, at any depth, itself included."""
    if isinstance(kind, tuple):
        return {area for one in kind for area in _areas_in(one, seen)}
    if not isinstance(kind, inspect.Type | inspect.Field):
        return set()
    made: Any = getattr(kind, "cls", None)
    if made in seen:
        return set()
    parts = tuple([getattr(kind, name) for name in kind.__struct_fields__])
    if made is not None:
        seen.add(made)
    own = {made} if isinstance(made, type) and issubclass(made, Area) else set()
    return own | _areas_in(parts, seen)


def upgrade(area_type: type[Area], from_version: int) -> Callable[[Upgrade], Upgrade]:
    """Register a function from the fields of `from_version` to those of the version after it."""
    name, version = area_type.__name__, area_type.version
    if from_version >= version:
        raise MonitorError(
            f"@upgrade({name}, {from_version}) leads past version {version}, at which {name} is: "
            f"raise it to version = {from_version + 1}, or write the version to upgrade from, as in "
            f"@upgrade({name}, {max(version - 1, 1)})"
        )
    if from_version in area_type.upgrades:
        raise MonitorError(
            f"@upgrade({name}, {from_version}) stands before two functions: write one, or give the other "
            "the version it upgrades from"
        )

    def register(function: Upgrade) -> Upgrade:
        area_type.upgrades[from_version] = function
        return function

    return register


def encode_area(area: Area, bytes_max: int) -> str:
    """The area as JSON; raises `AreaError` if it cannot be encoded, `LimitExceeded` if it is too large."""
    try:
        encoded = _encode(area)
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise AreaError("EARE", f"area {type(area).__name__} cannot be encoded: {error}") from error
    if len(encoded) > bytes_max:
        raise LimitExceeded("area_bytes_max", len(encoded), bytes_max)
    try:
        _decoder(type(area)).decode(encoded)
    except msgspec.MsgspecError as error:
        raise AreaError("EARE", f"area {type(area).__name__} could not be read back: {error}") from error
    return encoded.decode()


@cache
def _decoder(area_type: type[A]) -> msgspec.json.Decoder[A]:
    return msgspec.json.Decoder(area_type)


def decode_area(area_type: type[A], name: str, version: int, encoded: str) -> A:
    """Read a stored area back as `area_type`, upgraded if it is older; raises `AreaError` if it cannot be."""
    if name != area_type.__name__:
        raise AreaError("EART", f"the stored area is a {name}, the program expects a {area_type.__name__}")
    try:
        if version == area_type.version:
            area: A = _decoder(area_type).decode(encoded)
            return area
        return msgspec.convert(_upgraded(area_type, version, encoded), area_type, str_keys=True)
    except msgspec.MsgspecError as error:
        raise AreaError("EARD", f"area {name} version {version} cannot be read: {error}") from error


def _upgraded(area_type: type[Area], version: int, encoded: str) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(encoded)
    for step in range(version, area_type.version):
        function = area_type.upgrades.get(step)
        if function is None:
            break
        fields = function(fields)
    else:
        if version < area_type.version:
            return fields
    raise AreaError(
        "EARV",
        f"area {area_type.__name__} was stored at version {version}, this program knows version "
        f"{area_type.version} and no upgrade leads there; nothing was changed",
    )

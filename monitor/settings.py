"""Settings: one TOML file, environment overrides, and every unknown key is an error that names a known one."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from monitor.errors import SettingsError
from monitor.limits import Limits
from monitor.values import has_half_characters

FILE = "entracte.toml"
FILE_OF_STORE = "entracte.db"
_PREFIX = "ENTRACTE_"
FILE_VARIABLE = "ENTRACTE_SETTINGS"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a region is started with."""

    store: str = FILE_OF_STORE
    """Path of the SQLite file; relative to the folder of the settings file, or to the current one."""
    programs: tuple[str, ...] = (
        "transactions.menu",
        "transactions.bank",
        "transactions.orders",
        "transactions.inventory",
        "transactions.helpdesk",
        "transactions.diagnostic",
        "transactions.numbers",
    )
    """Modules whose transaction programs and record types the region loads."""
    presentation: str = "screens.presenter:Presenter"
    """Where the class is that turns what programs send into screens."""
    good_morning_transid: str = "MENU"
    """Started on a terminal that attaches for the first time; empty: a blank screen."""
    user: str = "GUEST"
    """The user of a terminal nobody has signed on to."""
    log: str = ""
    """A file that gets one JSON object a line for starts, abends and store failures; empty: none."""
    limits: Limits = Limits()


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings file (the one named, else `entracte.toml` if it is there) and the environment."""
    variables = os.environ if environment is None else environment
    named = file or (Path(variables[FILE_VARIABLE]) if variables.get(FILE_VARIABLE) else None)
    values = _read(named) if named else (_read(Path(FILE)) if Path(FILE).is_file() else {})
    values |= {name: _file_name(values[name]) for name in _FILES if isinstance(values.get(name), str)}
    if named and isinstance(store := values.get("store", FILE_OF_STORE), str):
        values["store"] = str(named.parent / store)
    if not isinstance(values.setdefault("limits", {}), dict):
        raise SettingsError("limits must be a table: write [limits] on a line of its own")
    _override(values, variables)
    _refuse_unknown(values, Settings.__struct_fields__, "")
    _refuse_unknown(values["limits"], Limits.__struct_fields__, "limits.")
    _refuse_unfit(values, Settings, "")
    _refuse_unfit(values["limits"], Limits, "limits.")
    settings = msgspec.convert(values, Settings, strict=False)
    _refuse_out_of_bounds(settings.limits)
    return settings


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read ({error.strerror}); name another with --settings"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from error


def _file_name(text: str) -> str:
    """A file's name as Python has it; its bytes are UTF-8 where the system's own encoding cannot spell it."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return os.fsdecode(text.encode())
    return text


def _override(values: dict[str, Any], variables: Mapping[str, str]) -> None:
    known = {
        **dict.fromkeys(Settings.__struct_fields__, ""),
        **dict.fromkeys(Limits.__struct_fields__, "limits"),
    }
    for variable in sorted(variables):
        if not variable.startswith(_PREFIX) or variable == FILE_VARIABLE:
            continue
        name = variable.removeprefix(_PREFIX).lower()
        if name == "limits":
            raise SettingsError(
                f"environment variable {variable} is a table; set each limit by itself, as {_PREFIX}TASKS_MAX"
            )
        if name not in known:
            raise SettingsError(
                f"environment variable {variable} is not known{_nearest(name, known, _PREFIX)}"
            )
        text = variables[variable]
        if name not in _FILES and has_half_characters(text):
            raise SettingsError(f"environment variable {variable} is {text!a}, which is no UTF-8; correct it")
        value: object = _parts(text) if name == "programs" else text
        (values.setdefault("limits", {}) if known[name] else values)[name] = value


_FILES = ("store", "log")
"""Their names may be any bytes."""


def _parts(text: str) -> list[str]:
    """What stands between commas, without blanks around."""
    return [part for written in text.split(",") if (part := written.strip())]


def _refuse_unknown(values: Mapping[str, Any], known: Iterable[str], prefix: str) -> None:
    for name in values:
        if name not in known:
            raise SettingsError(f"setting {prefix}{name} is not known{_nearest(name, known)}")


def _refuse_unfit(values: Mapping[str, Any], kind: type[Settings | Limits], prefix: str) -> None:
    for field in msgspec.structs.fields(kind):
        if field.name in values and field.type in _WANTED:
            value = values[field.name]
            try:
                msgspec.convert(value, field.type, strict=False)
            except msgspec.ValidationError:
                raise SettingsError(
                    f"setting {prefix}{field.name} is {_as_written(value)}; it must be {_WANTED[field.type]}"
                ) from None


_WANTED: dict[Any, str] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    tuple[str, ...]: "a list of texts in quotes",
}


def _as_written(value: object) -> str:
    """A value as TOML has it, or nearly so."""
    return msgspec.json.encode(value).decode() if isinstance(value, bool | str | list) else str(value)


def _nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    found = (prefix + near[0].upper()) if near and prefix else (near[0] if near else "")
    return f"; did you mean {found}?" if found else f"; known are: {', '.join(known)}"


_MAY_BE_0 = ("runaway_s_max", "store_process_units_min")
_BUSY_S_MOST = 2_147_483
"""SQLite counts the time in milliseconds, in 31 bits, and takes more for none at all."""


def _refuse_out_of_bounds(limits: Limits) -> None:
    for name in Limits.__struct_fields__:
        value = getattr(limits, name)
        least = "0 or more" if name in _MAY_BE_0 else "more than 0"
        if not 0 <= value < inf or (value == 0 and name not in _MAY_BE_0):
            raise SettingsError(f"setting limits.{name} is {value}; it must be a number of {least}")
    if limits.store_busy_s_max > _BUSY_S_MOST:
        raise SettingsError(
            f"setting limits.store_busy_s_max is {limits.store_busy_s_max}; it must be at most {_BUSY_S_MOST}"
        )
    if limits.parked_max > limits.browse_rows_max:
        raise SettingsError(
            f"setting limits.parked_max is {limits.parked_max}; it must be at most browse_rows_max = "
            f"{limits.browse_rows_max}, for they are looked up by a browse"
        )

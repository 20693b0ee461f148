"""What is found by name: a part of ours, and the modules of an application, whose faults are told with their place."""

from __future__ import annotations

import importlib
import traceback
from types import ModuleType
from typing import Any

from monitor.errors import MonitorError, StartupError
from monitor.signals import Ended


def named(name: str) -> Any:
    """The attribute a `module:attribute` name stands for, imported now."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def imported(name: str) -> ModuleType:
    """The module of that name; raises `StartupError` if there is none, or if it cannot be imported."""
    try:
        return importlib.import_module(name)
    except Ended:
        raise
    except (Exception, SystemExit) as error:  # a module that exits would end every command without a word
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            raise StartupError(
                f"programs: there is no module {name!r} ({error}); correct the settings, or install it, "
                "or put it beside the settings file"
            ) from error
        raise StartupError(
            f"programs: {name} cannot be loaded: {_sentence(error)}{_place(error, name)}"
        ) from error


def _sentence(error: Exception | SystemExit) -> str:
    """What is wrong, on one line; our own errors, and those of maps, say it without their type."""
    text = " ".join((error.msg if isinstance(error, SyntaxError) else str(error)).split())
    if isinstance(error, MonitorError) or hasattr(error, "abend_code"):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(error: Exception | SystemExit, name: str) -> str:
    """The file and line where the application did it last, or that Python cannot read."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({error.filename}, line {error.lineno})"
    package = name.partition(".")[0]
    for frame, line in reversed([*traceback.walk_tb(error.__traceback__)]):
        if frame.f_globals.get("__name__", "").partition(".")[0] == package:
            return f" ({frame.f_code.co_filename}, line {line})"
    return ""

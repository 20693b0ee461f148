"""The region's log: one JSON object a line, in the file the settings name, or nowhere.

Events are few: start, stop, abends, refusals by the store, a terminal that failed. Of what operators type it has
only what a message quotes, and of an abend's nothing from hidden fields. A line that cannot be written is lost,
and harms nobody: the first one is told on standard error, and the next line that can be written says how many
there were.
"""

from __future__ import annotations

import logging
import os
from collections.abc import MutableMapping
from typing import Any, Protocol

import structlog

_log = logging.getLogger(__name__)

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""A pipe that nobody reads refuses a line instead of holding up the region."""


class Log(Protocol):
    """Takes an event and its values."""

    def info(self, event: str, **values: object) -> object:
        """Something an operator may want to know."""
        ...

    def warning(self, event: str, **values: object) -> object:
        """Something an operator should look at."""
        ...


class RegionLog:
    """A log and the file it goes to."""

    def __init__(self, path: str) -> None:
        self._file = _File(path) if path else None
        self.log: Log = structlog.wrap_logger(
            self._file or _Silent(),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                *([self._file.add_lost] if self._file else []),
                structlog.processors.JSONRenderer(),
            ],
        )

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()


class _File:
    """Lines at the end of a file; raises `OSError` only when it is opened."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AT_ONCE, 0o666)
        self._lost = 0
        self._torn = False

    def msg(self, message: str) -> None:
        """Write a line, or lose it."""
        line = f"{chr(10) * self._torn}{message}\n".encode()
        try:
            written = os.write(self._file, line)
        except OSError as error:
            self._lose(error.strerror)
            return
        if written < len(line):  # the disk is full
            self._torn = True
            self._lose("only a part of a line had room")
        else:
            self._lost, self._torn = 0, False

    info = warning = msg

    def add_lost(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Say in an event how many were lost before it."""
        return {**event, "lines_lost": self._lost} if self._lost else event

    def close(self) -> None:
        """Close it; on some disks only this tells that there was no room."""
        try:
            os.close(self._file)
        except OSError as error:
            self._lose(error.strerror)

    def _lose(self, reason: str | None) -> None:
        if not self._lost:
            _log.warning("entracte: log %s cannot be written (%s); lines are lost", self._path, reason)
        self._lost += 1


class _Silent:
    """What a log is wrapped around when there is no file."""

    def msg(self, message: str) -> None:
        """Drop it."""

    info = warning = msg

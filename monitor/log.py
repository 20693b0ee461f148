"""The region's log: one JSON object a line, in the file the settings name, or nowhere.

Events are few: start, stop, abends, refusals by the store. What operators type is never in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TextIO

import structlog


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
        self._file: TextIO | None = Path(path).open("a", encoding="utf-8") if path else None  # noqa: SIM115 closed by close
        self.log: Log = structlog.wrap_logger(
            structlog.WriteLogger(self._file) if self._file else _Silent(),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
        )

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()


class _Silent:
    """What a log is wrapped around when there is no file."""

    def msg(self, message: str) -> None:
        """Drop it."""

    info = warning = msg

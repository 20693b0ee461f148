"""Why an action was not done, in s3270's words."""

from __future__ import annotations

from monitor.errors import MonitorError


class Fault(MonitorError):
    """The action was not done; each line of the message becomes a `data:` line."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines

"""The pytest plug-in: `*.replay.toml` files are tests, each step shown when its screen differs.

pytest transactions/ --replay-via core --replay-via store
pytest transactions/ --replay-update
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from screens.replay.playing import Report

SUFFIX = ".replay.toml"
WIDTH = 170


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plug-in's options."""
    group = parser.getgroup("replay", "replay of terminal sessions")
    group.addoption(
        "--replay-via",
        action="append",
        choices=["core", "store", "ui"],
        help="driver of the scenarios (default: core); may be given again",
    )
    group.addoption(
        "--replay-update",
        action="store_true",
        help="take what the scenarios show now as what they should show",
    )
    group.addoption(
        "--replay-settings", metavar="FILE", help="settings of the region; default: entracte.toml"
    )


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """A scenario file is a collector of one test a driver."""
    if not file_path.name.endswith(SUFFIX):
        return None
    made: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return made


class ScenarioFile(pytest.File):
    """A `*.replay.toml` file."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each driver asked for."""
        for via in dict.fromkeys(self.config.getoption("--replay-via") or ["core"]):
            yield ScenarioItem.from_parent(self, name=via, via=via)


class Different(Exception):
    """A scenario did not pass."""


class ScenarioItem(pytest.Item):
    """A scenario, through one driver."""

    def __init__(self, *, via: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._via = via

    def runtest(self) -> None:
        """Play the scenario; with --replay-update, take over what it shows first."""
        from monitor.cli import reach_programs
        from monitor.errors import MonitorError
        from monitor.settings import load_settings
        from screens.replay.commands.approve import approve_file
        from screens.replay.running import run_file

        named = self.config.getoption("--replay-settings")
        file = Path(named) if named else None
        try:
            settings = load_settings(file)
            reach_programs(file)
            if self.config.getoption("--replay-update"):
                approve_file(self.path, settings, self._via)
        except MonitorError as error:
            raise Different(str(error)) from error
        report = run_file(self.path, settings, self._via)
        if report.verdict:
            raise Different(_told(report))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The difference itself, not where this plug-in raised it."""
        if isinstance(excinfo.value, Different):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, and what runs it."""
        return self.path, None, f"{self.path.name} via {self._via}"


def _told(report: Report) -> str:
    from screens.replay.telling import report_lines

    return "\n".join(report_lines(report, WIDTH))

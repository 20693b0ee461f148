"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import settings

from tests.monitor.bed import Disk

settings.register_profile("entracte", deadline=None, max_examples=60)
settings.load_profile("entracte")


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A database in memory."""
    made = Disk()
    with closing(made.database):
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Where nothing may be skipped (CI says so), a skip is a failure that gives the reason of the skip."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("TESTS_MAY_SKIP") == "no":
        report.outcome = "failed"
        report.longrepr = f"may not be skipped here: {report.longrepr}"
    return report

"""What the monitor's tests may use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.monitor.stores import Opened, in_process, inline, threaded


@pytest.fixture(params=[inline, threaded, in_process], ids=["inline", "aiosqlite", "process"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    """Opens a store of each kind on `store.db`; called twice, two stores on the same records."""
    async with request.param(tmp_path / "store.db") as open_one:
        yield open_one

"""`entracte doctor` says what a region would say of the same store."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from monitor.cli import main
from monitor.settings import Settings
from monitor.startup import open_region


async def _made(store: Path) -> None:
    async with open_region(Settings(store=str(store))):
        pass


def test_a_store_of_a_newer_version_is_told(tmp_path: Path) -> None:
    """A schema change this version does not know is named, with what to do, and the exit code is 1."""
    store = tmp_path / "s.db"
    asyncio.run(_made(store))
    assert CliRunner().invoke(main, ["doctor", "--store", str(store)]).exit_code == 0
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("INSERT INTO schema_change VALUES ('monitor.store', 99, 'x')")
    told = CliRunner().invoke(main, ["doctor", "--store", str(store)])
    assert told.exit_code == 1
    assert "schema change 99 of monitor.store is newer" in told.output

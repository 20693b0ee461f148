"""A connection to the store: what it needs besides the store's own files."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.store.connection import connect_here

ROWS = 100
PAGE = "x" * 3000
"""Large enough that each row has a page of its own."""


def temporary_files() -> int:
    """Files of SQLite's own that this process has open, and that have no name any more."""
    names = [os.path.realpath(entry.path) for entry in os.scandir("/proc/self/fd")]
    return sum("etilqs_" in name for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the open files in /proc")
def test_a_large_write_needs_no_temporary_file(tmp_path: Path) -> None:
    """What a statement over many pages may have to undo is kept in memory: a full temporary folder harms nobody."""
    path = tmp_path / "store.db"
    sqlite3.connect(path).close()
    with closing(connect_here(path, read_only=False, busy_s_max=1, cache_kib=2000)) as database:
        database.create_function("temporary_files", 0, temporary_files)
        database.execute(
            "CREATE TABLE record (id INTEGER PRIMARY KEY, page TEXT NOT NULL, files INTEGER NOT NULL)"
        )
        database.execute("BEGIN IMMEDIATE")
        for kept in range(2):
            rows = [f"({number}, '{PAGE}{kept}', temporary_files())" for number in range(ROWS)]
            database.execute(
                f"INSERT INTO record VALUES {', '.join(rows)} "
                "ON CONFLICT (id) DO UPDATE SET page = excluded.page, files = excluded.files"
            )
        database.execute("COMMIT")
        assert database.execute("SELECT count(*), sum(files) FROM record").fetchone() == (ROWS, 0)

"""`entracte doctor` says what a region would say of the same store; `dumps` and `dump` find what abends left."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.errors import MonitorError
from monitor.inspection import opened
from monitor.settings import Settings
from monitor.startup import open_region


async def _made(store: Path) -> None:
    async with open_region(Settings(store=str(store))):
        pass


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("dump", "99999999999999999999999"), "there is no dump 99999999999999999999999"),
        (("dump", "1-99999999999999999999"), "is neither a number nor a unit such as 3-17"),
        (("dumps", "--last", "99999999999999999999"), "is not in the range"),
    ],
)
def test_a_number_that_is_too_large_is_told(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """By all that look for dumps."""
    store = tmp_path / "s.db"
    asyncio.run(_made(store))
    found = CliRunner().invoke(main, [*arguments, "--store", str(store)])
    assert (2, True) == (found.exit_code, told in found.output)


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


@pytest.mark.parametrize("stored", [False, True], ids=["no store", "a store"])
@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("PROGRAMS", "nowhere", "wrong     programs: there is no module 'nowhere'"),
        ("PROGRAMS", "broken", "wrong     programs: broken cannot be loaded: ZeroDivisionError: "),
        ("PRESENTATION", "nowhere:X", "wrong     presentation 'nowhere:X' cannot be loaded"),
        ("PRESENTATION", "builtins:dict", "wrong     this presentation cannot be drawn; correct"),
        ("PRESENTATION", "broken:X", "wrong     presentation: it cannot be loaded (ZeroDivisionError: "),
        ("PROGRAMS", "leaves", "wrong     programs: leaves cannot be loaded: SystemExit: 3 ("),
        ("PRESENTATION", "leaves:X", "wrong     presentation 'leaves:X' cannot be loaded (3)"),
        ("GOOD_MORNING_TRANSID", "NONE", "wrong     good_morning_transid NONE is not loaded; this region"),
        ("LOG", "nowhere/region.log", "nowhere/region.log cannot be written; correct the settings"),
        ("LOG", ".", "cannot be written; correct the settings"),
    ],
)
def test_code_that_no_region_starts_with_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: bool, setting: str, value: str, told: str
) -> None:
    """In a line of its own, and the exit code is 1, with a store and without."""
    store = tmp_path / "s.db"
    if stored:
        asyncio.run(_made(store))
    (tmp_path / "broken.py").write_text("1 / 0")
    (tmp_path / "leaves.py").write_text("import sys; sys.exit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(f"ENTRACTE_{setting}", value)
    found = CliRunner().invoke(main, ["doctor", "--store", str(store)])
    assert (1, True) == (found.exit_code, told in found.output), found.output
    assert found.output.endswith("No region starts with these settings.\n")
    assert ("sound" in found.output) == stored


def test_one_mistake_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is too wide, in a module after one whose map was declared: that one is not told as there twice."""
    hall = tmp_path / "doctors"
    hall.mkdir()
    (hall / "__init__.py").write_text(
        "from screens.map import Map\n"
        "class DOCGOOD(Map): picture = ' A [a ]'\n"
        f"class DOCWIDE(Map): picture = ' A [a ]\\n{' ' * 80}[b ]'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("ENTRACTE_PROGRAMS", "doctors")
    monkeypatch.setenv("ENTRACTE_GOOD_MORNING_TRANSID", "NONE")
    found = CliRunner().invoke(main, ["doctor", "--store", str(tmp_path / "s.db")])
    wrong = [line for line in found.output.splitlines() if line.startswith("wrong ")]
    assert len(wrong) == 1, found.output
    assert "map DOCWIDE, row 2" in wrong[0]


def test_a_store_that_is_not_there_yet_is_nothing_wrong(tmp_path: Path) -> None:
    """The exit code is 0."""
    found = CliRunner().invoke(main, ["doctor", "--store", str(tmp_path / "s.db")])
    assert (0, True) == (found.exit_code, "none yet" in found.output)


@pytest.mark.parametrize(("name", "told"), [("no/s.db", "there is no folder"), (".", "is not a file")])
def test_a_store_that_cannot_be_made_is_wrong(tmp_path: Path, name: str, told: str) -> None:
    """The exit code is 1, for no region starts there."""
    found = CliRunner().invoke(main, ["doctor", "--store", str(tmp_path / name)])
    assert (1, True) == (found.exit_code, told in found.output), found.output
    assert found.output.endswith("No region starts with these settings.\n")


@contextmanager
def only_read(folder: Path) -> Iterator[None]:
    """A folder that this process cannot write for a while, though it be root's."""
    me = os.geteuid()
    folder.chmod(0o555)
    os.seteuid(me or 65534)
    try:
        yield
    finally:
        os.seteuid(me)
        folder.chmod(0o700)


@pytest.mark.parametrize("log", [None, b""], ids=["no log", "an empty log"])
def test_a_store_is_read_in_a_folder_that_cannot_be_written(log: bytes | None) -> None:
    """When all of it is in its file."""
    with TemporaryDirectory() as folder:
        store = Path(folder) / "s.db"
        asyncio.run(_made(store))
        for beside in ("s.db-wal", "s.db-shm"):
            store.with_name(beside).unlink(missing_ok=True)
        if log is not None:
            store.with_name("s.db-wal").write_bytes(log)
        store.chmod(0o444)
        with only_read(store.parent), opened(Settings(store=str(store))) as database:
            assert 0 == database.execute("SELECT count(*) FROM step").fetchone()[0]


def test_a_store_with_a_part_in_its_log_is_not_read_there() -> None:
    """What to do is told."""
    with TemporaryDirectory() as folder:
        store = Path(folder) / "s.db"
        asyncio.run(_made(store))
        store.with_name("s.db-shm").unlink(missing_ok=True)
        store.with_name("s.db-wal").write_bytes(b"committed")
        store.chmod(0o444)
        with (
            only_read(store.parent),
            pytest.raises(MonitorError, match="copy both to another folder"),
            opened(Settings(store=str(store))),
        ):
            pass

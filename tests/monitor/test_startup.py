"""What a region refuses to start on, and what it makes of odd but allowed settings."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.clock import SystemClock
from monitor.errors import MonitorError, StartupError, StoreBroken, StoreBusy
from monitor.exchange import Attachment, Reason, Refused
from monitor.inspection import opened
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import open_region, start, store_path
from monitor.store import Key, Store, Unit
from monitor.store.migrations import split_statements
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import Disk, InlineConnection, application_of, region_on
from tests.monitor.hooked import HookedStore
from tests.monitor.plain import PlainPresentation

BARE = Settings(programs=(), presentation="tests.monitor.plain:PlainPresentation", good_morning_transid="")


def settings_for(path: Path, **changes: object) -> Settings:
    """Settings of a region without programs, on this store."""
    values = {name: getattr(BARE, name) for name in Settings.__struct_fields__}
    return Settings(**{**values, "store": str(path), **changes})


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    """Nor is anything else that is not a file: said before SQLite is asked."""
    with pytest.raises(StartupError, match=f"{tmp_path} is not a file"):
        store_path(settings_for(tmp_path))


@pytest.mark.parametrize("locked", ["folder", "file"])
def test_a_store_that_cannot_be_written_is_told_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    """SQLite would only say that it cannot open, or write, something."""
    store = tmp_path / "store.db"
    store.touch()
    refused = tmp_path if locked == "folder" else store
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != refused)
    with pytest.raises(
        StartupError, match=f"{store} cannot be written; change the permissions of {refused},"
    ):
        store_path(settings_for(store))


async def test_a_store_that_is_held_at_the_start_asks_for_another_start(tmp_path: Path) -> None:
    """There is no key yet that could be pressed again."""
    store = tmp_path / "store.db"
    settings = settings_for(store, limits=Limits(store_busy_s_max=0.05))
    async with open_region(settings):
        pass
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"^another process holds the store; start again$"):
            async with open_region(settings):
                pass


async def test_history_may_be_kept_for_longer_than_there_is_a_calendar(tmp_path: Path) -> None:
    """A million days is a way to say for ever."""
    settings = settings_for(tmp_path / "store.db", limits=Limits(history_days_max=1_000_000))
    async with open_region(settings) as region:
        assert region.number == 1


@pytest.mark.parametrize("name", ["os:path", ":Presenter", "os", "no_such_module:Presenter"])
async def test_a_presentation_that_is_no_class_is_told(tmp_path: Path, name: str) -> None:
    """In one sentence, with the name."""
    with pytest.raises(StartupError, match=f"presentation '{name}'"):
        async with open_region(settings_for(tmp_path / "store.db", presentation=name)):
            pass


@pytest.mark.parametrize("end", ["", ";", "\n", ";\n-- the end\n", ";\n\n"])
def test_the_last_statement_of_a_schema_file_needs_no_semicolon(end: str) -> None:
    """It must not be lost: the file counts as applied."""
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in split_statements(f"CREATE TABLE a (b);\nINSERT INTO a VALUES ('x;y'){end}"):
            database.execute(statement)
        assert database.execute("SELECT b FROM a").fetchall() == [("x;y",)]


def application_in(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> str:
    """The name of a new package with these files in its schema folder."""
    name = f"hall_{folder.name}"
    (folder / name / "schema").mkdir(parents=True)
    (folder / name / "__init__.py").touch()
    for file, sql in files.items():
        (folder / name / "schema" / f"{file}.sql").write_text(sql)
    monkeypatch.syspath_prepend(str(folder))
    return name


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("0001_one", "0001_two"), "two schema changes of the number 1, 0001_one.sql and 0001_two.sql; give"),
        (("0001_one", "two"), r"schema file two.sql of hall_\w+ would never be applied; call it by a number"),
        (("0001_one", "0002_Two"), "schema file 0002_Two.sql of"),
    ],
)
async def test_a_schema_file_that_would_never_be_applied_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...], said: str
) -> None:
    """By its name, before anything is applied."""
    name = application_in(tmp_path, monkeypatch, **{file: f"CREATE TABLE t{file} (a)" for file in files})
    with pytest.raises(StartupError, match=said):
        async with open_region(settings_for(tmp_path / "store.db", programs=(name,))):
            pass


async def test_a_schema_change_that_came_late_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By regions and by `doctor`, for new stores would differ from old ones; under the next number it may come."""
    name = application_in(
        tmp_path, monkeypatch, **{f"{one}_x": f"CREATE TABLE t{one} (a)" for one in ("0001", "0003")}
    )
    settings = settings_for(tmp_path / "store.db", programs=(name,))
    async with open_region(settings):
        pass
    late = tmp_path / name / "schema" / "0002_late.sql"
    late.write_text("CREATE TABLE late (a)")
    said = (
        f"schema change 0002_late.sql of {name} came after 0003_x.sql, which the store has already: "
        "give it the next number, as 0004_late.sql"
    )
    with pytest.raises(StartupError, match=f"{said}; nothing was changed"):
        async with open_region(settings):
            pass
    monkeypatch.setenv("ENTRACTE_PROGRAMS", name)
    monkeypatch.setenv("ENTRACTE_GOOD_MORNING_TRANSID", "")
    told = CliRunner().invoke(main, ["doctor", "--store", settings.store])
    assert (1, True) == (told.exit_code, said in told.output), told.output
    assert told.output.endswith("Rename the schema file; no region starts on this store before.\n")
    late.rename(late.with_name("0004_late.sql"))
    async with open_region(settings):
        pass
    with opened(settings) as database:
        assert database.execute("SELECT count(*) FROM late").fetchone()[0] == 0


async def test_regions_that_start_at_once_apply_a_schema_change_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second finds it done."""
    name = application_in(
        tmp_path, monkeypatch, **{f"{one}_x": f"CREATE TABLE t{one} (a)" for one in ("0001", "0002")}
    )
    settings = settings_for(tmp_path / "store.db", programs=(name,))

    async def one_region() -> int:
        async with open_region(settings) as region:
            return region.number

    assert sorted(await asyncio.gather(*(one_region() for _ in range(4)))) == [1, 2, 3, 4]


async def test_a_store_whose_first_schema_change_failed_is_not_called_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no tables, not even the monitor's; the region that starts on it next makes them."""
    name = application_in(tmp_path, monkeypatch, **{"0001_one": "CREATE TABLE one (a); nonsense"})
    settings = settings_for(tmp_path / "store.db", programs=(name,))
    with pytest.raises(StartupError, match=f"schema change 0001_one.sql of {name} failed"):
        async with open_region(settings):
            pass
    with (
        pytest.raises(MonitorError, match=r"store\.db is empty: no region has started on it yet"),
        opened(settings),
    ):
        pass
    (tmp_path / name / "schema" / "0001_one.sql").write_text("CREATE TABLE one (a)")
    async with open_region(settings):
        pass
    with opened(settings) as database:
        assert database.execute("SELECT count(*) FROM one").fetchone()[0] == 0


def names_in(folder: Path) -> list[str]:
    """What is there."""
    return [file.name for file in folder.iterdir()]


async def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """Not a byte of it changes: neither tables nor its journal mode."""
    path = tmp_path / "customers.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE customer (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(
        StartupError, match=r"customers.db is no store of entracte's; name another with --store"
    ):
        async with open_region(settings_for(path)):
            pass
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["customers.db"]


async def test_a_store_that_is_moved_away_is_written_no_more(tmp_path: Path) -> None:
    """No step is stored where nobody would find it, and no region starts beside what is left of it."""
    path = tmp_path / "store.db"
    async with open_region(settings_for(path)) as region:
        assert isinstance(await region.attach("T001"), Attachment)
        path.rename(tmp_path / "elsewhere.db")
        with pytest.raises(StartupError, match=r"no store .*store\.db, but its log store\.db-wal"):
            async with open_region(settings_for(path)):
                pass
        refused = await region.attach("T002")
        assert isinstance(refused, Refused)
        assert "the store was moved or removed" in refused.text
        (tmp_path / "elsewhere.db").rename(path)
    async with open_region(settings_for(path)) as region:
        assert list(await region.store.select("SELECT id FROM terminal", {}, 9)) == [("T001",)]


async def test_a_store_whose_log_is_removed_is_written_no_more(tmp_path: Path) -> None:
    """Nothing is acknowledged that is in no file with a name; what was is saved when the region is stopped."""
    path = tmp_path / "store.db"
    async with open_region(settings_for(path)) as region:
        assert isinstance(await region.attach("T001"), Attachment)
        (tmp_path / "store.db-wal").unlink()
        for terminal in ("T002", "T003"):
            refused = await region.attach(terminal)
            assert isinstance(refused, Refused)
            assert "the store's log was moved or removed" in refused.text
        assert list(await region.store.select("SELECT id FROM terminal", {}, 9)) == [("T001",)]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT id FROM terminal").fetchall() == [("T001",)]


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


async def test_a_query_without_end_holds_up_no_browse(tmp_path: Path) -> None:
    """It has a connection of its own."""
    async with asyncio.timeout(20), open_region(settings_for(tmp_path / "store.db")) as region:
        asked = asyncio.ensure_future(region.store.select(ENDLESS, {}, 1))
        await asyncio.sleep(0.1)
        browsed = await region.store.browse("parked", by="id", start=None, rows_max=1, backward=False)
        assert (list(browsed), asked.done()) == ([], False)
        asked.cancel()


async def test_a_region_closes_while_a_query_runs(tmp_path: Path) -> None:
    """Whoever waits for the query is told; nobody waits for its end."""
    async with asyncio.timeout(20):
        async with open_region(settings_for(tmp_path / "store.db")) as region:
            asked = asyncio.ensure_future(region.store.select(ENDLESS, {}, 1))
            await asyncio.sleep(0.1)
        with pytest.raises(StoreBroken, match="interrupted"):
            await asked


async def test_a_region_goes_on_once_the_disk_takes_more(tmp_path: Path) -> None:
    """A quota, or a limit of the file's size, refuses steps as a full disk does, and breaks nothing for good."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with open_region(settings_for(tmp_path / "store.db")) as region:
        taken = await region.attach("T001")
        assert isinstance(taken, Attachment)
        log_bytes = (tmp_path / "store.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes, limits[1]))
        try:
            refused = await region.attach("T001")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert isinstance(refused, Refused)
        told = "the disk of the store takes no more; make room, then press the key again"
        assert (Reason.STORE, told) == (refused.reason, refused.text)
        again = await region.attach("T001")
        assert isinstance(again, Attachment)
        assert taken.epoch + 1 == again.epoch


def next_file() -> int:
    """The number the next file opened will have."""
    with open(os.devnull) as file:  # noqa: PTH123 no path of the test's
        return file.fileno()


async def test_a_start_that_fails_leaves_nothing_open(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the watchdog's thread nor the log; whoever embeds a region may try again for ever."""

    async def refuse(keys: Sequence[Key]) -> None:
        raise StoreBusy("held")

    monkeypatch.setattr(PlainPresentation, "layouts", lambda _: [(1, "{}")])
    connection = InlineConnection(disk.database)
    store = HookedStore(SqliteStore(connection, connection, connection, MONITOR_TABLES))
    store.before_read = refuse
    threads, free = set(threading.enumerate()), next_file()
    with pytest.raises(StoreBusy):
        await start(
            settings_for(tmp_path / "store.db", log=str(tmp_path / "log"), limits=Limits(runaway_s_max=1.0)),
            application_of([]),
            store=store,
            number=1,
            clock=SystemClock(),
            randomness=random.Random(1),  # noqa: S311 the same in every run
        )
    assert set(threading.enumerate()) <= threads
    assert next_file() == free


async def test_a_store_that_takes_no_layout_starts_no_region(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process could not show what is sent."""
    monkeypatch.setattr(PlainPresentation, "layouts", lambda _: [(1, "{}")])
    async with region_on(disk):
        disk.ask("DELETE FROM layout")
    disk.ask("CREATE TRIGGER full BEFORE INSERT ON layout BEGIN SELECT RAISE(ABORT, 'no more'); END")
    with pytest.raises(StartupError, match=r"table layout refuses them \(no more\)"):
        async with region_on(disk):
            pass
    disk.ask("DROP TRIGGER full")
    async with region_on(disk):
        assert disk.one("SELECT id FROM layout") == 1


async def test_a_layout_that_another_region_stores_meanwhile_is_the_same(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two regions of a new release may start at once."""
    stored = "INSERT INTO layout VALUES (1, '{}', 9)"

    async def store_first(units: Sequence[Unit]) -> None:
        disk.ask(stored)

    def around(store: Store) -> Store:
        hooked = HookedStore(store)
        hooked.before_commit = store_first
        return hooked

    monkeypatch.setattr(PlainPresentation, "layouts", lambda _: [(1, "{}")])
    async with region_on(disk, around=around):
        assert disk.one("SELECT fields FROM layout WHERE id = 1") == "{}"

"""The ground a region stands on in a replay: a store in memory or in a file, with the scenario's clock and seed."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from monitor.clock import VirtualClock
from monitor.program import load
from monitor.settings import Settings
from monitor.startup import MONITOR_SCHEMA, Region, open_region, start
from monitor.store.declared import check_tables
from monitor.store.migrations import migrate
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from screens.replay.determinism import Watch
from screens.replay.faults import ScenarioError, nearest
from screens.replay.plain_files import read_bytes
from screens.replay.scenario import Scenario

T = TypeVar("T")


class Ground(Protocol):
    """Where regions run, one at a time."""

    clock: VirtualClock

    async def start(self) -> Region:
        """A region on the data as it is."""
        ...

    async def end(self) -> None:
        """Close the region in good order."""
        ...

    async def drop(self) -> None:
        """Lose the region without a goodbye."""
        ...

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        ...

    def stray(self) -> tuple[str, ...]:
        """What programs did since the last question that a replay could not do again."""
        ...

    async def close(self) -> None:
        """End everything; the data is gone."""
        ...


class InlineConnection:
    """A connection with the verbs of `monitor.store.connection.Connection`, in the event loop's own thread."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` now."""
        return work(self._database)

    async def close(self) -> None:
        """The database belongs to the ground."""


def region_settings(scenario: Scenario, settings: Settings) -> Settings:
    """The settings, with what the scenario says; raises `ScenarioError` for a transaction there is not."""
    programs, transid = scenario.programs or settings.programs, scenario.transaction
    known = [program.transid for program in load(programs).programs]
    if transid and transid not in known:
        problem = f"there is no transaction {transid!r}: {nearest(transid, known)}"
        raise ScenarioError(scenario.file, scenario.lines.get("transaction", 0), problem)
    return msgspec.structs.replace(
        settings, programs=programs, good_morning_transid=transid, user=scenario.user
    )


class MemoryGround:
    """A store in memory that outlives its regions; the programs are watched for what cannot be replayed."""

    def __init__(self, scenario: Scenario, settings: Settings) -> None:
        self.clock = VirtualClock(scenario.starts)
        self._scenario = scenario
        self._settings = region_settings(scenario, settings)
        self._watch = Watch()
        self._application = self._watch.over(load(self._settings.programs), scenario.unwatched)
        self._database = _database_of(scenario, self._application.packages)
        self._random = Seeds(scenario.seed)
        self._regions = 0
        self._dropped: list[Region] = []
        self._region: Region | None = None

    async def start(self) -> Region:
        """A region over the database in memory."""
        connection = InlineConnection(self._database)
        tables = (*MONITOR_TABLES, *check_tables(self._database, self._application.tables))
        self._regions += 1
        self._region = await start(
            self._settings,
            self._application,
            store=SqliteStore(connection, connection, connection, tables),
            number=self._regions,
            clock=self.clock,
            randomness=self._random,
        )
        return self._region

    async def end(self) -> None:
        """Close the region."""
        if self._region is not None:
            self._region.close()
            self._region = None

    async def drop(self) -> None:
        """Forget the region; all it had in memory is lost."""
        if self._region is not None:
            self._dropped.append(self._region)
            self._region = None

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        return self._database.execute(sql).fetchall()

    def stray(self) -> tuple[str, ...]:
        """See `Watch.take`."""
        return self._watch.take()

    async def close(self) -> None:
        """Close the database."""
        await self.end()
        for region in self._dropped:
            region.close()
        self._database.close()


class FileGround:
    """A store in a file of a temporary folder, opened by `open_region` as any region opens it."""

    def __init__(self, scenario: Scenario, settings: Settings) -> None:
        self.clock = VirtualClock(scenario.starts)
        self._scenario = scenario
        self._folder = tempfile.TemporaryDirectory(prefix="entracte-replay-", ignore_cleanup_errors=True)
        self._file = Path(self._folder.name) / "replay.db"
        self._settings = msgspec.structs.replace(region_settings(scenario, settings), store=str(self._file))
        self._random = Seeds(scenario.seed)
        self._dropped: list[AsyncExitStack] = []
        self._open: AsyncExitStack | None = None

    async def start(self) -> Region:
        """A region on the file; the first one makes it."""
        new = not self._file.exists()
        if new:
            load_fixture(self._scenario, self._settings)
        self._open = AsyncExitStack()
        return await self._open.enter_async_context(
            open_region(self._settings, clock=self.clock, randomness=self._random)
        )

    async def end(self) -> None:
        """Close the region and its connections."""
        if self._open is not None:
            await self._open.aclose()
            self._open = None

    async def drop(self) -> None:
        """Leave the region as it is, connections open, and never speak to it again."""
        if self._open is not None:
            self._dropped.append(self._open)
            self._open = None

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the file, through a connection of its own."""
        with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def stray(self) -> tuple[str, ...]:
        """Nothing: programs are watched on the ground in memory."""
        return ()

    async def close(self) -> None:
        """Close what is open and delete the folder."""
        await self.end()
        for dropped in self._dropped:
            with suppress(Exception):
                await dropped.aclose()
        self._folder.cleanup()


class Seeds(random.Random):
    """Seeds of conversations: the first one is given, and all later ones follow from it."""

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self._first = first

    def give(self, seed: int) -> None:
        """Make `seed` the next one."""
        self._first = seed

    def getrandbits(self, bits: int, /) -> int:
        """The next seed."""
        if self._first:
            first, self._first = self._first, 0
            return first
        return super().getrandbits(bits)


def new_database(packages: tuple[str, ...]) -> sqlite3.Connection:
    """A database in memory with the schema and the first data of the monitor and some applications."""
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, uri=True)
    database.deserialize(pages_of_new(packages))
    database.execute("PRAGMA foreign_keys = ON")
    return database


@cache
def pages_of_new(packages: tuple[str, ...]) -> bytes:
    """The pages of a new database: made once for all scenarios of a process."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        migrate(database, (MONITOR_SCHEMA, *packages))
        return database.serialize()


def load_fixture(scenario: Scenario, settings: Settings) -> None:
    """Make the store the settings name, with the scenario's fixture; nothing for a scenario without one."""
    if scenario.fixture is None:
        return
    with (
        closing(_database_of(scenario, load(settings.programs).packages)) as database,
        closing(sqlite3.connect(settings.store)) as file,
    ):
        database.backup(file)


def _database_of(scenario: Scenario, packages: tuple[str, ...]) -> sqlite3.Connection:
    """A new database with the scenario's fixture."""
    database = new_database(packages)
    if scenario.fixture is None:
        return database
    try:
        database.executescript(read_bytes(scenario.fixture).decode().replace("\r\n", "\n"))
    except (OSError, ValueError, sqlite3.Error) as error:
        database.close()
        told = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(
            scenario.file, 0, f"fixture {scenario.fixture} cannot be loaded: {told}"
        ) from error
    if database.in_transaction:
        database.close()
        problem = f"fixture {scenario.fixture} leaves a transaction open: end it with COMMIT"
        raise ScenarioError(scenario.file, 0, problem)
    return database

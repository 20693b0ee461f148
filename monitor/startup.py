"""A region: the store opened, the programs loaded, the dispatcher ready; and all of it closed again."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast

from monitor.admission import Admission
from monitor.children import watch_children
from monitor.clock import Clock, SystemClock, stamp
from monitor.committer import Committer
from monitor.deadline import Deadlines
from monitor.dispatcher import Dispatcher
from monitor.engine import Engine
from monitor.errors import StartupError, StoreError
from monitor.exchange import Attachment, Inbound, Outbound, Presentation, Refused
from monitor.files import Reports
from monitor.history import prune
from monitor.importing import named
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.log import RegionLog
from monitor.offload import Processes
from monitor.parking import Parked
from monitor.program import Application, load
from monitor.runaway import Watchdog
from monitor.settings import Settings
from monitor.store import Key, Rejected, Row, Store, Table, Unit
from monitor.store.connection import Connection, ThreadConnection, connect
from monitor.store.declared import check_tables
from monitor.store.migrations import migrate
from monitor.store.process import start as start_process
from monitor.store.relay import RelayedStore
from monitor.store.sqlite import SqliteStore, translated
from monitor.store.tables import MONITOR_TABLES
from monitor.store.wire import opening_of
from monitor.threads import Threads
from monitor.unit_of_work import Overlay
from monitor.units import UnitIds

MONITOR_SCHEMA = "monitor.store"


class Region(NamedTuple):
    """One process's share of the work: it holds nothing that another could not take over."""

    number: int
    application: Application
    presentation: Presentation
    store: Store
    engine: Engine
    committer: Committer
    admission: Admission
    dispatcher: Dispatcher
    leave_children: Callable[[], None]
    log: RegionLog

    def attach(self, terminal: str) -> Coroutine[Any, Any, Attachment | Refused]:
        """See `Dispatcher.attach`."""
        return self.dispatcher.attach(terminal)

    def step(self, inbound: Inbound) -> Coroutine[Any, Any, Outbound | Refused]:
        """See `Dispatcher.step`."""
        return self.dispatcher.step(inbound)

    def elsewhere_cpu_s(self) -> float:
        """Processor time the store's own process has used, in seconds; what `time.process_time` leaves out."""
        return self.store.cpu_s if isinstance(self.store, RelayedStore) else 0.0

    def close(self) -> None:
        """Stop watching and logging, end the worker processes; whoever opened the store closes it."""
        self.leave_children()
        self.engine.watchdog.close()
        self.engine.processes.close()
        self.log.log.info("region stopped", region=self.number, units=self.committer.units)
        self.log.close()


@asynccontextmanager
async def open_region(
    settings: Settings,
    *,
    clock: Clock | None = None,
    randomness: random.Random | None = None,
    commit_delay_s: float = 0.0,
) -> AsyncIterator[Region]:
    """Open the store named in the settings, bring its schema up to date, and start a region on it."""
    application = load(settings.programs)
    path = store_path(settings)
    limits = settings.limits
    async with _connections(path, limits, commit_delay_s, application) as (connections, found):
        tables = (*MONITOR_TABLES, *found)
        opening = opening_of(path, tables, limits.store_busy_s_max, limits.store_cache_kib, commit_delay_s)
        writer, reader, browser, querier = connections
        near = SqliteStore(writer, reader, browser, tables, querier)
        store = RelayedStore(
            near,
            lambda: start_process(opening),
            limits.store_process_units_min,
            lambda text: region.log.log.info("store process", text=text),
        )
        with _starting():
            number = await _register(writer, clock or SystemClock(), settings.limits)
            region = await start(
                settings,
                application,
                store=store,
                number=number,
                clock=clock or SystemClock(),
                randomness=randomness or random.SystemRandom(),
            )
        store.contended = region.engine.threads.contend
        try:
            yield region
        finally:
            region.close()
            near.give_up_queries()
            await store.close()


def store_path(settings: Settings) -> Path:
    """The store's file, there or still to be made; raises `StartupError` if it cannot be written."""
    path = Path(settings.store).absolute()
    if not path.parent.is_dir():
        raise StartupError(f"there is no folder {path.parent} for the store; make it, or name another")
    if path.exists() and not path.is_file():
        raise StartupError(f"{path} is not a file, so it cannot be the store; name another")
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and log.exists() and log.stat().st_size:
        raise StartupError(
            f"there is no store {path}, but its log {log.name}: another region may be writing it; "
            "stop that one and put the store back, or move the log away"
        )
    for needed in (path.parent, path):  # the folder as well: SQLite keeps its log beside the store
        if needed.exists() and not os.access(needed, os.W_OK):
            raise StartupError(
                f"the store {path} cannot be written; change the permissions of {needed}, or name another"
            )
    return path


@asynccontextmanager
async def _connections(
    path: Path, limits: Limits, commit_delay_s: float, application: Application
) -> AsyncIterator[tuple[list[ThreadConnection], tuple[Table, ...]]]:
    """One connection that writes, and three that read; the applications' tables as they are."""
    opened: list[ThreadConnection] = []

    async def open_one(read_only: bool) -> ThreadConnection:
        opened.append(
            await connect(
                path,
                read_only=read_only,
                busy_s_max=limits.store_busy_s_max,
                cache_kib=limits.store_cache_kib,
                commit_delay_s=0.0 if read_only else commit_delay_s,
            )
        )
        return opened[-1]

    try:
        with _starting():
            writer = await open_one(read_only=False)
            tables = await prepare_schema(writer, application)
            for _ in range(3):
                await open_one(read_only=True)
        with translated():
            yield opened, tables
    finally:
        for connection in reversed(opened):
            await connection.close()


@contextmanager
def _starting() -> Iterator[None]:
    """The store's errors before anybody is at work: there is no key to press again."""
    try:
        with translated():
            yield
    except StoreError as error:
        raise type(error)(str(error).replace("press the key again", "start again")) from error


async def prepare_schema(writer: Connection, application: Application) -> tuple[Table, ...]:
    """Apply the schema changes of the monitor and its applications; the record types' tables as they are then."""
    packages = (MONITOR_SCHEMA, *application.packages)
    await writer.run(lambda database: migrate(database, packages))
    return await writer.run(lambda database: check_tables(database, application.tables))


async def _register(writer: Connection, clock: Clock, limits: Limits) -> int:
    started = clock.now()
    oldest = _before(started, limits.history_days_max)
    process = f"{socket.gethostname()} {os.getpid()}"

    def register(database: sqlite3.Connection) -> int:
        database.execute("BEGIN IMMEDIATE")
        cursor = database.execute(
            "INSERT INTO region (started, process) VALUES (?, ?)",
            (started.isoformat(timespec="seconds"), process),
        )
        database.execute("COMMIT")
        prune(database, stamp(oldest))
        return cast("int", cursor.lastrowid)

    return await writer.run(register)


def _before(moment: datetime, days: int) -> datetime:
    try:
        return moment - timedelta(days=days)
    except OverflowError:  # so many that nothing is that old
        return datetime.min.replace(tzinfo=UTC)


async def start(
    settings: Settings,
    application: Application,
    *,
    store: Store,
    number: int,
    clock: Clock,
    randomness: random.Random,
) -> Region:
    """Put a region together over an open store; `number` is its own among all that ever opened it."""
    limits = settings.limits
    with ExitStack() as opened:
        log = _open_log(settings.log)
        opened.callback(log.close)
        presentation = load_presentation(settings.presentation)
        check_good_morning(settings, application)
        watchdog = Watchdog(limits.runaway_s_max)
        opened.callback(watchdog.close)
        engine = Engine(
            application.programs,
            presentation,
            Loader(store),
            Reports(store, limits.browse_rows_max, (Parked.table, *application.tables)),
            Overlay(),
            locks := UpdateLocks(),
            UnitIds(number),
            watchdog,
            Deadlines(limits.wait_s_max, locks.suspends),
            log.log,
            Threads(limits.threads_max, limits.runaway_s_max),
            Processes(limits.processes_max),
            clock,
            randomness,
            limits,
        )
        await _store_layouts(store, presentation, engine.units)
        region = _region(settings, application, store, number, engine, log)
        opened.pop_all()
    log.log.info("region started", region=number, programs=[program.transid for program in engine.programs])
    return region


def _region(
    settings: Settings, application: Application, store: Store, number: int, engine: Engine, log: RegionLog
) -> Region:
    limits = settings.limits
    committer = Committer(store, limits.batch_units_max, engine.overlay.settle)
    admission = Admission(limits.tasks_max, limits.waiting_max)
    dispatcher = Dispatcher(
        engine, committer, admission, good_morning=settings.good_morning_transid, user=settings.user
    )
    return Region(
        number,
        application,
        engine.presentation,
        store,
        engine,
        committer,
        admission,
        dispatcher,
        watch_children(engine.watchdog),
        log,
    )


def _open_log(path: str) -> RegionLog:
    try:
        return RegionLog(path)
    except OSError as error:
        raise StartupError(
            f"log {path} cannot be written ({error.strerror}); correct the settings"
        ) from error


def load_presentation(name: str) -> Presentation:
    """What the settings name as the presentation; raises `StartupError`."""
    try:
        made: Callable[[], Any] = named(name)
    except (ImportError, AttributeError, ValueError, SystemExit) as error:
        raise StartupError(
            f"presentation {name!r} cannot be loaded ({error}); correct the settings"
        ) from error
    if not callable(made):
        raise StartupError(f"presentation {name!r} is not a class; correct the settings")
    return cast("Presentation", made())


def check_good_morning(settings: Settings, application: Application) -> None:
    """Raise `StartupError` unless the transaction that new terminals begin with is loaded."""
    transid = settings.good_morning_transid
    if transid and transid not in application.programs:
        known = ", ".join(sorted(program.transid for program in application.programs))
        raise StartupError(
            f"good_morning_transid {transid} is not loaded; this region has {known or 'no programs'}: "
            "set it to one of them, or to an empty text"
        )


async def _store_layouts(store: Store, presentation: Presentation, units: UnitIds) -> None:
    """Keep every layout in the store before the first screen of it is sent; raises `StartupError`.

    One that another region stores meanwhile is the same, for its id is made from its content: nothing conflicts.
    """
    layouts = dict(presentation.layouts())
    keys = [Key("layout", layout) for layout in layouts]
    stored = await store.read(keys) if keys else []
    unit = units.new()
    writes: dict[Key, Row | None] = {
        key: (key.value, layouts[cast("int", key.value)], unit)
        for key, record in zip(keys, stored, strict=True)
        if record is None
    }
    if writes:
        (verdict,) = await store.commit([Unit(unit, {}, writes, [])])
        if isinstance(verdict, Rejected):
            raise StartupError(
                f"the maps cannot be stored: table layout refuses them ({verdict.text}); correct it with SQL"
            )

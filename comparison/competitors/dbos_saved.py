"""DBOS Transact: a durable workflow a transfer. It answers the check with an event, waits for a message, and posts.

The bank's rows are written by a transaction step of a datasource, so that each is applied exactly once; the
workflow's own records are in the system database, on SQLite as well.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID, SQLAlchemyDatasource

from comparison import sql
from comparison.competitor import Line
from comparison.line_server import decode, encode
from comparison.teller import (
    ACCOUNTS,
    LEDGER,
    REBALANCE,
    Moved,
    answer,
    decoded,
    empty_form,
    encoded,
    found,
    read,
)
from monitor.exchange import Aid, Inbound
from monitor.store.connection import HopConnection

if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
    raise ImportError(
        f"DBOS on Python 3.12 and later needs SQLite 3.42, and this is {sqlite3.sqlite_version}"
    )

WAIT_S_MAX = 90 * 86_400.0
POLL_S = 0.01
"""How often DBOS looks for messages and events on SQLite.

Its own default is 1 s; its shortest, 1 ms, was slower than this at 20 terminals, and 50 ms slower at one.
"""
Screens = tuple[str, str]
"""The area and the screen after a check."""


class Clerk:
    """The workflows of one process; DBOS has one registry a process, so they are declared with it."""

    def __init__(self, bank: sa.Engine, url: str) -> None:
        self._bank = bank
        source = SQLAlchemyDatasource.create(url, engine=bank)

        @source.transaction
        def post(area: str, screen: str, taken: str) -> str:
            cursor = source.sql_session().connection().connection.cursor()
            inbound = decode(taken)
            reading = read(screen, inbound)
            rows = cursor.execute(ACCOUNTS, reading.numbers).fetchall()
            result = answer(reading, decoded(area), found(rows), datetime.now(UTC))
            assert result.moved is not None  # noqa: S101 what PF5 comes to
            _post(cursor, result.moved)
            return result.screen

        @DBOS.step()
        async def check(terminal: str, taken: str) -> Screens:
            reading = read(empty_form(terminal), decode(taken))
            rows = await asyncio.to_thread(self._accounts, reading.numbers)
            result = answer(reading, decoded("{}"), found(rows), datetime.now(UTC))
            return encoded(result.area), result.screen

        @DBOS.workflow(name="transfer")
        async def transfer(terminal: str, taken: str) -> str:
            """One transfer: the check, the wait for PF5, the posting."""
            area, screen = await check(terminal, taken)
            await DBOS.set_event_async("checked", screen)
            pressed: str = await DBOS.recv_async("key", timeout_seconds=WAIT_S_MAX)
            return await asyncio.to_thread(post, area, screen, pressed)

        self._transfer: Callable[[str, str], Any] = transfer
        self._under_way: dict[str, Any] = {}

    def _accounts(self, numbers: tuple[str, str]) -> list[Any]:
        with self._bank.connect() as connection:
            rows: list[Any] = connection.connection.cursor().execute(ACCOUNTS, numbers).fetchall()  # no lock
            return rows

    async def send(self, inbound: Inbound) -> str:
        """Enter starts a workflow and takes its event; PF5 sends it a message and takes its result."""
        taken = encode(inbound).decode()
        if inbound.aid is Aid.PF5:
            workflow = f"{inbound.terminal}-{inbound.sequence - 1:09}"
            await DBOS.send_async(workflow, taken, "key")
            handle = self._under_way.pop(workflow, None) or await DBOS.retrieve_workflow_async(workflow)
            screen: str = await handle.get_result()
            return screen
        workflow = f"{inbound.terminal}-{inbound.sequence:09}"
        with SetWorkflowID(workflow):
            handle = await DBOS.start_workflow_async(self._transfer, inbound.terminal, taken)
        self._under_way[workflow] = handle
        checked: str = await DBOS.get_event_async(workflow, "checked")
        return checked


def _post(cursor: Any, moved: Moved) -> None:
    cursor.executemany(REBALANCE, [(balance, 1, number) for number, balance in moved.balances])
    cursor.execute(LEDGER, moved.ledger)


def _engine(url: str, commit_delay_s: float, *, system: bool) -> sa.Engine:
    factory = {"factory": HopConnection}  # its commits can be made slower
    engine = sa.create_engine(url, pool_size=20, max_overflow=20, connect_args=factory)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = "IMMEDIATE" if system else None
        connection.commit_delay_s = commit_delay_s
        for pragma in (*sql.PRAGMAS, "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        """The balances are read and written under one lock: sqlite3 alone would begin at the first write."""
        if not system:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Clerk]:
    """DBOS launched; what it finds under way is taken up again."""
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
    system_url, bank_url = f"sqlite:///{store.with_suffix('.dbos.db')}", f"sqlite:///{store}"
    system = _engine(system_url, commit_delay_s, system=True)
    bank = _engine(bank_url, commit_delay_s, system=False)
    config: DBOSConfig = {
        "name": "comparison",
        "system_database_url": system_url,
        "system_database_engine": system,
        "notification_listener_polling_interval_sec": POLL_S,
        "log_level": "CRITICAL",
    }
    DBOS(config=config)
    clerk = Clerk(bank, bank_url)
    DBOS.launch()
    try:
        yield clerk
    finally:
        DBOS.destroy(destroy_registry=True)
        # it had put its own executor in the loop's place, and has shut it down
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        for engine in (system, bank):
            engine.dispose()


async def attach(clerk: Clerk, terminal: str) -> Line:
    """The terminal's latest workflow: on its check, or over."""
    latest = await DBOS.list_workflows_async(workflow_id_prefix=f"{terminal}-", sort_desc=True, limit=1)
    if not latest:
        return Line(clerk.send, terminal, 1, 1, empty_form(terminal))
    workflow, sequence = latest[0].workflow_id, int(latest[0].workflow_id.partition("-")[2])
    if latest[0].status == "SUCCESS":
        return Line(clerk.send, terminal, 1, sequence + 1, str(latest[0].output))
    return Line(clerk.send, terminal, 1, sequence, await DBOS.get_event_async(workflow, "checked"))


written = (Clerk, _post)

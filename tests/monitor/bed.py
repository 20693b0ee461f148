"""The test bed: regions over one SQLite database that lives in the event loop's thread, and terminals on them."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.clock import Clock, VirtualClock
from monitor.exchange import Aid, Attachment, Host, Inbound, Outbound, Refused
from monitor.limits import Limits
from monitor.program import Application, Program, ProgramTable
from monitor.settings import Settings
from monitor.startup import Region, prepare_schema, start
from monitor.store import Store
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.plain import Shown, addressed, shown
from tests.monitor.records import TABLES

T = TypeVar("T")
BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
QUIET = Limits(runaway_s_max=0.0)
Body = Callable[[Task[NoArea]], Awaitable[object]]
"""What a program does in one step, with its task."""


class InlineConnection:
    """A connection with the verbs of `monitor.store.connection.Connection` that runs in the loop's thread."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work`, once the loop has come round."""
        await asyncio.sleep(0)
        return work(self._database)

    async def close(self) -> None:
        """The database belongs to the test."""


class Disk:
    """A database in memory that outlives the regions on it."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA foreign_keys = ON")
        self.regions = 0

    def __del__(self) -> None:
        self.database.close()  # from Python 3.13 on, one that is forgotten open is a warning

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of the tests' own SQL."""
        return self.database.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Any:
        """The first column of the only row."""
        ((value,),) = self.ask(sql, *values)
        return value

    def accounts(self, balances: Mapping[int, int]) -> None:
        """Open accounts, each owned by `OWNER <number>`."""
        self.database.executemany(
            "INSERT INTO account VALUES (?, ?, ?, 1)",
            [(number, f"OWNER {number}", balance) for number, balance in balances.items()],
        )

    def balance(self, number: int) -> int:
        """What is durable of an account's balance."""
        balance: int = self.one("SELECT balance FROM account WHERE number = ?", number)
        return balance


def application_of(programs: Iterable[Program[Any]]) -> Application:
    """What loading modules with these programs and the tests' records gives."""
    return Application(ProgramTable(programs), TABLES, ("tests.monitor",))


@asynccontextmanager
async def region_on(
    disk: Disk,
    *programs: Program[Any],
    limits: Limits = QUIET,
    good_morning: str = "",
    clock: Clock | None = None,
    around: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[Region]:
    """A region with these programs; `around` may wrap its store."""
    application = application_of(programs)
    connection = InlineConnection(disk.database)
    tables = (*MONITOR_TABLES, *await prepare_schema(connection, application))
    disk.regions += 1
    region = await start(
        Settings(
            presentation="tests.monitor.plain:PlainPresentation",
            good_morning_transid=good_morning,
            limits=limits,
        ),
        application,
        store=around(SqliteStore(connection, connection, connection, tables)),
        number=disk.regions,
        clock=clock or VirtualClock(BEGINNING),
        randomness=random.Random(disk.regions),  # noqa: S311 the same in every run
    )
    try:
        yield region
    finally:
        region.close()


class Terminal:
    """A terminal that keeps count, and refuses to be refused unless the test asks for it."""

    def __init__(self, host: Host, name: str = "T001") -> None:
        self.host = host
        self.name = name
        self.epoch = 0
        self.sequence = 0
        self.screen = ""

    async def attach(self) -> Shown:
        """Take the terminal over."""
        attached = await self.host.attach(self.name)
        assert isinstance(attached, Attachment), attached
        self.epoch, self.sequence, self.screen = attached.epoch, attached.sequence, attached.screen
        return shown(self.screen)

    def input(self, aid: Aid = Aid.ENTER, text: str = "", **fields: str) -> Inbound:
        """The next input, not sent yet."""
        return Inbound(
            self.name, self.epoch, self.sequence + 1, aid, fields=addressed(self.screen, fields), text=text
        )

    async def send(self, inbound: Inbound) -> Outbound | Refused:
        """Send an input; the terminal moves on if it is answered."""
        answer = await self.host.step(inbound)
        if isinstance(answer, Outbound):
            self.sequence, self.screen = answer.sequence, answer.screen
        return answer

    async def press(self, aid: Aid = Aid.ENTER, text: str = "", **fields: str) -> Shown:
        """Send the next input and look at the screen it brings."""
        answer = await self.send(self.input(aid, text, **fields))
        assert isinstance(answer, Outbound), answer
        return shown(answer.screen)

    async def refused(self, aid: Aid = Aid.ENTER, text: str = "", **fields: str) -> Refused:
        """Send the next input and see it refused."""
        answer = await self.send(self.input(aid, text, **fields))
        assert isinstance(answer, Refused), answer
        return answer


async def settle(turns: int = 50) -> None:
    """Let everything that can go on without time passing go on."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def dumps(disk: Disk) -> list[tuple[str, str, str]]:
    """(transaction id, code, message) of every dump, in order."""
    rows: list[tuple[str, str, str]] = disk.ask("SELECT transid, code, message FROM dump ORDER BY number")
    return rows


async def perform(disk: Disk, *bodies: Body) -> None:
    """Run each body as the program of a step of its own; what a body asserts is raised here."""
    failures: list[BaseException] = []
    waiting = list(bodies)

    @transaction("TEST")
    async def test(task: Task[NoArea]) -> Outcome:
        try:
            await waiting.pop(0)(task)
        except BaseException as error:
            failures.append(error)
            raise
        return Finish(Send("NOTE", {"text": "done"}))

    async with region_on(disk, test, limits=msgspec.structs.replace(QUIET, browse_rows_max=50)) as region:
        if not disk.ask("SELECT 1 FROM account"):
            disk.accounts({number: number * 10 for number in range(1, 10)})
        terminal = Terminal(region)
        await terminal.attach()
        for _ in bodies:
            await terminal.press(text="TEST")
            if failures:
                raise failures[0]

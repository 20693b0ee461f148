"""Competitor: the same step as a plain asyncio handler that commits one aiosqlite transaction a step.

Written as a good engineer would: the same tables, rows and maps; reads on a connection of their own, so that
they need not wait for the writer; one statement for both accounts; one lock around the one writing
connection. As with aiosqlite in general every statement is a hop to a connection's thread and back: a check makes
six of them, a post eight. `comparison/competitors/asyncio_grouped.py` does without.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosqlite
import msgspec

from comparison import sql
from comparison.entracte import SOURCE, typed_fields
from comparison.workload import Transfer as Typed
from comparison.workload import WrongAnswer
from monitor.ending import masked_input
from monitor.exchange import Aid, Inbound, Received, Send
from monitor.settings import Settings
from monitor.startup import open_region
from monitor.store.connection import RUN, HopConnection
from screens.presenter import Presenter
from transactions.bank.maps import XFER01
from transactions.bank.records import Account, minor_units, money
from transactions.bank.transfer import Transfer, effects, fault_in, wanted

_STATE = """
SELECT c.id, c.written_by, s.number, s.sequence, s.area, s.screen FROM terminal t
JOIN conversation c ON c.id = t.conversation JOIN step s ON s.unit = c.written_by WHERE t.id = ?
"""
_ACCOUNTS = "SELECT number, owner, balance FROM account WHERE number IN (?, ?)"
_REBALANCE = "UPDATE account SET balance = ?, written_by = ? WHERE number = ?"
_LEDGER = """
INSERT INTO ledger (source, target, amount, reference, posted_at, terminal) VALUES (?, ?, ?, ?, ?, ?)
"""
_STEP = "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_POINT = "UPDATE conversation SET written_by = ? WHERE id = ? AND written_by = ?"


class Desk:
    """What all handlers share: two connections, the lock of the writing one, and the maps."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, region: int) -> None:
        self.writer = writer
        self.reader = reader
        self.lock = asyncio.Lock()
        self.presenter = Presenter()
        self.units = itertools.count((region << 32) + 1)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[None]:
        """One transaction at a time on the writing connection; backed out when anything is raised in it."""
        async with self.lock:
            await self.writer.execute_fetchall("BEGIN IMMEDIATE")
            try:
                yield
                await self.writer.execute_fetchall("COMMIT")
            except BaseException:
                await self.writer.rollback()
                raise


class Handler:
    """One terminal; its conversation is in the store between two steps."""

    def __init__(self, desk: Desk, terminal: str) -> None:
        self._desk = desk
        self._terminal = terminal
        self.sequence = 1
        """Of the last input."""

    async def check(self, transfer: Typed) -> None:
        """Enter, with the four fields."""
        await self.answer(self._inbound(Aid.ENTER, typed_fields(transfer)))

    async def post(self) -> None:
        """PF5."""
        await self.answer(self._inbound(Aid.PF5, ()))

    async def answer(self, inbound: Inbound) -> str:
        """One step; returns its screen once it is committed."""
        self.sequence = inbound.sequence
        return await (self._post(inbound) if inbound.aid is Aid.PF5 else self._check(inbound))

    async def _check(self, inbound: Inbound) -> str:
        """Look the accounts up, keep the area and the screen."""
        desk, state = self._desk, await self._state()
        received = desk.presenter.receive(state[5], inbound)
        form = XFER01.receive(received)
        source, target = await self._accounts(desk.reader, form)
        if fault_in(form, source, target) or source is None or target is None:
            raise WrongAnswer(f"{self._terminal}: refused")
        amount = minor_units(form.amount or Decimal(0))
        send = self.page(form, "Press F5 to post, or F12 to change it", **effects(source, target, amount))
        async with desk.unit_of_work():
            _, screen = await self._keep(state, inbound, received, wanted(form), send)
        return screen

    async def _post(self, inbound: Inbound) -> str:
        """Move the money, and keep the area and the screen, in one transaction."""
        desk, state = self._desk, await self._state()
        received = desk.presenter.receive(state[5], inbound)
        form = XFER01.receive(received)
        area = msgspec.json.decode(state[4], type=Transfer)
        if form.errors or wanted(form) != area:
            raise WrongAnswer(f"{self._terminal}: changed")
        amount = minor_units(area.amount)
        posted_at = datetime.now(UTC).isoformat(timespec="seconds")
        send = self.page(None, f"{money(amount):,} posted from {form.source} to {form.target}")
        async with desk.unit_of_work():
            source, target = await self._accounts(desk.writer, form)
            if fault_in(form, source, target) or source is None or target is None:
                raise WrongAnswer(f"{self._terminal}: refused")
            unit, screen = await self._keep(state, inbound, received, Transfer(), send)
            changes = (
                (source.balance - amount, unit, source.number),
                (target.balance + amount, unit, target.number),
            )
            await desk.writer.executemany(_REBALANCE, changes)
            row = (source.number, target.number, amount, form.reference, posted_at, self._terminal)
            await desk.writer.execute_fetchall(_LEDGER, row)
        return screen

    def _inbound(self, aid: Aid, fields: tuple[tuple[int, str], ...]) -> Inbound:
        return Inbound(self._terminal, 1, self.sequence + 1, aid, SOURCE, fields)

    def page(self, form: XFER01 | None, say: str, **values: Any) -> Send:
        return XFER01.show(form, user="GUEST", terminal=self._terminal, message=say, **values)

    async def _state(self) -> Any:
        rows = list(await self._desk.reader.execute_fetchall(_STATE, (self._terminal,)))
        if rows[0][3] != self.sequence - 1:
            raise WrongAnswer(f"{self._terminal}: input {self.sequence} after {rows[0][3]}")
        return rows[0]

    @staticmethod
    async def _accounts(
        connection: aiosqlite.Connection, form: XFER01
    ) -> tuple[Account | None, Account | None]:
        rows = await connection.execute_fetchall(_ACCOUNTS, (form.source, form.target))
        found = {row[0]: Account(*row) for row in rows}
        return found.get(form.source), found.get(form.target)

    async def _keep(
        self, state: Any, inbound: Inbound, received: Received, area: Transfer, send: Send
    ) -> tuple[int, str]:
        desk, unit = self._desk, next(self._desk.units)
        conversation, before, number, _, _, shown = state
        screen = desk.presenter.compose(shown, received, send)
        row = (
            unit, conversation, number + 1, before, self._terminal, inbound.sequence, "GUEST", "XFER",
            masked_input(inbound, received), "converse", "", "XFER", "Transfer", Transfer.version,
            msgspec.json.encode(area).decode(), screen,
            datetime.now(UTC).isoformat(timespec="milliseconds"), 0, 1,
        )  # fmt: skip
        await desk.writer.execute_fetchall(_STEP, row)
        cursor = await desk.writer.execute(_POINT, (unit, conversation, before))
        if cursor.rowcount != 1:
            raise WrongAnswer(f"{self._terminal}: another wrote the conversation")
        return unit, screen


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Desk]:
    """The handlers' connections on `store`, with the same PRAGMAs as a region's."""
    async with open_region(Settings(store=str(store), good_morning_transid="")) as region:
        number = region.number
    uri = store.absolute().as_uri()  # noqa: ASYNC240 computes, does not touch the disk
    async with (
        aiosqlite.connect(uri, uri=True, isolation_level=None, factory=HopConnection) as writer,
        aiosqlite.connect(uri, uri=True, isolation_level=None) as reader,
    ):
        for pragma in sql.PRAGMAS:
            await writer.execute_fetchall(f"PRAGMA {pragma}")

        def slow_down(database: sqlite3.Connection) -> None:
            if isinstance(database, HopConnection):
                database.commit_delay_s = commit_delay_s

        await writer.execute_fetchall(RUN, (slow_down,))
        yield Desk(writer, reader, number)


async def session(desk: Desk, terminal: str) -> Handler:
    """A terminal whose conversation stands on an empty transfer form."""
    handler, unit = Handler(desk, terminal), next(desk.units)
    screen = desk.presenter.compose(desk.presenter.blank(), Received(Aid.ENTER), handler.page(None, ""))
    started = datetime.now(UTC).isoformat(timespec="milliseconds")
    step = (unit, unit, 1, 0, terminal, 1, "GUEST", "XFER", "{}", "started", "", "XFER", "Transfer", 1)
    async with desk.unit_of_work():
        await desk.writer.execute_fetchall(
            "INSERT INTO terminal VALUES (?, 1, 'GUEST', ?, ?)", (terminal, unit, unit)
        )
        await desk.writer.execute_fetchall(
            "INSERT INTO conversation VALUES (?, ?, 'open', 1, ?)", (unit, terminal, unit)
        )
        area = msgspec.json.encode(Transfer()).decode()
        await desk.writer.execute_fetchall(_STEP, (*step, area, screen, started, 0, 1))
    return handler


class Greeting(msgspec.Struct):
    """Where a conversation stands, as a server tells a terminal that comes back."""

    sequence: int
    screen: str


async def resumed(desk: Desk, terminal: str) -> tuple[Handler, str]:
    """A terminal where the store has it, and its screen; on an empty form if the store does not know it."""
    rows = list(await desk.reader.execute_fetchall(_STATE, (terminal,)))
    if not rows:
        await session(desk, terminal)
        rows = list(await desk.reader.execute_fetchall(_STATE, (terminal,)))
    handler = Handler(desk, terminal)
    handler.sequence = rows[0][3]
    return handler, rows[0][5]

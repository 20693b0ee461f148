"""LangGraph: a graph a conversation, interrupted between two screens, checkpointed with AsyncSqliteSaver.

The checkpoint and the bank's rows are two commits: the checkpointer cannot take part in the application's
transaction. A node may run again, so it looks in the ledger first.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

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
from monitor.exchange import Inbound
from monitor.store.connection import RUN, HopConnection

_POSTED = "SELECT 1 FROM ledger WHERE source = ? AND reference = ? AND terminal = ?"


class Conversation(TypedDict):
    """The state of the graph."""

    screen: str
    area: str
    sequence: int


class Clerk:
    """The graph, and the connections it and its checkpointer use."""

    def __init__(self, bank: aiosqlite.Connection, checkpoints: aiosqlite.Connection) -> None:
        self._bank = bank
        self._writing = asyncio.Lock()
        builder = StateGraph(Conversation)
        builder.add_node("step", self._step)
        builder.add_edge(START, "step")
        builder.add_edge("step", "step")
        self.graph: Any = builder.compile(
            checkpointer=AsyncSqliteSaver(checkpoints, serde=JsonPlusSerializer())
        )

    async def _step(self, state: Conversation) -> Conversation:
        inbound = decode(interrupt("next input"))
        reading = read(state["screen"], inbound)
        rows = await self._bank.execute_fetchall(ACCOUNTS, reading.numbers)
        result = answer(reading, decoded(state["area"]), found(list(rows)), datetime.now(UTC))
        if result.moved is not None:
            async with self._writing:
                await self._bank.execute_fetchall("BEGIN IMMEDIATE")
                rows = await self._bank.execute_fetchall(ACCOUNTS, reading.numbers)
                result = answer(reading, decoded(state["area"]), found(list(rows)), datetime.now(UTC))
                if result.moved is not None and not await self._posted(result.moved):
                    await self._post(result.moved)
                await self._bank.execute_fetchall("COMMIT")
        return Conversation(screen=result.screen, area=encoded(result.area), sequence=inbound.sequence)

    async def _posted(self, moved: Moved) -> bool:
        """Whether the node ran before, and the process died between its commit and the checkpoint."""
        source, _, _, reference, _, terminal = moved.ledger
        return bool(list(await self._bank.execute_fetchall(_POSTED, (source, reference, terminal))))

    async def _post(self, moved: Moved) -> None:
        changes = [(balance, 1, number) for number, balance in moved.balances]
        await self._bank.executemany(REBALANCE, changes)
        await self._bank.execute_fetchall(LEDGER, moved.ledger)

    async def state(self, terminal: str) -> Conversation:
        """Where a terminal's graph stands; a new one begins."""
        config = {"configurable": {"thread_id": terminal}, "recursion_limit": 1_000_000_000}
        snapshot = await self.graph.aget_state(config)
        if snapshot.values:
            kept: Conversation = snapshot.values
            return kept
        begun = Conversation(screen=empty_form(terminal), area=encoded(decoded("{}")), sequence=1)
        await self.graph.ainvoke(begun, config, durability="exit")
        return begun

    async def send(self, inbound: Inbound) -> str:
        """Resume the terminal's graph with an input; returns once its checkpoint is written."""
        config = {"configurable": {"thread_id": inbound.terminal}, "recursion_limit": 1_000_000_000}
        result = await self.graph.ainvoke(Command(resume=encode(inbound)), config, durability="exit")
        screen: str = result["screen"]
        return screen


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Clerk]:
    """The checkpoints in a file of their own beside the bank's, so that neither waits for the other's lock."""
    checkpoints = store.with_suffix(".checkpoints.db")
    async with (
        aiosqlite.connect(store, isolation_level=None, factory=HopConnection) as bank,
        aiosqlite.connect(checkpoints, factory=HopConnection) as saver,
    ):
        for connection in (bank, saver):
            for pragma in sql.PRAGMAS:
                await connection.execute_fetchall(f"PRAGMA {pragma}")
            await connection.execute_fetchall(RUN, (lambda database: _slow_down(database, commit_delay_s),))
        yield Clerk(bank, saver)


def _slow_down(database: sqlite3.Connection, commit_delay_s: float) -> None:
    if isinstance(database, HopConnection):
        database.commit_delay_s = commit_delay_s


async def attach(clerk: Clerk, terminal: str) -> Line:
    """The terminal's graph."""
    state = await clerk.state(terminal)
    return Line(clerk.send, terminal, 1, state["sequence"], state["screen"])


written = (Conversation, Clerk)

"""A thread a session, blocking sqlite3: the thread sleeps in its next input, and commits each step.

One connection writes, under a lock; a few read, so that a thousand threads do not keep a thousand open.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import LifoQueue, SimpleQueue
from typing import Any

from comparison import sql
from comparison.competitor import Line
from comparison.teller import (
    ACCOUNTS,
    LEDGER,
    REBALANCE,
    Answer,
    Reading,
    answer,
    decoded,
    empty_form,
    found,
    read,
)
from comparison.workload import WrongAnswer
from monitor.exchange import Aid, Inbound
from monitor.store.connection import HopConnection

READERS = 4
STACK_BYTES = 256 * 1024
Reply = asyncio.Future[str]


class Office:
    """What all threads share: the writing connection and its lock, and the reading ones."""

    def __init__(self, store: Path, commit_delay_s: float) -> None:
        self.writer = sql.connect(store, HopConnection)
        assert isinstance(self.writer, HopConnection)  # noqa: S101 as asked for
        self.writer.commit_delay_s = commit_delay_s
        self.units = sql.unit_ids(self.writer)
        self.writing = threading.Lock()
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        for _ in range(READERS):
            self._readers.put(sql.connect(store))
        self.threads: list[Session] = []

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """A reading connection, for a moment."""
        connection = self._readers.get()
        try:
            yield connection
        finally:
            self._readers.put(connection)

    def close(self) -> None:
        """End the threads, close the connections."""
        for session in self.threads:
            session.inputs.put(None)
        for session in self.threads:
            session.thread.join()
        while not self._readers.empty():
            self._readers.get().close()
        self.writer.close()


class Session:
    """One operator's thread."""

    def __init__(self, office: Office, terminal: str, loop: asyncio.AbstractEventLoop) -> None:
        self._office = office
        self._terminal = terminal
        self._loop = loop
        self.inputs: SimpleQueue[tuple[Inbound, Reply] | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._run, name=f"session-{terminal}", daemon=True)

    async def send(self, inbound: Inbound) -> str:
        """From the terminal's side: hand an input to the thread, and wait for its screen."""
        reply: Reply = self._loop.create_future()
        self.inputs.put((inbound, reply))
        return await reply

    def begin(self) -> tuple[int, str]:
        """The sequence and the screen the store has for the terminal; a new conversation if it has none."""
        with self._office.reader() as reader:
            row = reader.execute(sql.STATE, (self._terminal,)).fetchone()
        if row is not None:
            return row[3], row[5]
        screen = empty_form(self._terminal)
        with self._office.writing:
            sql.begin_conversation(self._office.writer, next(self._office.units), self._terminal, screen)
        return 1, screen

    def _run(self) -> None:
        while (message := self.inputs.get()) is not None:
            inbound, reply = message
            try:
                screen = self._step(inbound)
            except Exception as error:  # noqa: BLE001 told to the terminal
                self._loop.call_soon_threadsafe(reply.set_exception, error)
            else:
                self._loop.call_soon_threadsafe(reply.set_result, screen)

    def _step(self, inbound: Inbound) -> str:
        office = self._office
        with office.reader() as reader:
            state = reader.execute(sql.STATE, (self._terminal,)).fetchone()
            if state[3] != inbound.sequence - 1:
                raise WrongAnswer(f"{self._terminal}: input {inbound.sequence} after {state[3]}")
            reading, area = read(state[5], inbound), decoded(state[4])
            now = datetime.now(UTC)
            if inbound.aid is not Aid.PF5:  # a check changes no account: nothing to read again under the lock
                result = answer(
                    reading, area, found(reader.execute(ACCOUNTS, reading.numbers).fetchall()), now
                )
        with office.writing:
            office.writer.execute("BEGIN IMMEDIATE")
            try:
                if inbound.aid is Aid.PF5:
                    rows = office.writer.execute(ACCOUNTS, reading.numbers).fetchall()
                    result = answer(reading, area, found(rows), now)
                self._save(state, reading, result)
                office.writer.execute("COMMIT")
            except BaseException:
                office.writer.execute("ROLLBACK")
                raise
        return result.screen

    def _save(self, state: Any, reading: Reading, result: Answer) -> None:
        writer, unit = self._office.writer, next(self._office.units)
        sql.keep_step(writer, unit, state, reading, result)
        if result.moved is not None:
            writer.executemany(
                REBALANCE, [(balance, unit, number) for number, balance in result.moved.balances]
            )
            writer.execute(LEDGER, result.moved.ledger)


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Office]:
    """No threads yet; small stacks, as whoever starts thousands of them asks for."""
    before = threading.stack_size(STACK_BYTES)
    office = await asyncio.to_thread(Office, store, commit_delay_s)
    try:
        yield office
    finally:
        await asyncio.to_thread(office.close)
        threading.stack_size(before)


async def attach(office: Office, terminal: str) -> Line:
    """A thread for the terminal."""
    session = Session(office, terminal, asyncio.get_running_loop())
    sequence, screen = await asyncio.to_thread(session.begin)
    session.thread.start()
    office.threads.append(session)
    return Line(session.send, terminal, 1, sequence, screen)


written = (Office, Session, sql.keep_step, sql.begin_conversation, sql.keep_beginning)

"""Plain asyncio handlers whose steps share commits: one queue, one writer thread, one transaction for all that wait.

A step is a plain function: it reads the conversation and the accounts, asks the rules and writes, behind a savepoint
of its own; nobody is answered before the transaction is on disk. With many terminals this does more steps a second
than entracte, in some 110 lines. What it does not do:

- A step cannot await anything, and one that computes or never ends holds up all others: it has the only writing
  thread, and the store's lock. Nothing ends it.
- Steps are done one after the other. A second process on the same store would be correct, and wait for that lock.
- A repeated input is refused, not answered again.
- The area's version is stored and not looked at; an update lock ends with the step, as everything does.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from comparison import sql
from comparison.competitor import Line
from comparison.teller import ACCOUNTS, LEDGER, REBALANCE, answer, decoded, empty_form, found, read
from comparison.workload import WrongAnswer
from monitor.exchange import Inbound
from monitor.store.connection import HopConnection

STEPS_A_COMMIT_MAX = 256


class Job(NamedTuple):
    """Something to do in the writer thread, and who waits for it."""

    work: Callable[[], Any]
    reply: asyncio.Future[Any]


class Writer:
    """The thread with the only connection: it commits what has gathered while it was committing."""

    def __init__(self, store: Path, commit_delay_s: float, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self.database = sql.connect(store, HopConnection)
        assert isinstance(self.database, HopConnection)  # noqa: S101 as asked for
        self.database.commit_delay_s = commit_delay_s
        self.units = sql.unit_ids(self.database)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[], Any]) -> Any:
        """What `work` returns or raises, once it is committed with whatever else waited."""
        reply: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put(Job(work, reply))
        return await reply

    def close(self) -> None:
        """Finish what waits, and end the thread."""
        self._jobs.put(None)
        self._thread.join()
        self.database.close()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            together = [job, *self._waiting()]
            self._loop.call_soon_threadsafe(_reply, together, self._committed(together))

    def _waiting(self) -> list[Job]:
        jobs: list[Job] = []
        while len(jobs) < STEPS_A_COMMIT_MAX - 1:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)  # the end comes after these
                break
            jobs.append(job)
        return jobs

    def _committed(self, together: Sequence[Job]) -> list[Any]:
        """The result of each, or its error; if the commit fails, its error for all."""
        try:
            self.database.execute("BEGIN IMMEDIATE")
            results = [self._alone(job.work) for job in together]
            self.database.execute("COMMIT")
        except sqlite3.Error as error:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            return [error] * len(together)
        return results

    def _alone(self, work: Callable[[], Any]) -> Any:
        self.database.execute("SAVEPOINT step")
        try:
            return work()
        except Exception as error:  # noqa: BLE001 told to the terminal
            self.database.execute("ROLLBACK TO step")
            return error
        finally:
            self.database.execute("RELEASE step")


def _reply(together: Sequence[Job], results: Sequence[Any]) -> None:
    for job, result in zip(together, results, strict=True):
        if job.reply.done():
            continue
        if isinstance(result, Exception):
            job.reply.set_exception(result)
        else:
            job.reply.set_result(result)


class Session:
    """One operator's handler; the conversation is in the store between two steps."""

    def __init__(self, writer: Writer, terminal: str) -> None:
        self._writer = writer
        self._terminal = terminal

    async def begin(self) -> tuple[int, str]:
        """The sequence and the screen the store has for the terminal; a new conversation if it has none."""
        begun: tuple[int, str] = await self._writer.do(self._begin)
        return begun

    async def send(self, inbound: Inbound) -> str:
        """One step; returns its screen once it is on disk."""
        screen: str = await self._writer.do(lambda: self._step(inbound))
        return screen

    def _begin(self) -> tuple[int, str]:
        database = self._writer.database
        row = database.execute(sql.STATE, (self._terminal,)).fetchone()
        if row is not None:
            return row[3], row[5]
        screen = empty_form(self._terminal)
        sql.keep_beginning(database, next(self._writer.units), self._terminal, screen)
        return 1, screen

    def _step(self, inbound: Inbound) -> str:
        database = self._writer.database
        state = database.execute(sql.STATE, (self._terminal,)).fetchone()
        if state[3] != inbound.sequence - 1:
            raise WrongAnswer(f"{self._terminal}: input {inbound.sequence} after {state[3]}")
        reading = read(state[5], inbound)
        rows = database.execute(ACCOUNTS, reading.numbers).fetchall()
        result, unit = (
            answer(reading, decoded(state[4]), found(rows), datetime.now(UTC)),
            next(self._writer.units),
        )
        sql.keep_step(database, unit, state, reading, result)
        if result.moved is not None:
            changes = [(balance, unit, number) for number, balance in result.moved.balances]
            database.executemany(REBALANCE, changes)
            database.execute(LEDGER, result.moved.ledger)
        return result.screen


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Writer]:
    """The writer thread."""
    writer = await asyncio.to_thread(Writer, store, commit_delay_s, asyncio.get_running_loop())
    try:
        yield writer
    finally:
        await asyncio.to_thread(writer.close)


async def attach(writer: Writer, terminal: str) -> Line:
    """The terminal's conversation out of the store, or a new one."""
    session = Session(writer, terminal)
    sequence, screen = await session.begin()
    return Line(session.send, terminal, 1, sequence, screen)


written = (Job, Writer, Session, _reply, sql.keep_step, sql.keep_beginning)

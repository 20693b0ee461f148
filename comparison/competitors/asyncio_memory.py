"""A coroutine a session: the conversation is its local variables, and nothing is saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from comparison.books import Books
from comparison.competitor import Line
from comparison.teller import answer, empty_form, read
from monitor.exchange import Inbound
from transactions.bank.transfer import Transfer


class Sessions:
    """The coroutines of all terminals, and the books they share."""

    def __init__(self, store: Path) -> None:
        self.books = Books(store)
        self.running: set[asyncio.Task[None]] = set()


class Conversation:
    """One operator's session."""

    def __init__(self, books: Books, terminal: str) -> None:
        self._books = books
        self._terminal = terminal
        self._inputs: asyncio.Queue[tuple[Inbound, asyncio.Future[str]]] = asyncio.Queue(1)

    async def run(self) -> None:
        """Take inputs for ever: what was said so far is simply there."""
        books, area, screen = self._books, Transfer(), empty_form(self._terminal)
        while True:
            inbound, reply = await self._inputs.get()
            reading = read(screen, inbound)
            result = answer(reading, area, books.accounts, datetime.now(UTC))
            if result.moved is not None:
                books.post(result.moved)
            area, screen = result.area, result.screen
            reply.set_result(screen)

    async def send(self, inbound: Inbound) -> str:
        """Hand an input to the session, and wait for its screen."""
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await self._inputs.put((inbound, reply))
        return await reply


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Sessions]:
    """No sessions yet; at the end all are cancelled, and what they knew is gone."""
    sessions = Sessions(store)
    try:
        yield sessions
    finally:
        for task in sessions.running:
            task.cancel()
        await asyncio.gather(*sessions.running, return_exceptions=True)
        sessions.books.write_down()


async def attach(sessions: Sessions, terminal: str) -> Line:
    """A new session: this process knows no other."""
    conversation = Conversation(sessions.books, terminal)
    sessions.running.add(asyncio.create_task(conversation.run()))
    return Line(conversation.send, terminal, 1, 1, empty_form(terminal))


written = (Conversation,)

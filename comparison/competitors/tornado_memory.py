"""A Tornado handler a session: the coroutine that serves a connection holds the conversation; nothing is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from tornado.iostream import IOStream, StreamClosedError
from tornado.netutil import bind_sockets
from tornado.tcpserver import TCPServer

from comparison.books import Books
from comparison.competitor import Line
from comparison.connection import Connections
from comparison.line_server import Client, decode
from comparison.teller import answer, empty_form, read
from transactions.bank.transfer import Transfer


class SessionServer(TCPServer):
    """One coroutine a connection."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self._books = books

    async def handle_stream(self, stream: IOStream, address: object) -> None:
        """An operator's session, from the first line to the last."""
        books = self._books
        try:
            terminal = (await stream.read_until(b"\n")).decode().rstrip()
            area, screen = Transfer(), empty_form(terminal)
            await stream.write(screen.encode() + b"\n")
            while True:
                reading = read(screen, decode(await stream.read_until(b"\n")))
                result = answer(reading, area, books.accounts, datetime.now(UTC))
                if result.moved is not None:
                    books.post(result.moved)
                area, screen = result.area, result.screen
                await stream.write(screen.encode() + b"\n")
        except StreamClosedError:
            return


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Connections[Client]]:
    """The server on a free port, and the terminals' end."""
    books = Books(store)
    server, sockets = SessionServer(books), bind_sockets(0, "127.0.0.1", backlog=1024)
    server.add_sockets(sockets)
    connections = Connections(Client, sockets[0].getsockname()[1])
    try:
        yield connections
    finally:
        server.stop()
        await connections.close()
        books.write_down()


async def attach(connections: Connections[Client], terminal: str) -> Line:
    """A new connection is a new session."""
    client = await connections.connect()
    return Line(client.send, terminal, 1, 1, await client.send_line(terminal.encode()))


written = (SessionServer,)

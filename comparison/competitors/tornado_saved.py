"""A Tornado handler a session that commits each step with aiosqlite, so that a new process can go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from tornado.iostream import IOStream, StreamClosedError
from tornado.netutil import bind_sockets
from tornado.tcpserver import TCPServer

from comparison import per_step
from comparison.competitor import Line
from comparison.connection import Connections
from comparison.line_server import Client, decode, encode
from comparison.per_step import Desk, Greeting, Handler


class SessionServer(TCPServer):
    """One coroutine a connection; the conversation is in the store."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def handle_stream(self, stream: IOStream, address: object) -> None:
        """An operator's session, from where the store has it."""
        try:
            terminal = (await stream.read_until(b"\n")).decode().rstrip()
            handler, screen = await per_step.resumed(self._desk, terminal)
            await stream.write(encode(Greeting(handler.sequence, screen)) + b"\n")
            while True:
                inbound = decode(await stream.read_until(b"\n"))
                await stream.write((await handler.answer(inbound)).encode() + b"\n")
        except StreamClosedError:
            return


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Connections[Client]]:
    """The server on a free port, and the terminals' end."""
    async with per_step.opened(store, commit_delay_s) as desk:
        server, sockets = SessionServer(desk), bind_sockets(0, "127.0.0.1", backlog=1024)
        server.add_sockets(sockets)
        connections = Connections(Client, sockets[0].getsockname()[1])
        try:
            yield connections
        finally:
            server.stop()
            await connections.close()


async def attach(connections: Connections[Client], terminal: str) -> Line:
    """Connect, and say who it is."""
    client = await connections.connect()
    greeting = msgspec.json.decode(await client.send_line(terminal.encode()), type=Greeting)
    return Line(client.send, terminal, 1, greeting.sequence, greeting.screen)


written = (SessionServer, Desk, Handler, per_step.session)

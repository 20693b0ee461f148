"""Entracte behind the same line of JSON over TCP that the Tornado handlers have, so that like stands beside like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from comparison.competitor import Line
from comparison.competitors import dispatcher
from comparison.connection import Connections
from comparison.line_server import LINE_BYTES_MAX, Client, decode, encode
from comparison.workload import WrongAnswer
from monitor.exchange import Attachment, Outbound
from monitor.startup import Region


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Connections[Client]]:
    """A region, a server on a free port, and the terminals' end."""
    async with dispatcher.opened(store, commit_delay_s) as region:

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _serve(region, reader, writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=LINE_BYTES_MAX, backlog=1024)
        connections = Connections(Client, server.sockets[0].getsockname()[1], region.elsewhere_cpu_s)
        try:
            yield connections
        finally:
            server.close()
            await connections.close()
            await server.wait_closed()


async def _serve(region: Region, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        terminal = (await reader.readline()).decode().rstrip()
        line = await dispatcher.attach(region, terminal)
        writer.write(encode(Attachment(terminal, line.epoch, line.sequence, line.screen)) + b"\n")
        while data := await reader.readline():
            answer = await region.step(decode(data))
            writer.write((answer.screen if isinstance(answer, Outbound) else answer.text).encode() + b"\n")
    except (ConnectionError, WrongAnswer):
        pass
    finally:
        writer.close()


async def attach(connections: Connections[Client], terminal: str) -> Line:
    """Connect, and say who it is."""
    client = await connections.connect()
    there = msgspec.json.decode(await client.send_line(terminal.encode()), type=Attachment)
    return Line(client.send, terminal, there.epoch, there.sequence, there.screen)


written = dispatcher.written

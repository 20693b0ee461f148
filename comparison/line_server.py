"""Steps over a TCP connection of the loopback: one line of JSON in, one line back; and the terminals' end of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from monitor.exchange import Inbound

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Inbound).decode
LINE_BYTES_MAX = 1_048_576


class Refusal(Exception):
    """The other end closed the connection."""


class Client(asyncio.Protocol):
    """A terminal's connection; one input at a time is under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[asyncio.Future[str]] = deque()
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 what the loop promises
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A part of an answer; the newline ends it."""
        self._parts.append(data)
        if data.endswith(b"\n") and self._waiting:
            line = b"".join(self._parts)
            self._parts.clear()
            reply = self._waiting.popleft()
            if not reply.done():
                reply.set_result(line[:-1].decode())

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits is told."""
        while self._waiting:
            reply = self._waiting.popleft()
            if not reply.done():
                reply.set_exception(Refusal("the connection was closed"))

    async def send_line(self, line: bytes) -> str:
        """Send one line, and wait for the one that answers it."""
        if self._transport is None or self._transport.is_closing():
            raise Refusal("the connection was closed")
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append(reply)
        self._transport.write(line + b"\n")
        return await reply

    async def send(self, inbound: Inbound) -> str:
        """Send an input; returns the screen."""
        return await self.send_line(encode(inbound))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Connections:
    """The terminals' connections to one server of this process."""

    def __init__(self, port: int, elsewhere_cpu_s: Callable[[], float] = float) -> None:
        self.port = port
        self.elsewhere_cpu_s = elsewhere_cpu_s
        """Processor time the server has used in other processes."""
        self._open: list[Client] = []

    async def connect(self) -> Client:
        """A new connection."""
        _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", self.port)
        self._open.append(client)
        return client

    async def close(self) -> None:
        """Hang up everywhere, and let the loop see it."""
        for client in self._open:
            client.close()
        await asyncio.sleep(0.05)

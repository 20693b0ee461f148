"""Steps over a TCP connection of the loopback: one line of JSON in, one line back; and the terminals' end of it."""

from __future__ import annotations

import asyncio
from collections import deque

import msgspec

from comparison.connection import Connection, Refusal
from monitor.exchange import Inbound

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Inbound).decode
LINE_BYTES_MAX = 1_048_576


class Client(Connection):
    """A terminal's connection; one input at a time is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[asyncio.Future[str]] = deque()
        self._parts: list[bytes] = []

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
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.write(line + b"\n")
        self._waiting.append(reply)
        return await reply

    async def send(self, inbound: Inbound) -> str:
        """Send an input; returns the screen."""
        return await self.send_line(encode(inbound))

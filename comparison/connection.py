"""A client's end of connections on the loopback, whatever is said over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

C = TypeVar("C", bound="Connection")


class Refusal(Exception):
    """The other end closed the connection."""


class Connection(asyncio.Protocol):
    """Something to write to, that can be hung up."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 what the loop promises
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Send `data`; raises `Refusal` if nobody is there any more."""
        if self._transport is None or self._transport.is_closing():
            raise Refusal("the connection was closed")
        self._transport.write(data)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Connections(Generic[C]):
    """The connections of this process to one server."""

    def __init__(self, kind: type[C], port: int, elsewhere_cpu_s: Callable[[], float] = float) -> None:
        self.port = port
        self.elsewhere_cpu_s = elsewhere_cpu_s
        """Processor time the server has used in other processes."""
        self._kind = kind
        self._open: list[C] = []

    async def connect(self) -> C:
        """A new connection."""
        _, made = await asyncio.get_running_loop().create_connection(self._kind, "127.0.0.1", self.port)
        self._open.append(made)
        return made

    async def close(self) -> None:
        """Hang up everywhere, and let the loop see it."""
        for connection in self._open:
            connection.close()
        await asyncio.sleep(0.05)

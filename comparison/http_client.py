"""The browsers' end of HTTP/1.1 on the loopback: just enough of it, so that a client costs little."""

from __future__ import annotations

import asyncio

from comparison.connection import Connection, Refusal


class HttpClient(Connection):
    """One connection that is kept alive; one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._reply: asyncio.Future[tuple[int, dict[str, str], bytes]] | None = None
        self._came = b""

    def data_received(self, data: bytes) -> None:
        """A part of an answer; it is whole when as much came as its head says."""
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if not found or self._reply is None or self._reply.done():
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if len(body) >= int(headers.get("content-length", "0")):
            self._came = b""
            self._reply.set_result((int(first.split()[1]), headers, body))

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits is told."""
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(Refusal("the connection was closed"))

    async def post(self, path: str, body: bytes, cookie: str) -> tuple[int, dict[str, str], bytes]:
        """POST; returns status, headers by lower-case name, and the body."""
        self._reply = asyncio.get_running_loop().create_future()
        cookies = f"Cookie: {cookie}\r\n" if cookie else ""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{cookies}Content-Length: {len(body)}\r\n\r\n"
        self.write(head.encode() + body)
        return await self._reply

"""Starlette on uvicorn: each request finds its session in a table by a signed cookie, and commits its step.

The web's own form of a pseudo-conversation: between two requests the process holds nothing. One aiosqlite
connection writes and one reads, as in the plain asyncio handler.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comparison import per_step
from comparison.competitor import Line
from comparison.connection import Connections
from comparison.http_client import HttpClient
from comparison.line_server import decode, encode
from comparison.per_step import Desk, Greeting, Handler
from monitor.exchange import Inbound

START_S_MAX = 10.0


class Site:
    """Two routes: begin (or find) a session, and take one step of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._secret = secrets.token_bytes(32)
        self.app = Starlette(
            routes=[
                Route("/sessions/{terminal}", self.begin, methods=["POST"]),
                Route("/steps", self.step, methods=["POST"]),
            ]
        )

    async def begin(self, request: Request) -> Response:
        """The session of a terminal, and the cookie that is good for it."""
        terminal = request.path_params["terminal"]
        handler, screen = await per_step.resumed(self._desk, terminal)
        response = Response(encode(Greeting(handler.sequence, screen)), media_type="application/json")
        response.set_cookie("session", f"{terminal}.{self._signature(terminal)}", httponly=True)
        return response

    async def step(self, request: Request) -> Response:
        """One input."""
        terminal, _, signature = request.cookies.get("session", "").partition(".")
        if not hmac.compare_digest(signature, self._signature(terminal)):
            return Response("this is not a session of ours", 403)
        screen = await Handler(self._desk, terminal).answer(decode(await request.body()))
        return Response(screen, media_type="application/json")

    def _signature(self, terminal: str) -> str:
        return hmac.digest(self._secret, terminal.encode(), "sha256").hex()


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Connections[HttpClient]]:
    """The site on a free port, and the browsers' end."""
    async with per_step.opened(store, commit_delay_s) as desk:
        config = uvicorn.Config(
            Site(desk).app,
            "127.0.0.1",
            0,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            backlog=1024,
        )
        server = _Quiet(config)
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(START_S_MAX):
            while not server.started:  # noqa: ASYNC110 uvicorn has no event to wait for
                await asyncio.sleep(0.005)
        connections = Connections(HttpClient, server.servers[0].sockets[0].getsockname()[1])
        try:
            yield connections
        finally:
            await connections.close()
            server.should_exit = True
            await serving


class _Quiet(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    def install_signal_handlers(self) -> None:
        """None."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the newer name of the same."""
        yield


async def attach(connections: Connections[HttpClient], terminal: str) -> Line:
    """Begin the session, on a connection that is kept alive."""
    client = await connections.connect()
    _, headers, body = await client.post(f"/sessions/{terminal}", b"", "")
    cookie = headers["set-cookie"].partition(";")[0]
    greeting = msgspec.json.decode(body, type=Greeting)

    async def send(inbound: Inbound) -> str:
        status, _, body = await client.post("/steps", encode(inbound), cookie)
        return body.decode() if status == 200 else f"HTTP {status}"

    return Line(send, terminal, 1, greeting.sequence, greeting.screen)


written = (Site, Desk, Handler, per_step.session)

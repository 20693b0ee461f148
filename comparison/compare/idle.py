"""What idle conversations cost: memory of the process, and the first answer after a restart with so many."""

from __future__ import annotations

import asyncio
import resource
import shutil
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from comparison.bank_store import remove
from comparison.bench import idle as stored
from comparison.compare.children import Child, ChildFailed, child, reason
from comparison.compare.idle_child import KEYS
from comparison.compare.results import Idle
from comparison.competitor import Competitor
from comparison.entracte import SOURCE, typed_fields
from comparison.line_server import encode
from comparison.workload import transfers
from monitor.exchange import Aid, Inbound

WARM = 100
"""Connections made before memory is looked at for the first time."""
SPARE_FILES = 200
EXPERIMENT_S_MAX = 90.0


async def measure(
    competitors: Sequence[Competitor], counts: Sequence[int], folder: Path, commit_delay_s: float = 0.0
) -> AsyncIterator[Idle]:
    """Every figure as it comes; a process of its own for each. The delay is for the first answer only."""
    one = await stored.prepare(folder)
    base: dict[str, int | str] = {}
    few = folder / "idle-few.db"
    await asyncio.to_thread(stored.multiply, one, few, 2 * KEYS)
    for competitor in competitors:
        if competitor.idle == "stored":
            base[competitor.name] = await _base(competitor, _copy(few, competitor))
    for conversations in counts:
        store = folder / f"idle-{conversations}.db"
        await asyncio.to_thread(stored.multiply, one, store, max(conversations, KEYS) + KEYS)
        for competitor in competitors:
            fewest = conversations == min(counts)
            count = min(conversations, competitor.idle_max) if fewest else conversations
            yield await _one(competitor, count, store, base.get(competitor.name, 0), commit_delay_s)
        await asyncio.to_thread(remove, store)


def _copy(store: Path, competitor: Competitor) -> Path:
    own = store.with_name(f"{store.stem}-{competitor.module.rpartition('.')[2]}.db")
    shutil.copy(store, own)
    return own


FAILURES = (ChildFailed, TimeoutError, OSError)
"""What becomes a note in a competitor's row, and keeps nobody else from being measured."""


async def _base(competitor: Competitor, store: Path) -> int | str:
    """The memory of a process with few conversations; or why there is none."""
    try:
        async with asyncio.timeout(EXPERIMENT_S_MAX):
            return await _bytes(competitor, KEYS, store)
    except FAILURES as error:
        return f"not reached: {reason(error)}"[:160]


async def _one(
    competitor: Competitor, conversations: int, store: Path, base: int | str, commit_delay_s: float
) -> Idle:
    if conversations > competitor.idle_max:
        return Idle(competitor.name, conversations, None, note=f"not tried past {competitor.idle_max:,}")
    if isinstance(base, str):
        return Idle(competitor.name, conversations, None, note=base)
    own = await asyncio.to_thread(_copy, store, competitor)
    try:
        async with asyncio.timeout(EXPERIMENT_S_MAX):
            grown = await _bytes(competitor, conversations, own) - base
            first = await _first_answer(competitor, own, conversations, commit_delay_s)
    except FAILURES as error:
        return Idle(competitor.name, conversations, None, note=f"not reached: {reason(error)}"[:160])
    note = "" if competitor.saves else "lost with the process"
    return Idle(competitor.name, conversations, max(0.0, grown / conversations), first, note)


async def _bytes(competitor: Competitor, conversations: int, store: Path) -> int:
    values = {"competitor": competitor.name, "store": str(store), "conversations": conversations}
    async with child("idle", values) as process:
        with ExitStack() as sockets:
            if competitor.idle == "connected":
                _, port = await process.heard()
                _require_files(conversations + WARM + SPARE_FILES)
                await _connect(process, sockets, port, conversations)
            _, grown = await process.heard()
        process.tell()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.ended(), 5)
    return int(grown)


async def _connect(process: Child, sockets: ExitStack, port: int, conversations: int) -> None:
    """Some connections first, that what they bring once and for all is not counted; then the others."""
    await asyncio.to_thread(_converse, sockets, port, range(conversations, conversations + WARM))
    process.tell()
    await process.heard()
    await asyncio.to_thread(_converse, sockets, port, range(conversations))
    process.tell()


def _converse(sockets: ExitStack, port: int, numbers: range) -> None:
    """Connect as each terminal; one that is on an empty form checks a transfer."""
    for number in numbers:
        connection = sockets.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        greeting = _line(connection, f"I{number}".encode())
        if "Press F5 to post" not in greeting:
            fields = typed_fields(next(transfers(1, number)))
            _line(connection, encode(Inbound(f"I{number}", 1, 2, Aid.ENTER, SOURCE, fields)))


def _line(connection: socket.socket, line: bytes) -> str:
    connection.sendall(line + b"\n")
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        parts.append(connection.recv(65_536))
        if not parts[-1]:
            raise ConnectionError("the connection was closed")
    return b"".join(parts).decode()


def _require_files(count: int) -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and count > soft:
        raise OSError(f"{count:,} connections, and this system allows {soft:,} open files")


async def _first_answer(
    competitor: Competitor, store: Path, conversations: int, commit_delay_s: float
) -> float | None:
    if not competitor.saves:
        return None
    last = conversations if competitor.idle == "live" else conversations + KEYS
    values = {
        "competitor": competitor.name,
        "store": str(store),
        "terminal": f"I{last - 1}",
        "commit_delay_s": commit_delay_s,
    }
    async with child("restarted", values) as process:
        await process.heard()
        return (time.perf_counter() - process.began) * 1e3

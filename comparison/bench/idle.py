"""Idle conversations: what they cost a region's memory, and how soon the first key of one is answered."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from comparison import entracte
from comparison.closed_loop import percentile
from comparison.workload import WrongAnswer, seed_accounts, transfers
from monitor.exchange import Aid, Inbound, Outbound
from monitor.tuning import tune_process

KEYS = 500
"""First keys measured, each of another terminal."""
_FIRST_UNIT = 1 << 60
"""The copies' units are far from those of any region."""

_COPIES = """
WITH RECURSIVE count (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < :copies - 1)
INSERT INTO {table} SELECT {columns} FROM count, {table} t WHERE t.{key} = :original
"""
_TERMINALS = _COPIES.format(
    table="terminal", key="id", columns="'I' || n, epoch, user, :unit + 2 * n, :unit + 2 * n"
)
_CONVERSATIONS = _COPIES.format(
    table="conversation", key="id", columns=":unit + 2 * n, 'I' || n, state, seed, :unit + 2 * n + 1"
)
_STEPS = _COPIES.format(
    table="step",
    key="unit",
    columns=""":unit + 2 * n + 1, :unit + 2 * n, number, 0, 'I' || n, sequence, user, transid, input, outcome,
    code, next, area_type, area_version, area, screen, started, elapsed_us, runs""",
)
_ORIGINAL = "SELECT c.id, c.written_by FROM conversation c JOIN terminal t ON t.conversation = c.id"


class Idle(NamedTuple):
    """A region of its own process, with so many conversations in its store."""

    conversations: int
    resident_mb: float
    """Anonymous memory once all keys are answered."""
    p50_ms: float
    p99_ms: float
    """Of the first key of a random terminal, one after the other."""


async def prepare(folder: Path) -> Path:
    """A bank with one terminal that has a checked transfer on its screen."""
    template = folder / "one.db"
    async with entracte.opened(template, 0.0) as region:
        with closing(sqlite3.connect(template, isolation_level=None, timeout=30)) as database:
            seed_accounts(database)
        terminal = await entracte.session(region, "ORIGINAL")
        await terminal.check(next(transfers(1, 1)))
    return template


def multiply(template: Path, store: Path, conversations: int) -> None:
    """A store in which that conversation stands so many times more, each at a terminal of its own."""
    shutil.copy(template, store)
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        conversation, last = database.execute(_ORIGINAL).fetchone()
        values = {"copies": conversations, "unit": _FIRST_UNIT}
        database.execute("BEGIN")
        for sql, original in ((_TERMINALS, "ORIGINAL"), (_CONVERSATIONS, conversation), (_STEPS, last)):
            database.execute(sql, {**values, "original": original})
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def measure(template: Path, folder: Path, counts: Sequence[int]) -> list[Idle]:
    """One process for each count, so that each starts with nothing."""
    found = []
    for conversations in counts:
        store = folder / f"idle-{conversations}.db"
        multiply(template, store, conversations)
        command = [sys.executable, "-m", "comparison.bench.idle", str(store), str(conversations)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 ours
        if done.returncode:
            raise WrongAnswer(f"the process with {conversations} idle conversations failed: {done.stderr}")
        found.append(Idle(*json.loads(done.stdout)))
    return found


async def _answer_keys(store: Path, conversations: int) -> Idle:
    """Press PF5 at random terminals: each has its transfer checked, and posts it."""
    chosen = random.Random(7).sample(range(conversations), min(KEYS, conversations))  # noqa: S311 reproducible
    taken = []
    async with entracte.opened(store, 0.0) as region:
        tune_process()
        for number in chosen:
            began = time.perf_counter()
            answer = await region.step(Inbound(f"I{number}", 1, 3, Aid.PF5, entracte.SOURCE))
            taken.append((time.perf_counter() - began) * 1e3)
            if not isinstance(answer, Outbound) or " posted from " not in answer.screen:
                raise WrongAnswer(f"terminal I{number}: {answer}")
        taken.sort()
        return Idle(conversations, _resident_mb(), percentile(taken, 50), percentile(taken, 99))


def _resident_mb() -> float:
    status = Path("/proc/self/status")
    if status.is_file():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["RssAnon"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1 << 20
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_answer_keys(Path(sys.argv[1]), int(sys.argv[2])))))

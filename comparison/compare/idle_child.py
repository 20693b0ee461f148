"""In a process of its own: hold so many idle conversations, and say how much memory that is."""

from __future__ import annotations

import asyncio
import random
import resource
from pathlib import Path
from typing import Any

from comparison.compare.speech import say, told_to_go_on
from comparison.competitor import Competitor
from comparison.table import competitor_named
from comparison.workload import transfers
from monitor.tuning import tune_process

KEYS = 200
"""Conversations that are woken before memory is looked at, so that caches are as full as they get."""


def own_bytes() -> int:
    """The process's own (anonymous) memory; where the system does not say, the most it ever had."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def idle(competitor: str, store: str, conversations: int) -> None:
    """Begin or find the conversations, say the memory before and after; wait to be told to end."""
    style = competitor_named(competitor)
    async with style.opened(Path(store)) as opened:
        tune_process()
        if style.idle == "connected":
            say("port", opened.port)
            await told_to_go_on()
            before = own_bytes()
            say("warm")
            await told_to_go_on()
        elif style.idle == "stored":
            before = 0
            await _wake(style, opened, conversations)
        else:
            await _begin(style, opened, range(conversations, conversations + KEYS))
            before = own_bytes()
            await _begin(style, opened, range(conversations))
        say("bytes", own_bytes() - before)
        await told_to_go_on()


async def restarted(competitor: str, store: str, terminal: str, commit_delay_s: float) -> None:
    """A key at a conversation that an earlier process began; answered as soon as this one can."""
    style = competitor_named(competitor)
    async with style.opened(Path(store), commit_delay_s) as opened:
        keyboard = await style.keyboard(opened, terminal)
        await keyboard.post()
        say("answered")


async def _wake(style: Competitor, opened: Any, conversations: int) -> None:
    chosen = random.Random(7).sample(range(conversations), min(KEYS, conversations))  # noqa: S311 reproducible
    for number in chosen:
        await (await style.keyboard(opened, f"I{number}")).post()


async def _begin(style: Competitor, opened: Any, numbers: range) -> None:
    """In tens, so that what can commit together does; a terminal of a stored conversation is only attached."""
    for start in range(numbers.start, numbers.stop, 10):
        await asyncio.gather(
            *(_begin_one(style, opened, number) for number in numbers[start - numbers.start :][:10])
        )


async def _begin_one(style: Competitor, opened: Any, number: int) -> None:
    keyboard = await style.keyboard(opened, f"I{number}")
    if style.idle == "live":
        await keyboard.check(next(transfers(1, number)))

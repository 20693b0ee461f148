"""In a process of its own: terminals at a steady rate, first alone, then beside one whose step computes too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from comparison import open_loop
from comparison.compare.speech import say
from comparison.competitor import Competitor, Keyboard
from comparison.table import ENTRACTE, competitor_named
from comparison.workload import WrongAnswer, transfers
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.limits import Limits
from monitor.offload import give_way
from monitor.settings import Settings
from monitor.startup import Region, open_region
from monitor.tuning import tune_process
from transactions.numbers.maps import NUMS01
from transactions.numbers.portfolio import shares, value_in_python, value_with_numpy

TERMINALS = 50
RATE = 200
"""Inputs a second of all other terminals: far below what anybody here can do."""
LOANS = 100_000
"""About 300 ms in plain Python."""
PAUSE_S = 0.2
"""Between an answer to the bad terminal and its next key."""
RUNAWAY_S_MAX = 0.5
WAYS = {"python": "1", "numpy": "2", "processes": "3"}
Bad = Callable[[], Awaitable[str]]


async def neighbour(
    competitor: str, store: str, kind: str, seconds: float, commit_delay_s: float = 0.0
) -> None:
    """Say what the others see when it is quiet, and beside the bad one; and what became of that one."""
    style = competitor_named(competitor)
    async with _opened(style, Path(store), commit_delay_s) as opened, _bad(style, opened, kind) as bad:
        tune_process()
        keyboards = [await style.keyboard(opened, f"N{number:03}") for number in range(TERMINALS)]
        if kind != "endless":
            await bad()  # imports and processes are there before it counts
        say("quiet", *await _others(keyboards, seconds, 0))
        stop = asyncio.Event()
        pressing = asyncio.create_task(_press(bad, stop))
        say("noisy", *await _others(keyboards, seconds, 1))
        stop.set()
        say("became", await pressing)


async def _others(keyboards: list[Keyboard], seconds: float, phase: int) -> tuple[float | int | bool, ...]:
    """The 95th and 99th percentile and the longest, ms; of how many inputs; and whether it was cut short."""
    work = [transfers(60 + phase, number) for number in range(TERMINALS)]
    found = await open_loop.run(keyboards, work, RATE, seconds, 0.2)
    figures = (found.percentile_ms(percent) for percent in (95, 99, 100))
    return *figures, len(found.latencies_ms), found.cut_short


async def _press(bad: Bad, stop: asyncio.Event) -> str:
    times, said = [], ""
    while not stop.is_set() and "abend" not in said:
        began = time.perf_counter()
        said = await bad()
        times.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(PAUSE_S)
    return f"{said} in {sorted(times)[len(times) // 2]:,.0f} ms"


@asynccontextmanager
async def _opened(style: Competitor, store: Path, commit_delay_s: float) -> AsyncIterator[Any]:
    if style.name != ENTRACTE:
        async with style.opened(store, commit_delay_s) as opened:
            yield opened
        return
    settings = Settings(
        store=str(store),
        good_morning_transid="",
        programs=("transactions.menu", "transactions.bank", "transactions.numbers", "comparison.endless"),
        limits=Limits(runaway_s_max=RUNAWAY_S_MAX),
    )
    async with open_region(settings, commit_delay_s=commit_delay_s) as region:
        yield region


@asynccontextmanager
async def _bad(style: Competitor, opened: Any, kind: str) -> AsyncIterator[Bad]:
    """The bad terminal, as a program of that style would compute."""
    if style.name == ENTRACTE:
        yield await _at_a_region(opened, kind)
        return
    with (
        ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=give_way) as pool,
        ThreadPoolExecutor(1) as thread,
    ):
        loop = asyncio.get_running_loop()

        async def compute() -> str:
            if kind == "processes":
                parts = shares(LOANS, 2)
                calls = (loop.run_in_executor(pool, value_in_python, *part, 425) for part in parts)
                return f"answered, {sum(await asyncio.gather(*calls)):,}"
            if kind == "endless" and "threads" not in style.name:
                return f"answered, {_computed(kind):,}"  # nobody hands a mistake to a thread
            return f"answered, {await loop.run_in_executor(thread, _computed, kind):,}"

        yield compute


def _computed(kind: str) -> int:
    while kind == "endless":
        pass
    if kind == "python":
        return value_in_python(0, LOANS, 425)
    import numpy

    return value_with_numpy(numpy, 0, LOANS, 425)


async def _at_a_region(region: Region, kind: str) -> Bad:
    attached = await region.attach("BAD1")
    assert isinstance(attached, Attachment)  # noqa: S101 nobody else has this terminal
    sequence = 0

    async def key(text: str, fields: tuple[tuple[int, str], ...] = ()) -> str:
        nonlocal sequence
        sequence += 1
        answer = await region.step(Inbound("BAD1", attached.epoch, sequence, Aid.ENTER, 0, fields, text))
        if not isinstance(answer, Outbound):
            raise WrongAnswer(str(answer))
        return answer.screen

    if kind == "endless":

        async def run_away() -> str:
            screen = await key("LOOP")
            return "ended with abend AICA" if "abend AICA" in screen else "answered"

        return run_away
    await key("NUMS")
    way, loans = (NUMS01.layout.named[name].address + 1 for name in ("way", "loans"))

    async def revalue() -> str:
        screen = await key("", ((loans, str(LOANS)), (way, WAYS[kind])))
        return "answered" if "computed in" in screen else f"refused: {screen[-200:]}"

    return revalue

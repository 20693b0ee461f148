"""One bad terminal among fifty: what the others notice, and what becomes of the bad one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from comparison.bank_store import copied, remove
from comparison.compare.children import Child, ChildFailed, child, reason
from comparison.compare.plan import Plan
from comparison.compare.results import Neighbour
from comparison.table import ENTRACTE

KINDS = ("python", "numpy", "processes", "endless")
STYLES = (ENTRACTE, "asyncio, saved", "threads, saved")
"""The monitor, an event loop and threads; the other competitors are one of the last two at heart."""
STANDSTILL_S_MAX = 2.0
SHORT = (("asyncio, saved", "endless"),)


async def measure(template: Path, plan: Plan) -> AsyncIterator[Neighbour]:
    """Each style beside each kind, in a process of its own; else the monitor's, and an event loop's worst."""
    for style in STYLES:
        for kind in KINDS:
            if not plan.everything and style != ENTRACTE and (style, kind) not in SHORT:
                continue
            store = copied(template, f"neighbour {style} {kind}")
            yield await _one(style, kind, store, plan.neighbour_s, plan.commit_delay_s)
            remove(store)


class Others(NamedTuple):
    """What the other terminals saw in one phase."""

    p95_ms: float
    p99_ms: float
    max_ms: float
    inputs: int
    cut_short: bool
    """They fell so far behind that the phase was ended."""


async def _one(style: str, kind: str, store: Path, seconds: float, commit_delay_s: float = 0.0) -> Neighbour:
    values = {
        "competitor": style,
        "store": str(store),
        "kind": kind,
        "seconds": seconds,
        "commit_delay_s": commit_delay_s,
    }
    async with child("neighbour", values) as process:
        try:
            _, *said = await process.heard(30 + seconds)
            quiet = Others(*said)
        except (ChildFailed, TimeoutError) as error:
            return Neighbour(style, kind, None, None, None, f"failed: {reason(error)}"[:160])
        beside, became = await _beside(process, seconds)
    p95, p99, most = beside[:3] if beside is not None else (None, None, None)
    at_least = beside is not None and beside.cut_short
    return Neighbour(
        style, kind, quiet.p99_ms, p99, most, became, quiet.inputs, quiet.p95_ms, p95, at_least
    )  # fmt: skip


async def _beside(process: Child, seconds: float) -> tuple[Others | None, str]:
    """What the others saw beside the bad one, and what became of that."""
    beside = None
    try:
        _, *said = await process.heard(seconds + STANDSTILL_S_MAX)
        beside = Others(*said)
        _, became = await process.heard(STANDSTILL_S_MAX)
    except TimeoutError:
        if beside is not None:
            return beside, "never ended; had to be killed"
        waited_ms = (seconds + STANDSTILL_S_MAX) * 1e3
        stood = Others(waited_ms, waited_ms, waited_ms, 0, cut_short=True)
        return stood, "everything stood still; the process was killed"
    except ChildFailed as error:
        return beside, f"failed: {reason(error)}"[:160]
    return beside, became

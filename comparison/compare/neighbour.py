"""One bad terminal among fifty: what the others notice, and what becomes of the bad one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from comparison.bank_store import copied
from comparison.compare.children import ChildFailed, child
from comparison.compare.results import Neighbour
from comparison.table import ENTRACTE

KINDS = ("python", "numpy", "processes", "endless")
STYLES = (ENTRACTE, "asyncio, saved", "threads, saved")
"""The monitor, an event loop and threads; the other competitors are one of the last two at heart."""
STANDSTILL_S_MAX = 2.0
SHORT = (("asyncio, saved", "endless"),)


async def measure(template: Path, seconds: float, every: bool) -> AsyncIterator[Neighbour]:
    """Each style beside each kind, in a process of its own; else the monitor's, and an event loop's worst."""
    for style in STYLES:
        for kind in KINDS:
            if not every and style != ENTRACTE and (style, kind) not in SHORT:
                continue
            store = copied(template, f"neighbour {style} {kind}")
            yield await _one(style, kind, store, seconds)
            for left in store.parent.glob(f"{store.stem}*"):
                left.unlink()


async def _one(style: str, kind: str, store: Path, seconds: float) -> Neighbour:
    values = {"competitor": style, "store": str(store), "kind": kind, "seconds": seconds}
    async with child("neighbour", values) as process:
        try:
            _, quiet, _ = await process.heard(30)
        except (ChildFailed, TimeoutError) as error:
            return Neighbour(style, kind, None, None, None, f"failed: {error}"[:160])
        p99 = most = None
        try:
            _, p99, most = await process.heard(seconds + STANDSTILL_S_MAX)
            _, became = await process.heard(STANDSTILL_S_MAX)
        except TimeoutError:
            stood = p99 is None
            became = (
                "everything stood still; the process was killed" if stood else "never ended; had to be killed"
            )
            if stood:
                p99 = most = (seconds + STANDSTILL_S_MAX) * 1e3
        except ChildFailed as error:
            became = f"failed: {error}"[:160]
    return Neighbour(style, kind, quiet, p99, most, became)

"""A stateless asyncio handler that commits one aiosqlite transaction a step: the bench's baseline."""

from __future__ import annotations

from comparison import per_step
from comparison.competitor import Line
from comparison.per_step import Desk, Handler
from comparison.per_step import opened as opened

__all__ = ["attach", "opened", "written"]


async def attach(desk: Desk, terminal: str) -> Line:
    """The terminal's conversation out of the store, or a new one."""
    handler, screen = await per_step.resumed(desk, terminal)
    return Line(handler.answer, terminal, 1, handler.sequence, screen)


written = (Desk, Handler, per_step.session)

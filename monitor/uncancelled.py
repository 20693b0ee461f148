"""Tasks of the region's own, which no program can cancel: every terminal waits for what they do."""

from __future__ import annotations

import asyncio


class Uncancelled(asyncio.Task[None]):
    """A task that runs to its end, also where a program cancels every task of the event loop.

    For work that is bounded in time itself: when the loop is shut down, it is waited for.
    """

    __slots__ = ()

    def cancel(self, msg: object = None) -> bool:
        """Do nothing; False, as of a task that is over."""
        return False

"""LOOP: a program that never returns to the monitor, for the bad neighbour."""

from __future__ import annotations

from monitor.area import NoArea
from monitor.outcome import Finish, Outcome
from monitor.program import transaction
from monitor.task import Task


@transaction("LOOP")
async def endless(task: Task[NoArea]) -> Outcome:
    """Computes for ever."""
    while task.transid:
        pass
    return Finish()

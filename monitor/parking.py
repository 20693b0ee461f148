"""Parked conversations: what waits for a next key, put aside in the store, and brought back as it was.

The stage a conversation has come to (the next transaction, the area and the screen) is kept as a record.
Parking writes it and resuming deletes it, each in the unit of work of its step, so that a conversation is
never at two places and never at none.
"""

from __future__ import annotations

from datetime import datetime

from monitor.ending import Ending
from monitor.errors import Abend, LimitExceeded
from monitor.files import Files
from monitor.records import Record, file


@file("parked", key="unit", alternate="terminal")
class Parked(Record, frozen=True):
    """A conversation put aside by a user at a terminal."""

    unit: int
    """The unit of work that parked it: what `Resume` names it by."""
    terminal: str
    user: str
    transid: str
    title: str
    parked_at: str
    next: str
    area_type: str
    area_version: int
    area: str
    screen: str

    @classmethod
    def of(
        cls, stage: Ending, unit: int, *, terminal: str, user: str, title: str, parked_at: datetime
    ) -> Parked:
        """The record of a conversation that has come to `stage`."""
        moment = parked_at.isoformat(timespec="seconds")
        return cls(unit, terminal, user, stage.transid, title, moment, stage.next, *stage.area, stage.screen)

    def stage(self, transid: str) -> Ending:
        """What a step of `transid` that resumes it comes to."""
        area = (self.area_type, self.area_version, self.area)
        return Ending("resume", self.screen, transid, next=self.next, area=area)


async def parked_at(files: Files, terminal: str, limit: int) -> list[Parked]:
    """The conversations parked at a terminal, the latest first."""
    found = await files[Parked].browse(terminal, limit=limit, backward=True, alternate=True)
    own = [parked for parked in found if parked.terminal == terminal]
    return sorted(own, key=lambda parked: (parked.parked_at, parked.unit), reverse=True)


async def park(files: Files, parked: Parked, parked_max: int) -> None:
    """Put a conversation aside; raises `LimitExceeded` when too many are, `Abend` if this step has parked one."""
    if await files[Parked].read(parked.unit) is not None:
        raise Abend("EPRK", f"{parked.transid} cannot park as well: a step puts one conversation aside")
    already = await parked_at(files, parked.terminal, limit=parked_max)
    if len(already) >= parked_max:
        raise LimitExceeded("parked_max", len(already) + 1, parked_max)
    await files[Parked].write(parked)


async def resume(files: Files, unit: int, terminal: str, user: str) -> Parked:
    """Take a parked conversation out; raises `Abend` for one that is not there, or is somebody else's."""
    parked = await files[Parked].read(unit)
    if parked is None or (parked.terminal, parked.user) != (terminal, user):
        raise Abend("EPRK", f"{user} has parked no conversation {unit} at {terminal}; see task.parked()")
    await files[Parked].delete(unit)
    return parked

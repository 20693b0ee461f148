"""What the drivers have in common: a region on its ground, that is disturbed, asked and ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from monitor.startup import Region
from screens.replay.actions import Interruption
from screens.replay.drivers.ground import Ground
from screens.replay.faults import ActionError


class GroundedDriver(ABC):
    """A region on a ground; what shows it to whom is the driver's own."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._region: Region | None = None

    @property
    def region(self) -> Region:
        """The one that is open; raises `ActionError` while there is none."""
        if self._region is None:
            raise ActionError("no region is open")
        return self._region

    async def open(self) -> None:
        """Start the region, and show it."""
        self._region = await self._ground.start()
        await self._attach()

    async def interrupt(self, by: Interruption) -> None:
        """Disturb the region or the terminal, and show it again."""
        await self._detach()
        if by is Interruption.KILL:
            await self._ground.drop()
        elif by is Interruption.RESTART:
            await self._ground.end()
        if by is not Interruption.DISCONNECT:
            self._region = await self._ground.start()
        await self._attach()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._ground.clock.advance(seconds)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        return self._ground.ask(sql)

    def stray(self) -> tuple[str, ...]:
        """See `Driver.stray`."""
        return self._ground.stray()

    async def close(self) -> None:
        """End everything."""
        try:
            await self._detach()
        finally:
            await self._ground.close()

    @abstractmethod
    async def _attach(self) -> None:
        """Attach the terminal to the region."""

    @abstractmethod
    async def _detach(self) -> None:
        """The terminal goes; nothing, if it is not there."""

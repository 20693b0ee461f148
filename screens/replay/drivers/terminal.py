"""The drivers `core` and `store`: a terminal without a person, on a store in memory or in a file."""

from __future__ import annotations

from typing import Any, cast

from monitor.settings import Settings
from monitor.startup import Region
from screens.keys import Key
from screens.layout import Layout, Screen
from screens.presentation_space import PresentationSpace
from screens.replay.actions import Interruption
from screens.replay.drivers.ground import FileGround, Ground, MemoryGround
from screens.replay.faults import ActionError
from screens.replay.scenario import Scenario
from screens.replay.terminal import Decoder, ReplayTerminal


def core(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """In this process, in memory, as fast as it goes."""
    return TerminalDriver(scenario, MemoryGround(scenario, settings))


def store(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """On a real file, through the real connections."""
    return TerminalDriver(scenario, FileGround(scenario, settings))


class TerminalDriver:
    """Keys go straight to the region."""

    def __init__(self, scenario: Scenario, ground: Ground) -> None:
        self._ground = ground
        self._terminal = ReplayTerminal(scenario.terminal, scenario.rows, scenario.columns)
        self._region: Region | None = None

    @property
    def space(self) -> PresentationSpace:
        """The display."""
        return self._terminal.space

    @property
    def screen(self) -> Screen:
        """The stored screen that is on it."""
        return self._terminal.screen

    def layout(self, number: int) -> Layout:
        """A layout by its id."""
        return self._terminal.layout(number)

    async def open(self) -> None:
        """Start the region, and attach the terminal."""
        self._region = await self._ground.start()
        await self._attach()

    async def press(self, key: Key) -> None:
        """Press a key."""
        await self._terminal.press(key)

    async def type(self, text: str) -> None:
        """Type characters."""
        await self._terminal.type(text)

    async def move_to(self, address: int) -> None:
        """Put the cursor somewhere."""
        self._terminal.move_to(address)

    async def interrupt(self, by: Interruption) -> None:
        """Disturb the region or the terminal, and attach again."""
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
        await self._ground.close()

    async def _attach(self) -> None:
        if self._region is None:
            raise ActionError("no region is open")
        await self._terminal.attach(self._region, decoder_of(self._region))


def decoder_of(region: Region) -> Decoder:
    """The region's presentation, if its screens can be drawn."""
    presentation = region.presentation
    if not (hasattr(presentation, "decode") and hasattr(presentation, "layout")):
        raise ActionError("this presentation cannot be drawn; correct `presentation` in the settings")
    return cast("Decoder", presentation)

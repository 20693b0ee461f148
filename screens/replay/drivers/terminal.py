"""The drivers `core` and `store`: a terminal without a person, on a store in memory or in a file."""

from __future__ import annotations

from monitor.settings import Settings
from screens.keys import Key
from screens.layout import Layout, Screen
from screens.presentation_space import PresentationSpace
from screens.replay.drivers.ground import FileGround, Ground, MemoryGround
from screens.replay.drivers.grounded import GroundedDriver, decoder_of
from screens.replay.scenario import Scenario
from screens.replay.terminal import ReplayTerminal


def core(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """In this process, in memory, as fast as it goes."""
    return TerminalDriver(scenario, MemoryGround(scenario, settings))


def store(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """On a real file, through the real connections."""
    return TerminalDriver(scenario, FileGround(scenario, settings))


class TerminalDriver(GroundedDriver):
    """Keys go straight to the region."""

    def __init__(self, scenario: Scenario, ground: Ground) -> None:
        super().__init__(ground)
        self._terminal = ReplayTerminal(scenario.terminal, scenario.rows, scenario.columns)

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

    async def press(self, key: Key) -> None:
        """Press a key."""
        await self._terminal.press(key)

    async def type(self, text: str) -> None:
        """Type characters."""
        await self._terminal.type(text)

    async def move_to(self, address: int) -> None:
        """Put the cursor somewhere."""
        self._terminal.move_to(address)

    async def _show(self) -> None:
        await self._terminal.attach(self.region, decoder_of(self.region))

    async def _leave(self) -> None:
        """A terminal that says no goodbye: the next attachment takes over."""

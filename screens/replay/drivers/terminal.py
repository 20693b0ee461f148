"""The drivers `core` and `store`: a terminal without a person, on a store in memory or in a file."""

from __future__ import annotations

from monitor.settings import Settings
from screens.drawing import decoder_of
from screens.replay.drivers.ground import FileGround, Ground, MemoryGround
from screens.replay.drivers.grounded import GroundedDriver
from screens.replay.scenario import Scenario
from screens.replay.terminal import ReplayTerminal


def core(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """In this process, in memory, as fast as it goes."""
    return TerminalDriver(scenario, MemoryGround(scenario, settings))


def store(scenario: Scenario, settings: Settings) -> TerminalDriver:
    """On a real file, through the real connections."""
    return TerminalDriver(scenario, FileGround(scenario, settings))


class TerminalDriver(GroundedDriver, ReplayTerminal):
    """Keys go straight to the region."""

    def __init__(self, scenario: Scenario, ground: Ground) -> None:
        GroundedDriver.__init__(self, ground)
        ReplayTerminal.__init__(self, scenario.terminal, scenario.rows, scenario.columns)

    async def _attach(self) -> None:
        await self.attach(self.region, decoder_of(self.region.presentation))

    async def _detach(self) -> None:
        """A terminal that says no goodbye: the next attachment takes over."""

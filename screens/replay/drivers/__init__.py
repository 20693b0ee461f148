"""Drivers: who presses the keys of a scenario, and on what ground the region stands."""

from __future__ import annotations

from typing import Any, Protocol

from monitor.importing import named
from monitor.settings import Settings
from screens.keys import Key
from screens.layout import Layout, Screen
from screens.presentation_space import PresentationSpace
from screens.replay.actions import Interruption
from screens.replay.scenario import Scenario


class Driver(Protocol):
    """A session at a terminal, with a region behind it that can be killed."""

    @property
    def space(self) -> PresentationSpace:
        """The display."""
        ...

    @property
    def screen(self) -> Screen:
        """The stored screen that is on it."""
        ...

    def layout(self, number: int, /) -> Layout:
        """A layout by its id."""
        ...

    async def open(self) -> None:
        """Start the region on new data, and attach the terminal."""
        ...

    async def press(self, key: Key) -> None:
        """Press a key; back once its answer is on the display. Raises `ActionError`."""
        ...

    async def type(self, text: str) -> None:
        """Type characters. Raises `ActionError`."""
        ...

    async def move_to(self, address: int) -> None:
        """Put the cursor somewhere. Raises `ActionError`."""
        ...

    async def interrupt(self, by: Interruption) -> None:
        """Kill or restart the region, or drop the terminal; and attach it again."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass on the scenario's clock."""
        ...

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the store, as they are now."""
        ...

    def stray(self) -> tuple[str, ...]:
        """What programs did since the last question that a replay could not do again."""
        ...

    async def close(self) -> None:
        """End everything; the data is gone."""
        ...


VIA = {
    "core": "screens.replay.drivers.terminal:core",
    "store": "screens.replay.drivers.terminal:store",
    "ui": "screens.replay.drivers.pilot:ui",
}
"""Each driver, by the name `--via` gives it: where it is made."""


def driver_of(via: str, scenario: Scenario, settings: Settings) -> Driver:
    """A driver, not open yet."""
    made: Driver = named(VIA[via])(scenario, settings)
    return made

"""The driver `ui`: the terminal for people, worked by its own keys, and the rows of its window read back."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from monitor.importing import named
from monitor.settings import Settings
from screens.drawing import decoder_of
from screens.keys import Key
from screens.layout import Layout, Screen
from screens.presentation_space import PresentationSpace
from screens.replay.drivers.ground import Ground, MemoryGround
from screens.replay.drivers.grounded import GroundedDriver
from screens.replay.faults import ActionError
from screens.replay.scenario import Scenario

APP = "screens.console.app:Terminal"
PARSER = "screens.console.parser:KeyParser"
"""The terminal for people is found by name, for only then is Textual imported."""

_LINES = str.maketrans("▏▕", "  ")
"""The window draws the sides of an outlined field where its attribute bytes are."""


def ui(scenario: Scenario, settings: Settings) -> PilotDriver:
    """The Textual terminal in a window of its own size, on a store in memory."""
    return PilotDriver(scenario, MemoryGround(scenario, settings))


class PilotDriver(GroundedDriver):
    """Keys go to the window; what is on it is what is compared."""

    def __init__(self, scenario: Scenario, ground: Ground) -> None:
        super().__init__(ground)
        self._scenario = scenario
        self._window: AsyncExitStack | None = None
        self._app: Any = None
        self._pilot: Any = None
        self._parser: Any = named(PARSER)()

    @property
    def space(self) -> PresentationSpace:
        """The display."""
        space: PresentationSpace = self._app.session.space
        return space

    @property
    def screen(self) -> Screen:
        """The stored screen that is on it."""
        screen: Screen = self._app.session.screen
        return screen

    def layout(self, number: int) -> Layout:
        """A layout by its id."""
        return decoder_of(self.region.presentation).layout(number)

    async def press(self, key: Key) -> None:
        """Press the keys that run this function; one without a key is called by name."""
        names = [keys for keys, function in self._app.keymap.functions.items() if function is key]
        if names:
            await self._pilot.press(*min(names, key=len))
        else:
            self._app.perform(key)
        await self._settle()

    async def type(self, text: str) -> None:
        """Type characters: what a terminal sends for them goes through the parser of its keys."""
        for key in self._parser.feed(text):
            self._app.post_message(key)
            await self._pilot.pause()
        await self._settle()

    async def move_to(self, address: int) -> None:
        """Click where the cursor should go."""
        row, column = divmod(address, self.space.columns)
        geometry = self._app.view.geometry
        await self._pilot.click(offset=(geometry.left + column, geometry.top + row))
        await self._settle()

    async def _attach(self) -> None:
        decoder = decoder_of(self.region.presentation)
        self._app = named(APP)(self.region, decoder, self._scenario.terminal)
        self._window = AsyncExitStack()
        size = (self._scenario.columns, self._scenario.rows + 1)
        self._pilot = await self._window.enter_async_context(self._app.run_test(size=size))
        await self._settle()

    async def _detach(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            await window.aclose()

    async def _settle(self) -> None:
        """Wait until everything pressed is answered and drawn; the window must show what the display holds."""
        await self._pilot.pause()
        await self._app.session.settle()
        await self._pilot.pause()
        if self._app.session.message:
            raise ActionError(self._app.session.message)
        geometry = self._app.view.geometry
        for row in range(self.space.rows):
            shown = self._app.view.render_line(geometry.top + row).text[geometry.left :].translate(_LINES)
            if shown[: self.space.columns].rstrip() != self.space.row_text(row).rstrip():
                raise ActionError(f"the window shows {shown.rstrip()!r} in row {row + 1}")

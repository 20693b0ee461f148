"""A terminal without a person, for scenarios: whole texts and keys in, a display out."""

from __future__ import annotations

from typing import NamedTuple

from monitor.exchange import Aid, Attachment, Host, Outbound
from screens import keys
from screens.drawing import Decoder
from screens.keys import Key
from screens.layout import Layout, Screen
from screens.presentation_space import PresentationSpace
from screens.replay.faults import ActionError
from screens.station import Station


class _Connection(NamedTuple):
    host: Host
    station: Station


class ReplayTerminal:
    """One terminal on one host at a time; a key is done once its answer is on the display."""

    def __init__(self, name: str, rows: int, columns: int) -> None:
        self.name = name
        self.sent = 0
        """Inputs that were answered."""
        self._size = rows, columns
        self._connection: _Connection | None = None

    @property
    def space(self) -> PresentationSpace:
        """The display."""
        return self._connected.station.space

    @property
    def screen(self) -> Screen:
        """The stored screen that is on it."""
        return self._connected.station.screen

    async def attach(self, host: Host, decoder: Decoder) -> None:
        """Take the terminal over on a host, and show the screen it is on."""
        answer = await host.attach(self.name)
        if not isinstance(answer, Attachment):
            raise ActionError(f"the terminal is refused: {answer.text}")
        station = Station(self.name, decoder, *self._size)
        station.attach(answer)
        self._connection = _Connection(host, station)

    def layout(self, number: int) -> Layout:
        """A layout by its id."""
        return self._connected.station.layout(number)

    async def press(self, key: Key) -> None:
        """A key of the keyboard."""
        await self._send(keys.press(self.space, key))

    async def type(self, text: str) -> None:
        """Characters where the cursor is."""
        while text:
            sign, text = text[0], text[1:]
            await self._send(keys.type_text(self.space, sign))

    async def move_to(self, address: int) -> None:
        """The cursor, to an address."""
        self.space.move_to(address)

    @property
    def _connected(self) -> _Connection:
        if self._connection is None:
            raise ActionError("the terminal is not attached")
        return self._connection

    async def _send(self, aid: Aid) -> None:
        if aid is Aid.NONE:
            return
        host, station = self._connected
        before = station.space.snapshot()
        answer = await host.step(station.inbound(aid))
        if not isinstance(answer, Outbound):
            station.space.restore(before)
            raise ActionError(f"the input is refused ({answer.reason.value}): {answer.text}")
        self.sent += 1
        station.answer(answer, aid)


def check_keyboard(space: PresentationSpace) -> None:
    """Raise `ActionError` when the operator has locked the keyboard: a scenario means what it says."""
    if space.lock.operator:
        row, column = divmod(space.cursor, space.columns)
        raise ActionError(f"the keyboard is locked at {row + 1},{column + 1}: {space.lock.value}")

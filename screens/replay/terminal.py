"""A terminal without a person, for scenarios: whole texts and keys in, a display out."""

from __future__ import annotations

from monitor.exchange import Aid, Attachment, Host, Inbound, Outbound
from screens import keys
from screens.drawing import Decoder, draw
from screens.keys import Key
from screens.layout import BLANK, Layout, Screen
from screens.presentation_space import Lock, PresentationSpace
from screens.replay.faults import ActionError


class ReplayTerminal:
    """One terminal on one host at a time; a key is done once its answer is on the display."""

    def __init__(self, name: str, rows: int, columns: int) -> None:
        self.name = name
        self.space = PresentationSpace(rows, columns)
        self.screen = BLANK
        self.sent = 0
        """Inputs that were answered."""
        self._host: Host | None = None
        self._decoder: Decoder | None = None
        self._epoch = 0
        self._sequence = 0

    async def attach(self, host: Host, decoder: Decoder) -> None:
        """Take the terminal over on a host, and show the screen it is on."""
        answer = await host.attach(self.name)
        if not isinstance(answer, Attachment):
            raise ActionError(f"the terminal is refused: {answer.text}")
        self._host, self._decoder = host, decoder
        self._epoch, self._sequence = answer.epoch, answer.sequence
        self._show(answer.screen, None)

    def layout(self, number: int) -> Layout:
        """A layout by its id."""
        if self._decoder is None:
            raise ActionError("the terminal is not attached")
        return self._decoder.layout(number)

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

    async def _send(self, aid: Aid) -> None:
        if aid is Aid.NONE:
            return
        if self._host is None:
            raise ActionError("the terminal is not attached")
        before = self.space.snapshot()
        answer = await self._host.step(self._inbound(aid))
        if not isinstance(answer, Outbound):
            self.space.restore(before)
            raise ActionError(f"the input is refused ({answer.reason.value}): {answer.text}")
        self._sequence = answer.sequence
        self.sent += 1
        self._show(answer.screen, None if aid is Aid.CLEAR else self.screen, unsent=aid.short)

    def _inbound(self, aid: Aid) -> Inbound:
        sent = self.space.read_modified(aid)
        text = sent.text if self.screen.panels else sent.text or "".join(text for _, text in sent.fields)
        return Inbound(self.name, self._epoch, self._sequence + 1, aid, sent.cursor, sent.fields, text)

    def _show(self, encoded: str, before: Screen | None, *, unsent: bool = False) -> None:
        if self._decoder is None:
            raise ActionError("the terminal is not attached")
        self.screen = self._decoder.decode(encoded)
        draw(self.space, self.screen, self._decoder.layout, before, unsent=unsent)
        self.space.lock = Lock.NONE
        self.space.insert_mode = False


def check_keyboard(space: PresentationSpace) -> None:
    """Raise `ActionError` when the operator has locked the keyboard: a scenario means what it says."""
    if space.lock.operator:
        row, column = divmod(space.cursor, space.columns)
        raise ActionError(f"the keyboard is locked at {row + 1},{column + 1}: {space.lock.value}")

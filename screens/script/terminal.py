"""A terminal without a person: its display, its keyboard, and its place with the host."""

from __future__ import annotations

from monitor.exchange import Aid, Host, Outbound, Reason, Refused
from screens import keys
from screens.drawing import Decoder
from screens.keys import Key
from screens.presentation_space import Lock
from screens.script.fault import Fault
from screens.station import Station


class ScriptTerminal:
    """One terminal, one host, one display; a key is pressed once its answer is on the display."""

    def __init__(self, host: Host, decoder: Decoder, name: str) -> None:
        self.name = name
        self._station = Station(name, decoder)
        self.space = self._station.space
        self.space.lock = Lock.NOT_CONNECTED
        self.attached = False
        self.output_unread = False
        """The host wrote on the display since a script last read it."""
        self._host = host

    async def connect(self) -> None:
        """Take the terminal over, and show the screen it is on."""
        answer = await self._host.attach(self.name)
        if isinstance(answer, Refused):
            raise Fault(answer.text)
        self.attached = True
        self._station.attach(answer)
        self.output_unread = True

    def disconnect(self) -> None:
        """Leave; the screen stays on the display, and in the store."""
        self.attached = False
        self.space.lock = Lock.NOT_CONNECTED

    async def press(self, key: Key) -> None:
        """A key of the keyboard; one that sends comes back when its answer is durable and shown."""
        self._check_attached()
        await self._send(keys.press(self.space, key))
        self._check_operator()

    async def type(self, char: str) -> None:
        """One character."""
        self._check_keyboard()
        await self._send(keys.type_text(self.space, char))
        self._check_operator()

    def move_to(self, address: int) -> None:
        """The cursor, to an address."""
        self._check_keyboard()
        self.space.move_to(address)
        self._check_operator()

    def _check_keyboard(self) -> None:
        self._check_attached()
        self._check_operator()

    def _check_attached(self) -> None:
        if not self.attached:
            raise Fault("Keyboard locked", "Not connected")

    def _check_operator(self) -> None:
        if self.space.lock.operator:
            raise Fault("Keyboard locked", f"Operator error: {self.space.lock.value}")

    async def _send(self, aid: Aid) -> None:
        if aid is Aid.NONE:
            return
        typed = self.space.snapshot()
        answer = await self._host.step(self._station.inbound(aid))
        if isinstance(answer, Outbound):
            self._station.answer(answer, aid)
            self.output_unread = True
            return
        self.space.restore(typed)
        await self._refused(answer)

    async def _refused(self, refused: Refused) -> None:
        if refused.reason is Reason.TAKEN_OVER:
            self.disconnect()
            raise Fault(
                refused.text, "Disconnected. Start again, or use Connect(), to take the terminal back."
            )
        if refused.reason is Reason.OUT_OF_SEQUENCE:
            await self.connect()
            raise Fault(refused.text, "Attached again: the display is where the terminal stands.")
        raise Fault(refused.text)

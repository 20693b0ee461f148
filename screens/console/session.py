"""A terminal at work with a host: what is typed, what is sent, what comes back. No Textual here.

The screen on the display is always one the host has stored. Keys typed while an input is with the host
wait in line; an input whose answer got lost is sent again under the same sequence number, so that it
never runs twice.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import TypeVar

from monitor.exchange import Aid, Attachment, Host, Inbound, Outbound, Reason, Refused
from screens import keys
from screens.drawing import Decoder
from screens.keys import Key
from screens.layout import Screen
from screens.presentation_space import Lock, Snapshot
from screens.station import Station

_log = logging.getLogger(__name__)

RETRY_S_MIN = 0.2
RETRY_S_MAX = 5.0
STORE_RETRIES_MAX = 3
TYPE_AHEAD_KEYS_MAX = 2_000
TYPE_AHEAD_FULL = f"no more than {TYPE_AHEAD_KEYS_MAX} keys wait in line: the rest is dropped"

Answer = TypeVar("Answer")


def retry_s(tries: int) -> float:
    """Seconds until the next try, after so many: the twice of them each time, up to a bound."""
    return min(RETRY_S_MIN * (1 << min(tries, 10)), RETRY_S_MAX)


class Link(enum.Enum):
    """How the terminal stands with its host."""

    DOWN = "not attached"
    UP = "attached"
    TAKEN = "taken over"


class Session:
    """One terminal, one host, one display."""

    def __init__(self, host: Host, decoder: Decoder, terminal: str, changed: Callable[[], None]) -> None:
        self.terminal = terminal
        self.station = Station(terminal, decoder)
        self.space = self.station.space
        self.link = Link.DOWN
        self.message = ""
        """What the host or the terminal has to say, until the next key."""
        self.response_s: float | None = None
        """Time from the last key that sent to its screen."""
        self.asking = False
        """True while a question to the host has no answer yet."""
        self.unanswered = False
        """True from the moment an input is sent until its answer, or its refusal, is here."""
        self.type_ahead: deque[Key | str | Iterator[Key | str]] = deque()
        self._host = host
        self._changed = changed
        self._given_up = False
        self._work: asyncio.Task[None] | None = None

    @property
    def screen(self) -> Screen:
        """The stored screen that is on the display."""
        return self.station.screen

    @property
    def waiting(self) -> bool:
        """True while an input is with the host, or the host is out of reach."""
        return self.space.lock in (Lock.WAIT, Lock.NOT_CONNECTED)

    def attach(self) -> None:
        """Begin, or take the terminal back: ask the host where it stands."""
        self.space.lock = Lock.NOT_CONNECTED
        self._begin(self._attach())

    def press(self, key: Key) -> None:
        """A key of the keyboard: done now, or put in line while the host works."""
        self._press(key)
        self._changed()

    def type(self, text: str) -> None:
        """Characters of the keyboard."""
        self._type(text)
        self._changed()

    def play(self, strokes: Iterator[Key | str]) -> None:
        """Keys chosen one by one, each where those before it have led; they wait in line as one key."""
        self._queue(strokes)
        self._replay()
        self._changed()

    def move_to(self, address: int) -> None:
        """The cursor, by a click; it stays where it is while the host works."""
        if not self.waiting:
            self.message = ""
            self._send(keys.move_to(self.space, address))
        self._changed()

    async def settle(self) -> None:
        """Wait until no input is with the host and nothing is in line."""
        while self._work is not None and not self._work.done():
            await asyncio.wait([self._work])

    async def close(self) -> None:
        """Stop asking; an input that is `unanswered` then is given up, and may have been stored or not."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _press(self, key: Key) -> None:
        if key is Key.RESET:
            self._reset()
        elif self.waiting:
            self._queue(key)
        else:
            self.message = ""
            self._send(keys.press(self.space, key))

    def _type(self, text: str) -> None:
        if self.waiting:
            for char in text:
                self._queue(char)
        else:
            self.message = ""
            self._send(keys.type_text(self.space, text))

    def _reset(self) -> None:
        self.type_ahead.clear()
        self._given_up = True
        if self.link is not Link.UP and not self.asking:
            self.attach()
        else:
            if not self.waiting or self.message == TYPE_AHEAD_FULL:
                self.message = ""
            self.space.reset()

    def _queue(self, key: Key | str | Iterator[Key | str]) -> None:
        if len(self.type_ahead) >= TYPE_AHEAD_KEYS_MAX:
            self.message = TYPE_AHEAD_FULL
        elif self.link is not Link.TAKEN:
            self.type_ahead.append(key)

    def _send(self, aid: Aid) -> None:
        if aid is Aid.NONE:
            return
        before = self.space.snapshot()
        inbound = self.station.inbound(aid)
        self.space.lock = Lock.WAIT
        self.unanswered = True
        self._begin(self._step(inbound, before))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._given_up = False
        self.asking = True
        self._work = asyncio.create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """Around a terminal: a fault of ours, or a screen that cannot be shown, is said; the keyboard is free."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  said and logged; the operator goes on
            _log.exception("terminal %s", self.terminal)
            self.space.lock = Lock.NONE
            self.message = f"this screen cannot be shown: {error!r}"
            self._changed()

    async def _attach(self) -> None:
        answer = await self._ask(lambda: self._host.attach(self.terminal))
        if isinstance(answer, Attachment):
            self.link = Link.UP
            self.message = ""
            self.station.attach(answer, keep=True)
        else:
            self.message = answer.text
        self._replay()
        self._changed()

    async def _step(self, inbound: Inbound, before: Snapshot) -> None:
        started = time.monotonic()
        answer = await self._ask(lambda: self._host.step(inbound))
        self.unanswered = False
        self.response_s = time.monotonic() - started
        self.message = ""
        if isinstance(answer, Outbound):
            self.station.answer(answer, inbound.aid)
        else:
            self.space.restore(before)
            self._refused(answer)
        self._replay()
        self._changed()

    def _refused(self, refused: Refused) -> None:
        """Say why; the keyboard unlocks with everything typed still there, unless another took the terminal."""
        self.message = refused.text
        self.type_ahead.clear()
        if refused.reason is Reason.TAKEN_OVER:
            self.link = Link.TAKEN
            self.space.lock = Lock.NOT_CONNECTED
        elif refused.reason is Reason.OUT_OF_SEQUENCE:
            self.link = Link.DOWN
            self.space.lock = Lock.NOT_CONNECTED
        else:
            self.space.lock = Lock.NONE

    async def _ask(self, question: Callable[[], Awaitable[Answer | Refused]]) -> Answer | Refused:
        """Ask until there is an answer, ever more slowly; the operator sees what is wrong meanwhile.

        A region out of reach is asked for ever, a store that is busy or full a few times; Reset gives the
        store up at once. The same question twice is one step, so nothing runs twice.
        """
        tries = 0
        while True:
            try:
                answer = await question()
            except Exception as error:  # noqa: BLE001  whatever became of the region, the terminal lives on
                self.space.lock = Lock.NOT_CONNECTED
                self.message = f"the region does not answer ({type(error).__name__}); trying again"
            else:
                store = isinstance(answer, Refused) and answer.reason is Reason.STORE
                if not store or tries >= STORE_RETRIES_MAX or self._given_up:
                    self.asking = False
                    return answer
                self.message = "the store is not ready; trying again"
            self._changed()
            await asyncio.sleep(retry_s(tries))
            tries += 1

    def _replay(self) -> None:
        """Do what was typed ahead, up to the next key that sends; an operator's lock drops the rest."""
        while self.type_ahead and not self.waiting:
            key = self.type_ahead.popleft()
            if not isinstance(key, Key | str):
                self._play(key)
            elif self.space.lock is Lock.NONE:
                self._do(key)

    def _play(self, strokes: Iterator[Key | str]) -> None:
        """Do keys until one sends; those after it are the first in line."""
        for key in strokes:
            self._do(key)
            if self.waiting:
                self.type_ahead.appendleft(strokes)
                break

    def _do(self, key: Key | str) -> None:
        if isinstance(key, Key):
            self._press(key)
        else:
            self._type(key)

"""A region that operators work at, and that dies where it is told to: run as a process of its own.

    python -m tests.crash.region STORE LOG SEED POINT COUNT TERMINAL...

Every terminal posts transfers for ever. What its operator saw goes to LOG, a line at a time, as it is seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.dispatcher import Dispatcher
from monitor.exchange import Aid, Attachment, Host, Inbound, Outbound, Refused
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import Region, open_region
from monitor.store.connection import HopConnection
from monitor.store.relay import RelayedStore
from monitor.store.transactor import Transactor
from screens.presenter import Presenter
from transactions.bank.maps import XFER01

ACCOUNTS = ("10020011", "20030022", "30104729", "30209458", "30314187")
POINTS = ("in the load", "in the commit", "before commit", "after commit", "before answer", "between screens")
CROWDED = "crowded"
"""Not a point: the store has a process of its own as soon as two terminals commit together."""
BEREFT = "bereft"
"""As crowded, and at every so many answers the store's process is killed."""


class Countdown:
    """Dies at the call that brings the count to nothing."""

    def __init__(self, count: int) -> None:
        self._left = count

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            die()


def die() -> None:
    """As if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, count: int) -> None:
    """Make this process die at the `count`-th time it comes to `point`."""
    countdown = Countdown(count)
    match point:
        case "in the load":
            before(Transactor, "read", countdown)
        case "in the commit" | "before commit" | "after commit":
            wrap_execute(point, countdown)
        case "before answer":
            wrap_step(countdown)


def before(owner: type, name: str, act: Callable[[], None]) -> None:
    """Call `act` before a method."""
    method = getattr(owner, name)

    def wrapped(*arguments: Any) -> Any:
        act()
        return method(*arguments)

    setattr(owner, name, wrapped)


def wrap_execute(point: str, countdown: Countdown) -> None:
    """Die around the statements of a commit, in the database's thread."""
    execute = HopConnection.execute

    def wrapped(self: HopConnection, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if (point == "before commit" and sql == "COMMIT") or (
            point == "in the commit" and sql.startswith("INSERT")
        ):
            countdown()
        cursor = execute(self, sql, parameters)
        if point == "after commit" and sql == "COMMIT":
            countdown()
        return cursor

    HopConnection.execute = wrapped  # type: ignore[method-assign]  # this process is made to die here


def wrap_step(countdown: Countdown) -> None:
    """Die once a step is durable, before its terminal hears of it."""
    step = Dispatcher.step

    async def wrapped(self: Dispatcher, inbound: Inbound, start: str = "") -> Outbound | Refused:
        answer = await step(self, inbound, start)
        countdown()
        return answer

    Dispatcher.step = wrapped  # type: ignore[method-assign]  # this process is made to die here


class Log:
    """Lines that are in the file as soon as they are written."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *words: object) -> None:
        """One line."""
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())


def digest(screen: str) -> str:
    """A screen, in a word."""
    return hashlib.blake2b(screen.encode(), digest_size=8).hexdigest()


class Operator:
    """Posts transfers at one terminal."""

    def __init__(self, host: Host, presenter: Presenter, log: Log, terminal: str, seed: int) -> None:
        self._host = host
        self._presenter = presenter
        self._log = log
        self._terminal = terminal
        self._chance = random.Random(f"{seed} {terminal}")  # noqa: S311  chance, not secrecy

    async def work(self, answered: Callable[[], bool]) -> None:
        """Attach and go on from the screen that is there, until `answered` says to stop."""
        attachment = await self._host.attach(self._terminal)
        if isinstance(attachment, Refused):
            raise SystemExit(f"{self._terminal} cannot be attached: {attachment.text}")
        self._log.write("attached", self._terminal, attachment.sequence, digest(attachment.screen))
        await self._repeat(attachment)
        sequence, screen = attachment.sequence, attachment.screen
        while True:
            inbound = self._next_key(attachment.epoch, sequence + 1, screen)
            self._log.write("sent", self._terminal, inbound.sequence, inbound.aid)
            answer = await self._host.step(inbound)
            if isinstance(answer, Refused):
                self._log.write("refused", self._terminal, inbound.sequence, answer.text)
                continue
            sequence, screen = answer.sequence, answer.screen
            self._log.write("shown", self._terminal, sequence, digest(screen))
            if answered():
                return

    async def _repeat(self, attachment: Attachment) -> None:
        """Send the last input again: it gets its stored answer, and nothing runs."""
        again = Inbound(self._terminal, attachment.epoch, attachment.sequence, Aid.PF5)
        answer = await self._host.step(again)
        same = isinstance(answer, Outbound) and answer.screen == attachment.screen
        self._log.write(
            "repeated" if same else "BROKEN", self._terminal, attachment.sequence, answer if not same else ""
        )

    def _next_key(self, epoch: int, sequence: int, encoded: str) -> Inbound:
        def key(aid: Aid, fields: tuple[tuple[int, str], ...] = (), text: str = "") -> Inbound:
            return Inbound(self._terminal, epoch, sequence, aid, 0, fields, text)

        screen = self._presenter.decode(encoded)
        if not screen.panels:
            return key(Aid.ENTER, text="XFER")
        panel = screen.panels[-1]
        if self._presenter.layout(panel.layout).map != "XFER01":
            return key(Aid.CLEAR)
        if "press f5" in panel.values.get("message", "").lower():
            return key(Aid.PF5)
        source, target = self._chance.sample(ACCOUNTS, 2)
        form = {
            "source": source,
            "target": target,
            "amount": f"{self._chance.randint(1, 900) / 100:.2f}",
            "reference": f"{self._terminal}.{sequence}",
        }
        return key(Aid.ENTER, tuple((_start(name), text) for name, text in form.items()))


def _start(name: str) -> int:
    return XFER01.layout.named[name].address + 1


async def run(store: Path, log: Log, seed: int, point: str, count: int, terminals: list[str]) -> None:
    """All operators at once; between screens: `count` answers, and then death with nothing under way."""
    answers = itertools.count(1)

    def answered() -> bool:
        number = next(answers)
        if point == BEREFT and number % count == 0:
            bereave(region)
        return point == "between screens" and number >= count

    limits = Limits(store_process_units_min=2) if point in (CROWDED, BEREFT) else Limits()

    async with open_region(Settings(store=str(store), limits=limits)) as region:
        presenter = region.presentation
        assert isinstance(presenter, Presenter)
        operators = [Operator(region, presenter, log, terminal, seed) for terminal in terminals]
        await asyncio.gather(*(operator.work(answered) for operator in operators))
        die()


def bereave(region: Region) -> None:
    """Kill the store's own process, if it has one."""
    if isinstance(region.store, RelayedStore) and region.store.process is not None:
        os.kill(region.store.process.pid, signal.SIGKILL)


def main() -> None:
    """The arguments are in the module's docstring."""
    store, log, seed, point, count, *terminals = sys.argv[1:]
    arm(point, int(count))
    asyncio.run(run(Path(store), Log(Path(log)), int(seed), point, int(count), terminals))


if __name__ == "__main__":
    main()

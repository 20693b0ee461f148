"""What a competitor is: a module that opens itself on a store and attaches terminals to what it opened."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from comparison.audit import Answered
from comparison.entracte import SOURCE, typed_fields
from comparison.workload import Transfer, WrongAnswer
from monitor.exchange import Aid, Inbound


class Line(NamedTuple):
    """A terminal's line to a competitor: it sends an input and gets the screen that answers it."""

    send: Callable[[Inbound], Awaitable[str]]
    terminal: str
    epoch: int
    sequence: int
    """Of the last input that was answered."""
    screen: str
    """Where the terminal stands."""


class Keyboard:
    """One simulated terminal: types transfers, and looks at the screens that come back."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._first = line.sequence + 1
        self.sequence = line.sequence
        """Of the last input that was answered."""
        self.screen = line.screen
        self.posted = 0
        """Transfers that were answered as posted."""

    @property
    def terminal(self) -> str:
        """Its id."""
        return self._line.terminal

    async def check(self, transfer: Transfer) -> None:
        """Enter, with the four fields."""
        await self._key(Aid.ENTER, "Press F5 to post", typed_fields(transfer))

    async def post(self) -> None:
        """PF5."""
        await self._key(Aid.PF5, " posted from ", ())
        self.posted += 1

    def answered(self, seed: int, number: int) -> Answered:
        """For the audit: what was answered, to the terminal of that number in the workload."""
        return Answered(self._line.terminal, seed, number, self._first, self.sequence, self.posted)

    async def _key(self, aid: Aid, expected: str, fields: tuple[tuple[int, str], ...]) -> None:
        line = self._line
        sequence = self.sequence + 1
        self.screen = await line.send(Inbound(line.terminal, line.epoch, sequence, aid, SOURCE, fields))
        if expected not in self.screen:
            raise WrongAnswer(f"{line.terminal} {aid}: {self.screen}")
        self.sequence = sequence


class Style(Protocol):
    """The module of a competitor."""

    def opened(self, store: Path, commit_delay_s: float, /) -> AbstractAsyncContextManager[Any]:
        """The competitor at work on a bank's store."""
        ...

    async def attach(self, opened: Any, terminal: str, /) -> Line:
        """A terminal on the transfer form; or, if the store remembers it, where it was."""
        ...

    @property
    def written(self) -> tuple[object, ...]:
        """The functions and classes that are the application, without the rules all share."""
        ...


class Competitor(NamedTuple):
    """One way to do the work, and what to say about it beside its figures."""

    name: str
    module: str
    saves: bool
    """True: a step is answered when it is on disk. Those that save are never ranked with those that do not."""
    durability: str
    over: str
    """How an input reaches it."""
    by_hand: str
    """What its author had to write for durability, isolation and repeats."""
    needs: tuple[str, ...] = ()
    """Distributions to install."""
    terminals_max: int = 1_000_000
    """More at once than this style is used with."""
    steps_kept: bool = True
    """True: every step is a row of the store's own history, so that the audit can count them."""
    on_deploy: str = ""
    """What to say of an area that gained a field; empty: its default filled it in, and nothing looks at versions."""
    idle: str = "stored"
    """What an idle conversation is: stored (rows only), attached (rows, and something that waits in the process),
    connected (the same, and a connection), live (whatever it takes to begin one)."""
    idle_max: int = 100_000
    """More idle conversations than this are not tried."""

    @property
    def heavy(self) -> bool:
        """True for one that is far slower than the others: it is measured with few terminals."""
        return self.terminals_max < 1_000

    def style(self) -> Style:
        """The module; raises whatever a package it needs raises, ModuleNotFoundError if one is not installed."""
        style: Style = importlib.import_module(self.module)
        return style

    def missing(self) -> str:
        """Why it cannot be measured: what to install, or what does not work; empty if nothing is missing."""
        if not self.needs:
            return ""
        try:
            self.style()
        except ModuleNotFoundError:
            return f"not installed: pip install {' '.join(self.needs)}"
        except Exception as error:  # noqa: BLE001 whatever a package that is broken, or too old, raises
            return f"not usable: {type(error).__name__}: {error}"[:160]
        return ""

    @asynccontextmanager
    async def opened(self, store: Path, commit_delay_s: float = 0.0) -> AsyncIterator[Any]:
        """The competitor at work; commits are made `commit_delay_s` slower where it commits."""
        async with self.style().opened(store, commit_delay_s) as opened:
            yield opened

    async def line(self, opened: Any, terminal: str) -> Line:
        """A terminal's line."""
        return await self.style().attach(opened, terminal)

    async def keyboard(self, opened: Any, terminal: str) -> Keyboard:
        """A simulated terminal."""
        return Keyboard(await self.line(opened, terminal))

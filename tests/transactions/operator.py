"""An operator at a terminal: types and presses keys, and reads the screen, on a region with a store of its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.clock import VirtualClock
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.settings import Settings
from monitor.startup import Region, open_region
from screens.keys import Key, press, type_text
from screens.layout import Screen
from screens.presenter import Presenter
from screens.station import Station

BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"


def filled(*texts: str) -> tuple[Key | str, ...]:
    """The texts, with a Tab from each field to the next."""
    return tuple(stroke for text in texts for stroke in (Key.TAB, text))[1:]


class Operator:
    """One terminal, worked by keys."""

    def __init__(self, region: Region, store: Path, name: str = "T001") -> None:
        assert isinstance(region.presentation, Presenter)
        self._station = Station(name, region.presentation)
        self.space = self._station.space
        self.region = region
        self._store = store

    async def attach(self) -> None:
        """Take the terminal over and look at its screen."""
        answer = await self.region.attach(self._station.terminal)
        assert isinstance(answer, Attachment), answer
        self._station.attach(answer)

    async def do(self, *keys: Key | str) -> str:
        """Press keys and type texts; returns the message row."""
        for key in keys:
            aid = press(self.space, key) if isinstance(key, Key) else type_text(self.space, key)
            if aid is not Aid.NONE:
                await self._send(aid)
        return self.message

    def input(self, aid: Aid) -> Inbound:
        """What a key would send now."""
        return self._station.inbound(aid)

    async def _send(self, aid: Aid) -> None:
        answer = await self.region.step(self.input(aid))
        assert isinstance(answer, Outbound), answer
        self._station.answer(answer, aid)

    @property
    def screen(self) -> Screen:
        """The stored screen."""
        return self._station.screen

    @property
    def rows(self) -> list[str]:
        """What a person reads, without trailing blanks."""
        return [self.space.row_text(row).rstrip() for row in range(self.space.rows)]

    @property
    def message(self) -> str:
        """The message row."""
        return self.rows[22].strip()

    @property
    def map(self) -> str:
        """The map on the screen; empty: none."""
        return self._station.layout(self.screen.panels[0].layout).map if self.screen.panels else ""

    @property
    def at(self) -> str:
        """The field the cursor is in."""
        layout = self._station.layout(self.screen.panels[0].layout)
        starts = {(field.address + 1) % self.space.size: name for name, field in layout.named.items()}
        return starts.get(self.space.cursor, "")

    def field(self, name: str) -> str:
        """The text in a field."""
        layout = self._station.layout(self.screen.panels[0].layout)
        field = layout.named[name]
        return self.space.shown(field.address + 1, field.length).strip()

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the store says, by plain SQL of the test's own."""
        with closing(sqlite3.connect(self._store, isolation_level=None)) as database:
            return database.execute(sql, values).fetchall()

    def matches(self, name: str) -> bool:
        """Whether the screen is the golden one; ENTRACTE_GOLDEN=write in the environment makes it so."""
        file = GOLDEN / f"{name}.txt"
        text = "\n".join(self.rows) + "\n"
        if os.environ.get("ENTRACTE_GOLDEN") == "write":
            file.write_text(text, "utf-8")
        return file.read_text("utf-8") == text


@asynccontextmanager
async def operators_on(store: Path, *names: str) -> AsyncIterator[list[Operator]]:
    """Attached operators at terminals of one region, whose clock stands still."""
    async with open_region(Settings(store=str(store)), clock=VirtualClock(BEGINNING)) as region:
        operators = [Operator(region, store, name) for name in names]
        for operator in operators:
            await operator.attach()
        yield operators


@asynccontextmanager
async def operator_on(store: Path) -> AsyncIterator[Operator]:
    """The only operator of a region."""
    async with operators_on(store, "T001") as (operator,):
        yield operator


async def started(operator: Operator, code: str) -> None:
    """Leave the menu for another transaction."""
    await operator.do(Key.CLEAR, code, Key.ENTER)

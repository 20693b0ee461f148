"""The Textual terminal in a window, on the form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from screens.console.app import Terminal
from tests.screens.console.fakes import FakeHost, FakePresenter

NAME = 3 * 80 + 20


def terminal(folder: Path | None = None) -> tuple[Terminal, FakeHost]:
    """A terminal on the form."""
    presenter = FakePresenter()
    host = FakeHost(presenter)
    return Terminal(host, presenter, "T001", folder), host


def row(app: Terminal, y: int) -> str:
    """A row of the window, as text."""
    return app.view.render_line(y).text


async def settled(pilot: Pilot[None]) -> None:
    """Everything typed is done and answered."""
    app = pilot.app
    assert isinstance(app, Terminal)
    await pilot.pause()
    await app.session.settle()
    await pilot.pause()


@asynccontextmanager
async def window_of(app: Terminal, size: tuple[int, int] = (80, 25)) -> AsyncIterator[Pilot[None]]:
    """The terminal attached and drawn, with whoever presses its keys."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot

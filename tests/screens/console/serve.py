"""The terminal on the fake host, as a process of its own: for tests that need a real window."""

from __future__ import annotations

import asyncio
import sys

from screens.console import run
from tests.screens.console.fakes import FakeHost, FakePresenter, form


async def main(rows: int = 24, columns: int = 80) -> None:
    """Work at the form until Ctrl+Q."""
    presenter = FakePresenter(form(rows, columns))
    await run(FakeHost(presenter), presenter, "T001")


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:3])))

"""The terminal on a host that writes to descriptors 1 and 2, as a process of its own with a real window."""

from __future__ import annotations

import asyncio
import os
import subprocess

from monitor.exchange import Inbound, Outbound, Refused
from screens.console import run
from tests.screens.console.fakes import FakeHost, FakePresenter


class LoudHost(FakeHost):
    """Its programs, and what they start, write over the window with every step."""

    async def step(self, inbound: Inbound) -> Outbound | Refused:
        """One input."""
        for number in (1, 2):
            os.write(number, b"WRITTEN OVER IT")
            subprocess.run(["sh", "-c", f"echo WRITTEN OVER IT >&{number}"], check=True)  # noqa: ASYNC221
        return await super().step(inbound)


async def main() -> None:
    """Work at the form until Ctrl+Q; then both descriptors are as they were."""
    presenter = FakePresenter()
    await run(LoudHost(presenter), presenter, "T001")
    for number, word in ((1, b"first again\n"), (2, b"second again\n")):
        os.write(number, word)


if __name__ == "__main__":
    asyncio.run(main())

"""Competitor: Entracte's dispatcher in process. Every step is durable; nothing is kept between two steps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from comparison.workload import Transfer, WrongAnswer
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.settings import Settings
from monitor.startup import Region, open_region
from transactions.bank.maps import XFER01

SOURCE, TARGET, AMOUNT, REFERENCE = (
    XFER01.layout.named[name].address + 1 for name in ("source", "target", "amount", "reference")
)


def typed_fields(transfer: Transfer) -> tuple[tuple[int, str], ...]:
    """The transfer as a terminal sends it: each field at its address."""
    return (
        (SOURCE, transfer.source),
        (TARGET, transfer.target),
        (AMOUNT, transfer.amount),
        (REFERENCE, transfer.reference),
    )


class Terminal:
    """A terminal that was started on XFER."""

    def __init__(self, region: Region, terminal: str, epoch: int, sequence: int) -> None:
        self._region = region
        self._terminal = terminal
        self._epoch = epoch
        self._sequence = sequence

    async def check(self, transfer: Transfer) -> None:
        """Enter, with the four fields."""
        await self._key(Aid.ENTER, "Press F5 to post", typed_fields(transfer))

    async def post(self) -> None:
        """PF5."""
        await self._key(Aid.PF5, " posted from ")

    async def begin(self) -> None:
        """Type the transaction code on the blank screen."""
        await self._key(Aid.ENTER, "XFER", text="XFER")

    async def _key(
        self, aid: Aid, expected: str, fields: tuple[tuple[int, str], ...] = (), text: str = ""
    ) -> None:
        self._sequence += 1
        answer = await self._region.step(
            Inbound(self._terminal, self._epoch, self._sequence, aid, SOURCE, fields, text)
        )
        if not isinstance(answer, Outbound) or (expected not in answer.screen and not text):
            raise WrongAnswer(f"{self._terminal} {aid}: {answer}")


@asynccontextmanager
async def opened(store: Path, commit_delay_s: float) -> AsyncIterator[Region]:
    """A region on `store`, with the bank."""
    settings = Settings(store=str(store), good_morning_transid="")
    async with open_region(settings, commit_delay_s=commit_delay_s) as region:
        yield region


async def session(region: Region, terminal: str) -> Terminal:
    """Attach a terminal and start XFER on it."""
    attached = await region.attach(terminal)
    if not isinstance(attached, Attachment):
        raise WrongAnswer(attached.text)
    made = Terminal(region, terminal, attached.epoch, attached.sequence)
    await made.begin()
    return made

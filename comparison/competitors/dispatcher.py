"""Entracte's dispatcher in process: every step durable, nothing kept between two steps."""

from __future__ import annotations

from pathlib import Path

from comparison.competitor import Line
from comparison.entracte import SOURCE
from comparison.entracte import opened as opened
from comparison.workload import WrongAnswer
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.startup import Region
from transactions.bank.transfer import check, post, refused, transfer

__all__ = ["Path", "attach", "opened", "written"]


async def attach(region: Region, terminal: str) -> Line:
    """Attach the terminal; start XFER if it is on no screen yet."""
    attached = await region.attach(terminal)
    if not isinstance(attached, Attachment):
        raise WrongAnswer(attached.text)

    async def send(inbound: Inbound) -> str:
        answer = await region.step(inbound)
        if isinstance(answer, Outbound):
            return answer.screen
        raise WrongAnswer(f"{terminal}: {answer}")

    line = Line(send, terminal, attached.epoch, attached.sequence, attached.screen)
    if "XFER" in attached.screen or attached.sequence:
        return line
    screen = await send(Inbound(terminal, line.epoch, 1, Aid.ENTER, SOURCE, text="XFER"))
    return line._replace(sequence=1, screen=screen)


written = (transfer.function, check, post, refused)

"""Inputs no terminal should send, and answers too large to keep: refused or abended by name, never a traceback."""

from __future__ import annotations

import msgspec
import pytest

from monitor import Converse, Finish, NoArea, Outcome, Send, Task, transaction
from monitor.exchange import Outbound, Reason
from monitor.limits import Limits
from tests.monitor.bed import QUIET, Disk, Terminal, region_on
from tests.monitor.faults import bad


async def test_input_with_half_a_character_is_refused(disk: Disk) -> None:
    """An input that could not be kept in the history is refused, and the next one is taken."""
    async with region_on(disk, bad) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert (await terminal.refused(text="BAD \udc80")).reason is Reason.INPUT
        await terminal.press(text="BAD")
        assert disk.one("SELECT count(*) FROM step") == 1


@pytest.mark.parametrize(
    "text", ["", "BAD \0", "BAD \N{PILE OF POO}", "\N{DIGIT ONE}" * 20_000, "'; DROP TABLE"]
)
async def test_odd_inputs_are_answered(disk: Disk, text: str) -> None:
    """Nothing a keyboard can send harms the region."""
    async with region_on(disk, bad) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text=text)
        assert disk.one("SELECT count(*) FROM step") == 1


async def test_input_past_the_limits_is_refused(disk: Disk) -> None:
    """One character or one field too many is refused by the limit's name."""
    limits = Limits(runaway_s_max=0, input_chars_max=10, input_fields_max=2)
    async with region_on(disk, bad, limits=limits) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "input_chars_max" in (await terminal.refused(text="x" * 11)).text
        crowded = msgspec.structs.replace(terminal.input(), fields=((0, ""), (1, ""), (2, "")))
        answer = await terminal.send(crowded)
        assert "input_fields_max" in getattr(answer, "text", "")
        await terminal.press(text="x" * 10)
        full = msgspec.structs.replace(terminal.input(), fields=((0, ""), (1, "")))
        assert isinstance(await terminal.send(full), Outbound)


@pytest.mark.parametrize("finish", [False, True], ids=["converse", "finish"])
async def test_screen_past_its_limit_is_an_abend(disk: Disk, finish: bool) -> None:
    """A screen is measured in bytes, whatever the outcome that carries it."""

    @transaction("WIDE")
    async def wide(task: Task[NoArea]) -> Outcome:
        screen = Send("NOTE", {"text": "\N{EURO SIGN}" * 400})
        return Finish(screen) if finish else Converse(screen)

    limits = msgspec.structs.replace(QUIET, screen_bytes_max=1000)
    async with region_on(disk, wide, limits=limits) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend ELIM" in (await terminal.press(text="WIDE")).message

"""Every competitor keeps its books when many terminals want the same two accounts at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from comparison.audit import Expected, audit
from comparison.bank_store import copied
from comparison.competitor import Competitor, Keyboard
from comparison.workload import Transfer
from tests.comparison.test_competitors import EVERY, required

TERMINALS = 8
HOT = ("90100001", "90100002")


@EVERY
async def test_no_update_is_lost(competitor: Competitor, template: Path) -> None:
    """Eight terminals post between the same accounts, in both directions, at once."""
    required(competitor)
    store = copied(template, f"hot {competitor.name}")
    async with competitor.opened(store) as opened:
        keyboards = [await competitor.keyboard(opened, f"H{place}") for place in range(TERMINALS)]

        async def operate(keyboard: Keyboard, place: int) -> None:
            source, target = HOT if place % 2 else HOT[::-1]
            for turn in range(3):
                await keyboard.check(Transfer(source, target, f"{place + 1}.00", f"H{place}-{turn}"))
                await keyboard.post()

        await asyncio.gather(*(operate(keyboard, place) for place, keyboard in enumerate(keyboards)))
    steps, posted = 2 * 3 * TERMINALS, 3 * TERMINALS
    assert audit(store, Expected(steps, posted), history=competitor.steps_kept) == []

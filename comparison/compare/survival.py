"""SIGKILL in mid-conversation, and a restart: conversations lost, steps lost, steps doubled."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from comparison.bank_store import copied
from comparison.compare.children import ChildFailed, child
from comparison.compare.results import Survival
from comparison.competitor import Competitor

TERMINALS = 20


class Log:
    """What the terminals know: the last answer each saw, and what each had sent after it."""

    def __init__(self) -> None:
        self.answered: dict[str, tuple[str, str]] = {}
        self.under_way: dict[str, str] = {}
        self.posted: set[str] = set()
        self.steps = 0

    def take(self, events: Iterable[Any]) -> None:
        """Note what a process said."""
        for event, terminal, kind, reference in events:
            if event == "sent":
                self.under_way[terminal] = kind
                continue
            self.under_way.pop(terminal, None)
            self.answered[terminal] = (kind, reference)
            self.steps += 1
            if kind == "posted":
                self.posted.add(reference)

    def may_stand(self, terminal: str) -> set[str]:
        """The stages a terminal may find itself on: its last answer's, or that of the input under way."""
        return {self.answered[terminal][0], self.under_way.get(terminal, self.answered[terminal][0])}


async def measure(
    competitor: Competitor, template: Path, kills: int, answers: int, terminals: int = TERMINALS
) -> Survival:
    """Kill it `kills` times after about so many answers, each time with a new store."""
    found: Counter[str] = Counter()
    notes: set[str] = set()
    for number in range(kills):
        store = copied(template, f"killed {competitor.name} {number}")
        values = {
            "competitor": competitor.name,
            "store": str(store),
            "terminals": terminals,
            "seed": 40 + number,
        }
        log = await _killed(values, answers + 37 * number)
        found["steps"] += log.steps
        found["open"] += len(log.answered)
        try:
            await _restarted(values, log, found, notes)
        except (ChildFailed, TimeoutError) as error:
            found["lost"] += len(log.answered)
            notes.add(f"could not go on: {error}"[:160])
        _look(store, log, found)
        for left in store.parent.glob(f"{store.stem}*"):
            left.unlink()
    expected = "0 lost, 0 doubled" if competitor.saves else "all lost"
    return Survival(
        competitor.name, kills, found["open"], found["lost"], found["steps"], found["steps lost"],
        found["doubled"], expected, "; ".join(sorted(notes)),
    )  # fmt: skip


async def _killed(values: dict[str, Any], answers: int) -> Log:
    log, events = Log(), []
    async with child("work", values) as process:
        while answers:
            events.append(await process.heard())
            answers -= events[-1][0] == "answered"
        await process.kill()
        events += await process.said()
    log.take(events)
    return log


async def _restarted(values: dict[str, Any], log: Log, found: Counter[str], notes: set[str]) -> None:
    heard = 0
    async with child("resume", values) as process:
        while heard < 2 * values["terminals"]:
            event, terminal, said = await process.heard(30)
            heard += 1
            if event == "stands":
                if terminal in log.answered and said not in log.may_stand(terminal):
                    found["lost"] += 1
            elif said:
                notes.add(f"a terminal could not go on: {said}"[:160])


def _look(store: Path, log: Log, found: Counter[str]) -> None:
    """What the bank's own ledger says: every posting that was shown is there, and none twice."""
    with closing(sqlite3.connect(store)) as database:
        ledger = Counter(reference for (reference,) in database.execute("SELECT reference FROM ledger"))
    found["steps lost"] += len(log.posted - ledger.keys())
    found["doubled"] += sum(count - 1 for count in ledger.values())

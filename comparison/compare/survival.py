"""SIGKILL in mid-conversation, and a restart: conversations lost, steps lost, steps doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from comparison.audit import Row, books, inputs, ledger, reading, row_of
from comparison.bank_store import copied, remove
from comparison.compare.child import fresh
from comparison.compare.children import ChildFailed, child, reason
from comparison.compare.results import Survival
from comparison.competitor import Competitor
from comparison.workload import Transfer

TERMINALS = 20


class Step(NamedTuple):
    """A step that was answered."""

    terminal: str
    sequence: int
    kind: str
    """checked or posted."""
    reference: str
    mark: str
    """Of its screen."""


class Stands(NamedTuple):
    """Where a terminal is after the restart."""

    sequence: int
    """Of the last input its competitor has answered."""
    kind: str
    mark: str


class Log:
    """What the terminals know: every answer each saw, and what each had sent after the last."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.last: dict[str, Step] = {}
        self.under_way: dict[str, str] = {}
        self.typed: set[Row] = set()

    def take(self, events: Iterable[Any]) -> None:
        """Note what a process said."""
        for event, terminal, kind, *rest in events:
            if event == "sent":
                self.under_way[terminal] = kind
                self.typed.add(row_of(Transfer(*rest), terminal))
                continue
            self.under_way.pop(terminal, None)
            reference, sequence, mark = rest
            self.last[terminal] = Step(terminal, sequence, kind, reference, mark)
            self.steps.append(self.last[terminal])

    def went_on(self, terminal: str, stands: Stands | None) -> bool:
        """Whether a terminal stands on its last answer, on the same screen, or on that of the input under way."""
        last = self.last[terminal]
        if stands is None:
            return False
        if stands.sequence == last.sequence:
            return stands.mark == last.mark
        return stands.sequence == last.sequence + 1 and stands.kind == self.under_way.get(terminal)

    def lost(
        self, stands: dict[str, Stands], posted: Collection[str], kept: Collection[tuple[str, int]] | None
    ) -> int:
        """Answered steps that nothing shows any more.

        A posting is to be in the ledger. A check is there when its transfer was posted, or when its terminal stands on
        it. Each is to be in the history as well; `kept` None: the competitor has none.
        """

        def there(step: Step) -> bool:
            if kept is not None and (step.terminal, step.sequence) not in kept:
                return False
            if step.reference in posted:
                return True
            return (
                step == self.last[step.terminal]
                and step.kind == "checked"
                and self.went_on(step.terminal, stands.get(step.terminal))
            )

        return sum(not there(step) for step in self.steps)


class _Trial(NamedTuple):
    """What the process that is killed is told, and the one after it."""

    competitor: str
    store: str
    terminals: int
    seed: int
    commit_delay_s: float


async def measure(
    competitor: Competitor,
    template: Path,
    kills: int,
    answers: int,
    terminals: int = TERMINALS,
    commit_delay_s: float = 0.0,
) -> Survival:
    """Kill it `kills` times after about so many answers, each time with a new store."""
    found: Counter[str] = Counter()
    notes: set[str] = set()
    findings: list[str] = []
    for number in range(kills):
        store = copied(template, f"killed {competitor.name} {number}")
        trial = _Trial(competitor.name, str(store), terminals, 40 + number, commit_delay_s)
        log = await _killed(trial, answers + 37 * number, notes)
        if log.steps:
            stands = await _restarted(trial, notes)
            findings += _look(trial, log, stands, found, steps_kept=competitor.steps_kept)
        remove(store)
    expected = "0 lost, 0 doubled" if competitor.saves else "all lost"
    return Survival(
        competitor.name, found["kills"], found["open"], found["lost"], found["steps"], found["steps lost"],
        found["doubled"], expected, "; ".join(sorted(notes)), findings,
    )  # fmt: skip


async def _killed(trial: _Trial, answers: int, notes: set[str]) -> Log:
    """Let it work until so many answers came, and kill it; one that ends by itself is noted, and counts as killed."""
    log, events = Log(), []
    async with child("work", trial._asdict()) as process:
        try:
            await process.heard()  # all terminals are attached
            while answers:
                events.append(await process.heard())
                answers -= events[-1][0] == "answered"
        except (ChildFailed, TimeoutError) as error:
            notes.add(f"ended before it was killed: {reason(error)}"[:160])
        await process.kill()
        events += [event for event in await process.said() if event[0] in {"sent", "answered"}]
    log.take(events)
    return log


async def _restarted(trial: _Trial, notes: set[str]) -> dict[str, Stands]:
    """Where the terminals stand; whatever keeps them from going on is noted."""
    stands: dict[str, Stands] = {}
    try:
        async with child("resume", trial._asdict()) as process:
            for _ in range(2 * trial.terminals):
                event, terminal, *said = await process.heard(30)
                if event == "stands":
                    stands[terminal] = Stands(*said)
                elif said[0]:
                    notes.add(f"a terminal could not go on: {said[0]}"[:160])
    except (ChildFailed, TimeoutError) as error:
        notes.add(f"could not go on: {reason(error)}"[:160])
    return stands


def _look(
    trial: _Trial, log: Log, stands: dict[str, Stands], found: Counter[str], *, steps_kept: bool
) -> list[str]:
    """Compare the bank's own rows with what was shown; what the audit of the books finds is returned."""
    with reading(Path(trial.store)) as database:
        rows, kept, findings = ledger(database), inputs(database), books(database)
    posted = Counter(reference for *_, reference, _ in rows.elements())
    found["kills"] += 1
    found["open"] += len(log.last)
    found["lost"] += sum(not log.went_on(terminal, stands.get(terminal)) for terminal in log.last)
    found["steps"] += len(log.steps)
    found["steps lost"] += log.lost(stands, posted, set(kept) if steps_kept else None)
    found["doubled"] += sum(count - 1 for count in posted.values())
    after = {row_of(fresh(trial.seed, number), f"K{number:03}") for number in range(trial.terminals)}
    strangers = len(rows.keys() - log.typed - after)
    return findings + [f"ledger: {strangers} rows that nobody typed"] * bool(strangers)

"""The harness is honest: a competitor made slower shows by how much, and one that drops steps is found out."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from comparison import closed_loop, open_loop
from comparison.audit import Expected, audit, inputs, ledger, reading
from comparison.bank_store import copied
from comparison.compare import child
from comparison.compare.plan import QUICK
from comparison.compare.results import Spread
from comparison.compare.speed import Bench, Measured, summary
from comparison.compare.survival import Log, Stands
from comparison.competitor import Competitor, Keyboard, Line
from comparison.table import competitor_named
from comparison.workload import Transfer, transfers
from tests.simulation.virtual_time import run_virtually, stand_still

MEMORY = competitor_named("asyncio, in memory")
SAVED = competitor_named("asyncio, saved")


class Timed:
    """A session of which each step takes a known time."""

    def __init__(self, step: Callable[[], Awaitable[None]]) -> None:
        self._step = step

    async def check(self, transfer: Transfer) -> None:
        """One step."""
        await self._step()

    async def post(self) -> None:
        """One step."""
        await self._step()


@pytest.fixture
def virtual(monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness looks at the clock of a virtual loop, so that no other process can slow what it measures."""
    clock = SimpleNamespace(perf_counter=now, process_time=time.process_time)
    monkeypatch.setattr(closed_loop, "time", clock)
    monkeypatch.setattr(open_loop, "time", clock)


def now() -> float:
    """Seconds of virtual time."""
    return asyncio.get_running_loop().time()


def busy(milliseconds: float) -> Callable[[], Awaitable[None]]:
    """A step that computes for so long, and nobody else meanwhile."""
    processor = asyncio.Lock()

    async def step() -> None:
        async with processor:
            await asyncio.sleep(milliseconds / 1e3)

    return step


async def measured(competitor: Competitor, milliseconds: float, number: int) -> Measured:
    """Steps a second of four terminals that take so long a step."""
    step = busy(milliseconds)
    work = [transfers(1, place) for place in range(4)]
    found, _, _ = await closed_loop.run([Timed(step) for _ in range(4)], work, 2.0, 0.05)
    return Measured(competitor, 4, number, found)


@pytest.mark.usefixtures("virtual")
def test_a_slower_competitor_shows_its_factor() -> None:
    """Four times the time a step is a ratio of four, in turns, with the spread beside it."""

    async def in_turns() -> list[Measured]:
        pairs = [
            (await measured(MEMORY, 0.5, number), await measured(SAVED, 2.0, number)) for number in range(3)
        ]
        return [one for pair in pairs for one in pair]

    found = run_virtually(in_turns())
    rows = {row.name: row for row in summary(found, MEMORY.name)}
    ratio = rows[SAVED.name].ratio
    assert ratio is not None
    assert ratio.median == pytest.approx(4, rel=0.01)
    assert ratio.low <= ratio.median <= ratio.high
    assert rows[MEMORY.name].p50_ms.median == pytest.approx(2, rel=0.01)  # four take turns
    assert rows[SAVED.name].p50_ms.median == pytest.approx(8, rel=0.01)


def counted(competitor: Competitor, number: int, steps: int) -> Measured:
    """A round of half a second with so many steps, each of which took as many ms as its place."""
    latencies = [float(place) for place in range(1, steps + 1)]
    return Measured(competitor, 4, number, closed_loop.Measurement(steps, 0, 0.5, 0.1, latencies))


def test_a_ratio_is_that_of_its_round() -> None:
    """Each round's figures are divided by those of the same round; then the median is taken, and the range."""
    found = [counted(MEMORY, number, steps) for number, steps in enumerate((100, 800, 300))]
    found += [counted(SAVED, number, steps) for number, steps in enumerate((50, 100, 100))]
    ours, rival = summary(found, MEMORY.name)
    assert (ours.steps_per_s, rival.steps_per_s) == (Spread(600, 200, 1600), Spread(200, 100, 200))
    assert (ours.ratio, rival.ratio) == (Spread(1, 1, 1), Spread(3, 2, 8))
    assert (rival.p50_ms, rival.p99_ms) == (Spread(50, 25, 50), Spread(99, 50, 99))


def test_a_round_without_an_answer_counts() -> None:
    """As 0 steps a second, and as a wait of the whole round at least; the row of whoever did nothing is there."""
    found = [counted(MEMORY, number, 100) for number in range(3)]
    found += [counted(SAVED, number, steps) for number, steps in enumerate((100, 0, 0))]
    ours, rival = summary(found, MEMORY.name)
    assert (ours.rounds_unanswered, rival.rounds_unanswered) == (0, 2)
    assert rival.steps_per_s == Spread(0, 0, 200)
    assert rival.p99_ms == Spread(500, 99, 500)
    assert rival.ratio == Spread(100, 1, 100)
    assert [row.steps_per_s.median for row in summary([counted(MEMORY, 0, 0)], MEMORY.name)] == [0]


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 1), (50, 50), (95, 95), (99, 99), (99.1, 100), (100, 100)]
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    """By nearest rank: the 99th of 100 values is the 99th."""
    assert closed_loop.percentile(range(1, 101), percent) == value
    assert closed_loop.percentile([7.0], percent) == 7


@pytest.mark.usefixtures("virtual")
@pytest.mark.parametrize("seconds", [0.2, 0.6, 5.0])
def test_saturation_does_not_depend_on_the_length(seconds: float) -> None:
    """One step at a time, of 5 ms: 200 a second, so that half of 400 a second stay unanswered."""

    async def overloaded() -> open_loop.Arrivals:
        return await open_loop.run([Timed(busy(5))] * 400, [transfers(1, 1)] * 400, 400, seconds)

    found = run_virtually(overloaded())
    assert found.saturated
    assert found.share == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize(
    ("due", "answered", "counts"),
    [
        (0.9, 0.95, False),
        (0.9, 1.5, True),
        (1.99, 1.999, True),
        (1.99, 2.01, True),
        (1.9, 2.01, False),
        (2.0, 2.01, False),
    ],
)
def test_a_prompt_answer_is_no_backlog(due: float, answered: float, counts: bool) -> None:
    """The measured time is from 1 to 2: an input may be under way when it ends, and not for long."""
    assert open_loop.in_time(due, answered, 1.0, 2.0) is counts


@pytest.mark.usefixtures("virtual")
def test_open_loop_charges_for_a_standstill() -> None:
    """One step of 300 ms is paid for by all inputs that came due meanwhile, not only by its own."""
    steps = itertools.count(1)

    async def stalls_once() -> None:
        if next(steps) == 100:
            stand_still(0.3)

    async def stalled() -> open_loop.Arrivals:
        return await open_loop.run([Timed(stalls_once)] * 20, [transfers(1, 1)] * 20, 500, 1.0)

    found = run_virtually(stalled())
    late = sum(latency > 100 for latency in found.latencies_ms)
    assert found.answered == 500
    assert not found.saturated
    assert late == pytest.approx(100, abs=3)  # 200 ms of arrivals at 500 a second
    assert found.percentile_ms(100) == pytest.approx(300, abs=3)


@pytest.mark.usefixtures("virtual")
def test_open_loop_ends_past_saturation() -> None:
    """A rate twice what is possible is called saturated, soon: once an input is a second overdue."""

    async def overloaded() -> tuple[open_loop.Arrivals, float]:
        work = [transfers(1, 1)] * 20
        return await open_loop.run([Timed(busy(4))] * 20, work, 500, 5.0), now()

    found, ended = run_virtually(overloaded())
    assert found.saturated
    assert ended == pytest.approx(2 * open_loop.BEHIND_S_MAX, abs=0.2)  # half of each second is left behind


async def test_a_competitor_that_drops_steps_is_found_out(template: Path) -> None:
    """Answers without work: the audit names the ledger and the history that are short."""
    store = copied(template, "drops")
    async with SAVED.opened(store) as opened:
        line = await SAVED.line(opened, "T001")
        screens: dict[str, str] = {}

        async def send(inbound: object) -> str:
            if inbound.sequence > 3:  # type: ignore[attr-defined]
                return screens[inbound.aid]  # type: ignore[attr-defined]
            screens[inbound.aid] = await line.send(inbound)  # type: ignore[arg-type,attr-defined]
            return screens[inbound.aid]  # type: ignore[attr-defined]

        keyboard = Keyboard(Line(send, "T001", 1, line.sequence, line.screen))
        typed = transfers(1, 1)
        for _ in range(5):
            await keyboard.check(next(typed))
            await keyboard.post()
    findings = audit(store, Expected(10, 5))
    assert findings == ["ledger: 5 acknowledged, 1 posted", "history: 10 acknowledged, 2 kept"]


HARM = (
    ("UPDATE ledger SET reference = 'X' || reference WHERE id = 2", "ledger: 1 rows that nobody typed"),
    ("UPDATE ledger SET amount = 1 WHERE id = 2", "ledger: 1 acknowledged rows are missing or differ"),
    ("UPDATE ledger SET source = target, target = source WHERE id = 2", "ledger: 1 rows that nobody typed"),
    ("UPDATE ledger SET terminal = 'T2' WHERE id = 2", "ledger: 1 rows that nobody typed"),
    ("UPDATE step SET sequence = 2 WHERE sequence = 3", "1 inputs are in the history twice"),
    ("UPDATE step SET sequence = 9 WHERE sequence = 3", "history: 1 rows that nobody typed"),
)


async def test_rows_are_compared_with_what_was_typed(template: Path, tmp_path: Path) -> None:
    """Counts that are right are not enough: whose, what, how much and which input must be right too."""
    store, harmed = copied(template, "typed"), tmp_path / "harmed.db"
    async with SAVED.opened(store) as opened:
        keyboard, typed = await SAVED.keyboard(opened, "T1"), transfers(1, 1)
        for _ in range(3):
            await keyboard.check(next(typed))
            await keyboard.post()
    expected = Expected(6, 3, (keyboard.answered(1, 1),))
    assert audit(store, expected) == []
    for harm, finding in HARM:
        shutil.copy(store, harmed)
        with closing(sqlite3.connect(harmed, isolation_level=None)) as database:
            assert database.execute(harm).rowcount == 1
            database.execute(
                "UPDATE account SET balance = (SELECT opening FROM opened WHERE opened.number = account.number)"
            )
            for sign, side in (("-", "source"), ("+", "target")):
                database.execute(
                    f"UPDATE account SET balance = balance {sign} "
                    f"(SELECT coalesce(sum(amount), 0) FROM ledger WHERE ledger.{side} = account.number)"
                )
        assert finding in audit(harmed, expected), harm
        assert "accounts" not in str(audit(harmed, expected)), harm


async def test_money_that_appears_is_found_out(template: Path) -> None:
    """A balance that no ledger explains."""
    store = copied(template, "prints money")
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("UPDATE account SET balance = balance + 1 WHERE number = '90100001'")
    findings = audit(store, Expected(0, 0))
    assert len(findings) == 2
    assert "1 accounts do not equal their ledger" in findings


async def test_findings_of_a_run_name_the_competitor(template: Path) -> None:
    """What a bench acknowledged is what its stores are held to."""
    plan = QUICK._replace(terminals=(2,), seconds=0.1, warm_up_s=0.0)
    bench = Bench(plan, [MEMORY], template)
    async for _ in bench.closed():
        pass
    assert bench.audited() == []
    bench._note(MEMORY, 2, 1, (), ())
    assert [finding.partition(",")[0] for finding in bench.audited()] == ["asyncio"]


async def forgetting(store: Path, forgets: bool) -> tuple[Log, dict[str, Stands], Path]:
    """A terminal's log of a transfer, a check, and a key under way; where it stands on what its store remembers."""
    log, kept = Log(), store.with_suffix(".kept.db")

    def tell(*event: object) -> None:
        log.take([event])

    first, second = islice(transfers(4, 4), 2)
    async with SAVED.opened(store) as opened:
        keyboard = await SAVED.keyboard(opened, "K000")
        await child.transfer_once(keyboard, first, tell)
        if forgets:
            await asyncio.to_thread(_backup, store, kept)
        tell("sent", "K000", "checked", *second)
        await keyboard.check(second)
        tell("answered", "K000", "checked", second.reference, keyboard.sequence, child.mark(keyboard.screen))
        tell("sent", "K000", "posted", *second)
    async with SAVED.opened(kept if forgets else store) as opened:
        stands = Stands(*child.stands(await SAVED.keyboard(opened, "K000")))
    return log, {"K000": stands}, kept if forgets else store


def _backup(store: Path, copy: Path) -> None:
    with closing(sqlite3.connect(store)) as database, closing(sqlite3.connect(copy)) as there:
        database.backup(there)


@pytest.mark.parametrize("history", [True, False])
@pytest.mark.parametrize("forgets", [False, True])
async def test_an_answered_check_that_is_forgotten_is_found(
    template: Path, forgets: bool, history: bool
) -> None:
    """Standing on an earlier posting is not standing on the one under way: the check that was answered is lost."""
    log, stands, left = await forgetting(copied(template, f"forgets {forgets} {history}"), forgets)
    with reading(left) as database:
        posted, kept = {row[3] for row in ledger(database)}, set(inputs(database))
    assert log.went_on("K000", stands["K000"]) is not forgets
    assert log.lost(stands, posted, kept if history else None) == int(forgets)


def test_a_log_knows_where_a_terminal_may_stand() -> None:
    """Its last answer, on the very screen, or the input under way when the process died; nothing else."""
    log, row = Log(), ("1", "2", "3.00", "A")
    log.take([["sent", "T1", "checked", *row], ["answered", "T1", "checked", "A", 2, "m2"]])
    assert log.went_on("T1", Stands(2, "checked", "m2"))
    assert not log.went_on("T1", Stands(2, "checked", "another screen"))
    assert not log.went_on("T1", Stands(3, "posted", "m3"))
    log.take([["sent", "T1", "posted", *row]])
    assert log.went_on("T1", Stands(2, "checked", "m2"))
    assert log.went_on("T1", Stands(3, "posted", "m3"))
    assert not log.went_on("T1", Stands(1, "posted", "m1"))
    assert not log.went_on("T1", None)
    log.take([["answered", "T1", "posted", "A", 3, "m3"]])
    assert not log.went_on("T1", Stands(2, "checked", "m2"))
    assert (log.lost({}, set(), None), log.lost({}, {"A"}, None), log.lost({}, {"A"}, {("T1", 3)})) == (
        2,
        0,
        1,
    )

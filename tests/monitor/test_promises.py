"""The promises, one section each; every test here fails without the mechanism that keeps its promise."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor import Aid, Area, Converse, Finish, NoArea, Outcome, Program, Send, Task, changed, transaction
from monitor.clock import SystemClock
from monitor.errors import Abend, StoreBusy
from monitor.exchange import Inbound, Outbound, Reason, Received, Refused
from monitor.execution import Execution
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import Region, prepare_schema, start
from monitor.store import Key, Unit
from monitor.store.connection import connect
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from monitor.unit_of_work import UnitOfWork
from tests.monitor.bed import QUIET, Disk, Terminal, application_of, region_on, settle
from tests.monitor.hooked import Hook
from tests.monitor.plain import Shown, shown
from tests.monitor.records import TABLES, Account, Entry


class Plot(Area, weakref=True):
    """What the conversation remembers."""

    step: int = 0


def note(text: object) -> Send:
    """A screen with one text."""
    return Send("NOTE", {"text": str(text)})


async def deposit(task: Task[Any], number: int, amount: int) -> int:
    """Add to an account, and to the ledger; the new balance."""
    account = await task.files[Account].read(number, update=True)
    assert account
    await task.files[Account].rewrite(changed(account, balance=account.balance + amount))
    task.files.append(Entry(number, number, amount, task.terminal))
    return account.balance + amount


@transaction("PAY", area=Plot)
async def pay(task: Task[Plot]) -> Outcome:
    """Put 1 on account 1 at each Enter."""
    if task.aid is Aid.PF3:
        return Finish()
    task.area.step += 1
    return Converse(note(await deposit(task, 1, 1)))


async def attached(region: Region, *names: str) -> list[Terminal]:
    """Attached terminals."""
    made = [Terminal(region, name) for name in names]
    await asyncio.gather(*(terminal.attach() for terminal in made))
    return made


class Gate:
    """Holds up commits until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def wait(self, units: Sequence[Unit]) -> None:
        """A commit came to the gate."""
        self.reached.set()
        await self.opened.wait()


# 1. Nothing between screens


async def test_nothing_of_a_step_is_reachable_after_it(disk: Disk) -> None:
    """After steps that went well, abended, conflicted or were refused, nothing of them is left in memory."""
    seen: list[weakref.ref[Any]] = []
    kinds = (Task, Execution, UnitOfWork, Unit, Received, Inbound, Outbound)
    before = {id(thing) for thing in gc.get_objects() if isinstance(thing, kinds)}  # of other tests

    @transaction("LIVE", area=Plot)
    async def live(task: Task[Plot]) -> Outcome:
        seen.extend((weakref.ref(task), weakref.ref(task.area)))
        await deposit(task, 1, 1)
        if task.aid is Aid.PF1:
            raise Abend("TEST")
        if task.aid is Aid.PF2 and task.restart_count == 0:
            disk.ask("UPDATE account SET written_by = written_by + 1 WHERE number = 1")
        return Converse(note(task.area.step))

    async def refuse(units: Sequence[Unit]) -> None:
        raise StoreBusy("held")

    hook = Hook()
    async with region_on(disk, live, around=hook) as region:
        disk.accounts({1: 0})
        operators = await attached(region, *(f"T{number}" for number in range(20)))
        await asyncio.gather(*(operator.press(text="LIVE") for operator in operators))
        await asyncio.gather(*(operator.press(Aid.PF1) for operator in operators))
        await operators[0].press(Aid.PF2)
        hook.store.before_commit = refuse
        await asyncio.gather(*(operator.refused() for operator in operators))
        del operators
        await settle()
        gc.collect()
        assert seen
        assert [reference() for reference in seen if reference() is not None] == []
        left = [thing for thing in gc.get_objects() if isinstance(thing, kinds) and id(thing) not in before]
        assert left == []
        assert len(region.engine.locks) == len(region.engine.overlay) == 0


# 2. One step, one commit, then the screen


async def test_terminal_is_answered_only_after_its_commit(disk: Disk) -> None:
    """While the commit is under way nobody sees a screen, neither of this step nor of one built on it."""
    hook = Hook()
    async with region_on(disk, pay, around=hook) as region:
        disk.accounts({1: 0})
        first, second = await attached(region, "T1", "T2")
        gate = Gate()
        hook.store.before_commit = gate.wait
        answers = [asyncio.create_task(terminal.press(text="PAY")) for terminal in (first, second)]
        await gate.reached.wait()
        await settle()
        assert [answer.done() for answer in answers] == [False, False]
        assert disk.balance(1) == 0
        gate.opened.set()
        assert [(await answer).values["text"] for answer in answers] == ["1", "2"]
        assert disk.balance(1) == 2


async def test_step_is_one_unit_of_work(disk: Disk) -> None:
    """Records, ledger, conversation, area, next transaction, screen and history commit together or not at all."""
    hook = Hook()
    everything = (
        "SELECT (SELECT balance FROM account), (SELECT count(*) FROM ledger), "
        "(SELECT count(*) FROM conversation), (SELECT count(*) FROM step)"
    )
    async with region_on(disk, pay, around=hook) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")

        async def fail(units: Sequence[Unit]) -> None:
            raise StoreBusy("held")

        hook.store.before_commit = fail
        await operator.refused(text="PAY")
        assert disk.ask(everything) == [(0, 0, 0, 0)]
        hook.store.before_commit = let_through
        await operator.press(text="PAY")
        assert disk.ask(everything) == [(1, 1, 1, 1)]
        assert disk.ask("SELECT next, area, transid FROM step") == [("PAY", '{"step":1}', "PAY")]


async def let_through(units: Sequence[Unit]) -> None:
    """Let all through."""


# 3. Nothing shown is lost, nothing is applied twice


async def test_another_region_goes_on_where_the_first_one_died(disk: Disk) -> None:
    """A region that is simply gone is no loss: the screen, the area and the count are there in the next."""
    async with region_on(disk, pay) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        await operator.press(text="PAY")
        screen = await operator.press()
    async with region_on(disk, pay) as region:
        (again,) = await attached(region, "T1")
        assert shown(again.screen) == screen
        assert again.sequence == operator.sequence
        assert await again.press() == Shown("NOTE", {"text": "3"})
        assert disk.one("SELECT area FROM step ORDER BY unit DESC LIMIT 1") == '{"step":3}'


@pytest.mark.parametrize("took_effect", [False, True])
async def test_input_repeated_after_an_unknown_outcome_counts_once(disk: Disk, took_effect: bool) -> None:
    """The store failed before or after the commit took effect: the same input again is one step in all."""
    hook = Hook()
    async with region_on(disk, pay, around=hook) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")

        async def fail(units: Sequence[Unit]) -> None:
            hook.store.before_commit = hook.store.after_commit = let_through
            raise StoreBusy("who knows")

        if took_effect:
            hook.store.after_commit = fail
        else:
            hook.store.before_commit = fail
        assert (await operator.refused(text="PAY")).reason is Reason.STORE
        assert disk.balance(1) == int(took_effect)
        assert await operator.press(text="PAY") == Shown("NOTE", {"text": "1"})
        assert disk.balance(1) == disk.one("SELECT count(*) FROM ledger") == 1


# 4. The same input twice is one step


async def test_repeated_input_gets_the_stored_answer(disk: Disk) -> None:
    """An input sent again, later or in another region, runs nothing and gets the same screen."""
    async with region_on(disk, pay) as region, region_on(disk, pay) as other:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        inbound = operator.input(text="PAY")
        answers = [await host.step(inbound) for host in (region, region, other)]
        assert answers[0] == answers[1] == answers[2]
        assert disk.balance(1) == disk.one("SELECT count(*) FROM step") == 1


async def test_same_input_many_times_at_once_is_one_step(disk: Disk) -> None:
    """Copies of an input that arrive together, also in two regions, all get the answer of one step."""
    async with region_on(disk, pay) as region, region_on(disk, pay) as other:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        inbound = operator.input(text="PAY")
        answers = await asyncio.gather(*(host.step(inbound) for host in (region, other) * 5))
        assert len(set(answers)) == 1
        assert isinstance(answers[0], Outbound)
        assert disk.balance(1) == disk.one("SELECT count(*) FROM step") == 1


async def test_step_cancelled_under_way_and_repeated_is_one_step(disk: Disk) -> None:
    """The line breaks while the commit is under way: the input, sent again at once, is answered from it."""
    hook = Hook()
    async with region_on(disk, pay, around=hook) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        gate = Gate()
        hook.store.before_commit = gate.wait
        inbound = operator.input(text="PAY")
        broken = asyncio.create_task(region.step(inbound))
        await gate.reached.wait()
        broken.cancel()
        again = asyncio.create_task(region.step(inbound))
        await settle()
        gate.opened.set()
        answer = await again
        assert isinstance(answer, Outbound)
        assert shown(answer.screen) == Shown("NOTE", {"text": "1"})
        assert disk.balance(1) == disk.one("SELECT count(*) FROM step") == 1


# 5. Any process may run the next step


async def test_terminal_taken_over_is_told_at_its_next_key(disk: Disk) -> None:
    """The later attachment has the terminal; the earlier one's key is refused and changes nothing."""
    async with region_on(disk, pay) as region, region_on(disk, pay) as other:
        disk.accounts({1: 0})
        (early,) = await attached(region, "T1")
        await early.press(text="PAY")
        (late,) = await attached(other, "T1")
        refused = await early.refused()
        assert refused.reason is Reason.TAKEN_OVER
        assert "taken over" in refused.text
        assert await late.press() == Shown("NOTE", {"text": "2"})
        assert disk.balance(1) == 2


async def test_attachments_at_once_leave_one_owner(disk: Disk) -> None:
    """Two regions attach a new terminal at once, with a good-morning screen: exactly one may go on."""
    async with (
        region_on(disk, pay, good_morning="PAY") as region,
        region_on(disk, pay, good_morning="PAY") as other,
    ):
        disk.accounts({1: 0})
        answers = await asyncio.gather(region.attach("T1"), other.attach("T1"))
        epochs = [getattr(answer, "epoch", 0) for answer in answers]
        assert disk.one("SELECT epoch FROM terminal") == max(epochs) == 2
        assert disk.one("SELECT count(*) FROM step") <= 1
        (operator,) = await attached(region, "T1")
        assert operator.sequence == 1
        await operator.press()
        assert disk.balance(1) == 2


@pytest.mark.parametrize("same_region", [False, True])
async def test_attachment_during_a_step_shows_where_the_terminal_really_stands(
    disk: Disk, same_region: bool
) -> None:
    """A step is being committed while its terminal is attached again: either the new attachment shows its
    screen, or the step does not count; the operator's next input is never mistaken for the old one.
    """
    hook = Hook()
    async with region_on(disk, pay, around=hook) as region, region_on(disk, pay) as second:
        disk.accounts({1: 0})
        (early,) = await attached(region, "T1")
        await early.press(text="PAY")
        gate = Gate()
        hook.store.before_commit = gate.wait
        under_way = asyncio.create_task(early.send(early.input()))
        await gate.reached.wait()
        late = Terminal(region if same_region else second, "T1")
        attaching = asyncio.create_task(late.attach())
        await settle()
        gate.opened.set()
        screen, answer = await attaching, await under_way
        counted = isinstance(answer, Outbound)
        assert screen == Shown("NOTE", {"text": "2" if counted else "1"})
        assert late.sequence == (2 if counted else 1)
        assert await late.press() == Shown("NOTE", {"text": "3" if counted else "2"})
        assert disk.balance(1) == disk.one("SELECT count(*) FROM step")


async def test_two_regions_on_one_file_lose_no_update(tmp_path: Path) -> None:
    """Two regions over real connections to one file add to the same account: every single one counts."""
    async with on_file(tmp_path / "store.db", pay) as region, on_file(tmp_path / "store.db", pay) as other:
        await region.store.commit([Unit(9, {}, {Key("account", 1): (1, "X", 0, 9)}, [])])
        operators = [
            *await attached(region, *(f"A{number}" for number in range(8))),
            *await attached(other, *(f"B{number}" for number in range(8))),
        ]

        async def work(operator: Terminal) -> None:
            await operator.press(text="PAY")
            for _ in range(4):
                await operator.press()

        await asyncio.gather(*(work(operator) for operator in operators))
        (account,) = await other.store.read([Key("account", 1)])
        assert account is not None
        assert account.row[2] == len(operators) * 5
        counted = await other.store.select("SELECT count(*), count(DISTINCT unit) FROM step", {}, 1)
        assert list(counted) == [(80, 80)]


@asynccontextmanager
async def on_file(path: Path, *programs: Program[Any]) -> AsyncIterator[Region]:
    """A region of its own on a real file, through aiosqlite."""
    application = application_of(programs)
    connections = [
        await connect(path, read_only=read_only, busy_s_max=10, cache_kib=512)
        for read_only in (False, False, False)
    ]
    store = SqliteStore(connections[0], connections[1], connections[2], (*MONITOR_TABLES, *TABLES))
    try:
        await prepare_schema(connections[0], application)
        number = await connections[0].run(
            lambda database: database.execute(
                "INSERT INTO region (started, process) VALUES ('', '') RETURNING number"
            ).fetchone()[0]
        )
        settings = Settings(
            presentation="tests.monitor.plain:PlainPresentation", good_morning_transid="", limits=QUIET
        )
        region = await start(
            settings,
            application,
            store=store,
            number=number,
            clock=SystemClock(),
            randomness=random.Random(number),  # noqa: S311 the same in every run
        )
        yield region
        region.close()
    finally:
        await store.close()


# 6. Isolation


@pytest.mark.parametrize("regions", [1, 2])
async def test_write_skew_is_refused(disk: Disk, regions: int) -> None:
    """Each step reads both accounts, and takes from one only if both together have enough: never below."""

    @transaction("SKEW")
    async def skew(task: Task[NoArea]) -> Outcome:
        one, two = await task.files[Account].read(1), await task.files[Account].read(2)
        assert one
        assert two
        await asyncio.sleep(0)
        if one.balance + two.balance < 100:
            return Finish(note("not enough"))
        mine = one if task.terminal == "T0" else two
        await task.files[Account].rewrite(changed(mine, balance=mine.balance - 60))
        return Finish(note("taken"))

    async with region_on(disk, skew) as region, region_on(disk, skew) as other:
        disk.accounts({1: 60, 2: 60})
        operators = [Terminal((region, other)[number % regions], f"T{number}") for number in range(2)]
        await asyncio.gather(*(operator.attach() for operator in operators))
        screens = await asyncio.gather(*(operator.press(text="SKEW") for operator in operators))
        assert sorted(screen.values["text"] for screen in screens) == ["not enough", "taken"]
        assert disk.balance(1) + disk.balance(2) == 60


async def test_key_of_another_type_is_no_way_around(disk: Disk) -> None:
    """A record read under a key of the wrong type would escape the check: such a key is an abend."""

    @transaction("ODD")
    async def odd(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read("1")
        return Finish(note("found"))

    async with region_on(disk, odd) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        assert "abend EKEY" in (await operator.press(text="ODD")).message


async def test_no_lock_outlives_a_step(disk: Disk) -> None:
    """Between two screens no record is held, in whatever way the step ended."""
    async with region_on(disk, pay) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        await operator.press(text="PAY")
        assert len(region.engine.locks) == 0


# 8. A history


async def test_history_has_every_step_with_hidden_fields_masked(disk: Disk) -> None:
    """Input, area, screen, outcome and times of every step are there; what is not for display is masked."""

    @transaction("SIGN", area=Plot)
    async def sign(task: Task[Plot]) -> Outcome:
        task.area.step += 1
        if task.aid is Aid.PF3:
            return Finish()
        return Converse(Send("FORM", {"source": task.fields.get("source", "")}))

    async with region_on(disk, sign) as region:
        (operator,) = await attached(region, "T1")
        await operator.press(text="SIGN")
        await operator.press(source="ME", password="Passw0rd")  # noqa: S106 not one
        await operator.press(Aid.PF3)
        rows = disk.ask(
            "SELECT number, sequence, outcome, next, area, input, previous = 0 FROM step ORDER BY unit"
        )
        assert [row[:5] for row in rows] == [
            (1, 1, "converse", "SIGN", '{"step":1}'),
            (2, 2, "converse", "SIGN", '{"step":2}'),
            (3, 3, "finish", "", "{}"),
        ]
        taken_in = msgspec.json.decode(rows[1][5])
        assert taken_in["fields"] == {"source": "ME", "password": "********"}
        assert [row[6] for row in rows] == [1, 0, 0]
        dumped = "\n".join(disk.database.iterdump())
        assert "Passw0rd" not in dumped
        assert "ME" in dumped


# 9. Time, randomness and identifiers come from the task


async def test_run_again_draws_the_same_numbers(disk: Disk) -> None:
    """A step of an open conversation that runs again sees the same random numbers and ids."""
    drawn: list[tuple[int, float, str]] = []

    @transaction("DRAW", area=Plot)
    async def draw(task: Task[Plot]) -> Outcome:
        if task.aid is Aid.PF1:
            drawn.append((task.restart_count, task.random.random(), task.new_id()))
            await deposit(task, 1, 1)
            if task.restart_count == 0:
                disk.ask("UPDATE account SET written_by = written_by + 1")
        return Converse(note(task.area.step))

    async with region_on(disk, draw) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        await operator.press(text="DRAW")
        await operator.press(Aid.PF1)
        first, second = drawn
        assert (first[0], second[0]) == (0, 1)
        assert first[1:] == second[1:]


# 10. Everything has a limit


def test_every_limit_has_a_name_with_its_unit() -> None:
    """A limit says what it counts or measures: `..._max`, or `..._min`, with a plural or a unit before it."""
    unit = re.compile(
        r"(tasks|waiting|units|reruns|transfers|records|writes|rows|bytes|fields|chars|s|days|parked|layouts)_(max|min)"
    )
    names = set(Limits.__struct_fields__) - {"store_cache_kib"}
    assert [name for name in sorted(names) if not unit.search(name)] == []


async def test_records_and_writes_are_limited(disk: Disk) -> None:
    """A step that reads or writes one record too many abends by the name of the limit."""

    @transaction("READ")
    async def read(task: Task[NoArea]) -> Outcome:
        for number in range(4):
            await task.files[Account].read(number)
        return Finish()

    @transaction("WRIT")
    async def write(task: Task[NoArea]) -> Outcome:
        for _ in range(4):
            task.files.append(Entry(1, 2, 3, "x"))
        return Finish()

    limits = msgspec.structs.replace(QUIET, records_max=3, writes_max=3)
    async with region_on(disk, read, write, limits=limits) as region:
        (operator,) = await attached(region, "T1")
        await operator.press(text="READ")
        await operator.press(text="WRIT")
        messages = [message for (message,) in disk.ask("SELECT message FROM dump ORDER BY number")]
        assert messages == ["records_max is 3, this task came to 4", "writes_max is 3, this task came to 4"]


async def test_region_with_a_full_queue_says_so(disk: Disk) -> None:
    """One input more than may wait is refused as busy, and the others are answered."""
    go_on = asyncio.Event()

    @transaction("WAIT")
    async def wait(task: Task[NoArea]) -> Outcome:
        await go_on.wait()
        return Finish(note("done"))

    limits = msgspec.structs.replace(QUIET, tasks_max=2, waiting_max=3)
    async with region_on(disk, wait, limits=limits) as region:
        operators = await attached(region, *(f"T{number}" for number in range(8)))
        answers = [asyncio.create_task(operator.send(operator.input(text="WAIT"))) for operator in operators]
        await settle()
        refused = [answer for answer in answers if answer.done()]
        assert len(refused) == 3
        go_on.set()
        results = await asyncio.gather(*answers)
        assert [result.reason for result in results if isinstance(result, Refused)] == [Reason.BUSY] * 3

"""The promises of a step, one section each; every test here fails without the mechanism that keeps its promise."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from monitor import Aid, Converse, Finish, Outcome, Send, Task, transaction
from monitor.errors import Abend, StoreBusy
from monitor.exchange import Inbound, Outbound, Reason, Received
from monitor.execution import Execution
from monitor.store import Unit
from monitor.unit_of_work import UnitOfWork
from tests.monitor.bed import Disk, region_on, settle
from tests.monitor.hooked import Hook
from tests.monitor.plain import Shown, shown
from tests.monitor.promising import (
    Gate,
    Plot,
    attached,
    deposit,
    let_through,
    note,
    pay,
)

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

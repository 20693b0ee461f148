"""Runs of a step that cannot count: built on what fell, or raced by others, a bounded number of times."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest

from monitor import Finish, NoArea, Outcome, Task, transaction
from monitor.exchange import Attachment, Reason, Refused
from monitor.store import Unit
from tests.monitor.bed import QUIET, Disk, Terminal, region_on
from tests.monitor.hooked import Hook
from tests.monitor.promising import Gate, attached, deposit, note, pay
from tests.monitor.records import Account
from tests.simulation.virtual_time import run_virtually

TWICE = msgspec.structs.replace(QUIET, reruns_max=2)


async def test_a_step_built_on_a_fallen_unit_runs_again_before_it_is_sealed(disk: Disk) -> None:
    """Were it sealed, the next step would build on it and fall too, and so on for ever."""
    read, go_on = asyncio.Event(), asyncio.Event()
    runs: list[int] = []

    @transaction("SLOW")
    async def slow(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1)
        assert account
        runs.append(account.balance)
        read.set()
        await go_on.wait()
        return Finish(note(await deposit(task, 2, account.balance)))

    sealed: list[Unit] = []
    gate, hook = Gate(), Hook()

    async def watch(units: Sequence[Unit]) -> None:
        sealed.extend(units)
        await gate.wait(units)

    async with region_on(disk, pay, slow, around=hook) as region:
        disk.accounts({1: 0, 2: 0})
        first, second = await attached(region, "T1", "T2")
        hook.store.before_commit = watch
        paying = asyncio.create_task(first.press(text="PAY"))
        await gate.reached.wait()
        building = asyncio.create_task(second.press(text="SLOW"))
        await read.wait()
        disk.ask("UPDATE account SET balance = 70, written_by = 9 WHERE number = 1")
        gate.opened.set()
        assert (await paying).values["text"] == "71"
        go_on.set()
        assert (await building).values["text"] == "71"
    assert runs == [1, 71]
    fallen = sealed[0].id
    assert [unit.id for unit in sealed if fallen in unit.reads.values()] == []


@pytest.mark.parametrize("races", [2, 3])
async def test_a_step_runs_again_reruns_max_times(disk: Disk, races: int) -> None:
    """A step that loses so many races is answered; at one more the operator is told that it is contended."""
    runs: list[int] = []

    @transaction("RACE")
    async def race(task: Task[NoArea]) -> Outcome:
        runs.append(task.restart_count)
        balance = await deposit(task, 1, 1)
        if task.restart_count < races:
            disk.ask("UPDATE account SET written_by = written_by + 1")
        return Finish(note(balance))

    async with region_on(disk, race, limits=TWICE) as region:
        disk.accounts({1: 0})
        (operator,) = await attached(region, "T1")
        if races > TWICE.reruns_max:
            assert (await operator.refused(text="RACE")).reason is Reason.BUSY
        else:
            await operator.press(text="RACE")
        assert runs == [0, 1, 2]
        assert disk.balance(1) == (races <= TWICE.reruns_max)


def test_a_later_run_waits_a_little(disk: Disk) -> None:
    """Not the second, but those after it: who overtakes them again and again may keep a pace of its own."""
    began: list[float] = []

    @transaction("RACE")
    async def race(task: Task[NoArea]) -> Outcome:
        began.append(asyncio.get_running_loop().time())
        balance = await deposit(task, 1, 1)
        if task.restart_count < 5:
            disk.ask("UPDATE account SET written_by = written_by + 1")
        return Finish(note(balance))

    async def overtaken() -> None:
        async with region_on(disk, race, limits=QUIET) as region:
            disk.accounts({1: 0})
            (operator,) = await attached(region, "T1")
            await operator.press(text="RACE")

    run_virtually(overtaken())
    at_once, *later = [after - before for before, after in pairwise(began)]
    assert at_once == 0
    assert len(later) == 4
    assert all(0 < waited < 0.02 for waited in later)


@pytest.mark.parametrize("races", [2, 3])
async def test_an_attachment_is_tried_again_reruns_max_times(disk: Disk, races: int) -> None:
    """As a step is: so many lost races are made good, one more is refused as busy."""
    hook, lost = Hook(), list[int]()

    async def overtake(units: Sequence[Unit]) -> None:
        if len(lost) < races:
            lost.append(units[0].id)
            disk.ask("UPDATE terminal SET written_by = written_by + 1")

    async with region_on(disk, pay, limits=TWICE, around=hook) as region:
        await Terminal(region, "T1").attach()
        hook.store.before_commit = overtake
        answer = await region.attach("T1")
        assert len(lost) == races
        if races > TWICE.reruns_max:
            assert isinstance(answer, Refused)
            assert answer.reason is Reason.BUSY
        else:
            assert isinstance(answer, Attachment)
            assert answer.epoch == 2

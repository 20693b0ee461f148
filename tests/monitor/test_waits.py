"""`wait_s_max` is what a step may take in all: its wait for a place and all its runs, on virtual time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, changed, transaction
from monitor.exchange import Outbound, Reason, Refused
from monitor.limits import Limits
from monitor.startup import Region
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import shown
from tests.monitor.records import Account
from tests.simulation.virtual_time import run_virtually

WAIT_S_MAX = 10.0
LIMITS = Limits(runaway_s_max=0, wait_s_max=WAIT_S_MAX)
ONE_PLACE = Limits(runaway_s_max=0, wait_s_max=WAIT_S_MAX, tasks_max=1)


@transaction("SIT")
async def sit(task: Task[NoArea]) -> Outcome:
    """Waits without end."""
    await asyncio.Event().wait()
    return Finish()


@transaction("HOLD")
async def hold(task: Task[NoArea]) -> Outcome:
    """Holds a record without end."""
    await task.files[Account].read(1, update=True)
    await asyncio.Event().wait()
    return Finish()


@transaction("TAKE")
async def take(task: Task[NoArea]) -> Outcome:
    """Needs the record for a moment."""
    await task.files[Account].read(1, update=True)
    return Finish(Send("NOTE", {"text": "got it"}))


@transaction("WORK")
async def work(task: Task[NoArea]) -> Outcome:
    """Takes six seconds."""
    await asyncio.sleep(6)
    return Finish(Send("NOTE", {"text": "done"}))


async def attached(region: Region, *names: str) -> list[Terminal]:
    """Terminals that are ready for a key."""
    terminals = [Terminal(region, name) for name in names]
    for terminal in terminals:
        await terminal.attach()
    return terminals


async def send(terminal: Terminal, transid: str, after_s: float = 0.0) -> tuple[Outbound | Refused, float]:
    """The answer to a transaction id, and the seconds it took."""
    await asyncio.sleep(after_s)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await terminal.send(terminal.input(text=transid))
    return answer, loop.time() - began


@pytest.mark.parametrize("run_s", [4.0, 5.0, 8.0])
def test_a_step_that_loses_every_race_ends_when_its_time_is_over(disk: Disk, run_s: float) -> None:
    """Between two runs or within one: it is refused, and nothing of it is stored."""
    runs = list[int]()

    @transaction("RACE")
    async def race(task: Task[NoArea]) -> Outcome:
        runs.append(task.restart_count)
        account = await task.files[Account].read(1)
        assert account
        await asyncio.sleep(run_s)
        disk.ask("UPDATE account SET written_by = written_by + 1000")
        await task.files[Account].rewrite(changed(account, balance=0))
        return Finish()

    async def main() -> None:
        async with region_on(disk, race, limits=LIMITS) as region:
            disk.accounts({1: 100})
            (terminal,) = await attached(region, "T001")
            answer, took_s = await send(terminal, "RACE")
            assert isinstance(answer, Refused)
            assert answer.reason is Reason.BUSY
            assert "changed by others" in answer.text
            assert WAIT_S_MAX <= took_s < WAIT_S_MAX * 1.3

    run_virtually(main())
    assert runs == list(range(3 if run_s < 5 else 2))
    assert disk.balance(1) == 100
    assert dumps(disk) == []
    assert disk.one("SELECT count(*) FROM step") == 0


def test_an_input_that_waits_too_long_for_a_place_is_refused(disk: Disk) -> None:
    """It has no place, or has one so late that its program is not done in time: that is no abend of the program's."""

    async def main() -> None:
        async with region_on(disk, sit, work, limits=ONE_PLACE) as region:
            terminals = await attached(region, "T001", "T002", "T003", "T004")
            plan = zip(terminals, ("SIT", "WORK", "WORK", "WORK"), (0, 0, 0.1, 9), strict=True)
            (first, _), *waited, (last, _) = await asyncio.gather(
                *[send(terminal, transid, after_s) for terminal, transid, after_s in plan]
            )
            for refused, took_s in waited:
                assert isinstance(refused, Refused)
                assert refused.reason is Reason.BUSY
                assert "waiting" in refused.text
                assert WAIT_S_MAX <= took_s < WAIT_S_MAX * 1.2
            assert isinstance(first, Outbound)
            assert isinstance(last, Outbound)
            assert region.admission.running == region.admission.waiting == 0

    run_virtually(main())
    assert [(transid, code) for transid, code, _ in dumps(disk)] == [("SIT", "EWAI")]


def test_the_wait_for_a_place_counts(disk: Disk) -> None:
    """A program that begins after four seconds has six left."""

    async def main() -> None:
        async with region_on(disk, sit, work, limits=ONE_PLACE) as region:
            terminals = await attached(region, "T001", "T002")
            (first, _), (second, took_s) = await asyncio.gather(
                send(terminals[0], "WORK"), send(terminals[1], "SIT", 2)
            )
            assert isinstance(first, Outbound)
            assert shown(first.screen).values == {"text": "done"}
            assert isinstance(second, Outbound)
            assert WAIT_S_MAX <= took_s < WAIT_S_MAX * 1.2

    run_virtually(main())
    assert [(transid, code) for transid, code, _ in dumps(disk)] == [("SIT", "EWAI")]


def test_who_goes_away_while_waiting_for_a_place_is_heard(disk: Disk) -> None:
    """A cancellation from outside is no refusal."""

    async def main() -> None:
        async with region_on(disk, sit, work, limits=ONE_PLACE) as region:
            terminals = await attached(region, "T001", "T002")
            sits, gone = [asyncio.create_task(send(terminal, "SIT")) for terminal in terminals]
            await asyncio.sleep(1)
            gone.cancel()
            await asyncio.wait([gone])
            assert gone.cancelled()
            assert region.admission.waiting == 0
            await sits

    run_virtually(main())


@pytest.mark.parametrize("after_s", [0.0, 0.4])
def test_who_waits_for_a_record_does_not_end_with_who_holds_it(disk: Disk, after_s: float) -> None:
    """Though all are due at about the same time, the one that holds the record is ended first."""

    async def main() -> None:
        async with region_on(disk, hold, take, sit, limits=LIMITS) as region:
            disk.accounts({1: 100})
            terminals = await attached(region, *[f"T{number}" for number in range(5)])
            plan = zip(terminals, ("SIT", "HOLD", "TAKE", "TAKE", "TAKE"), (0, *[after_s] * 4), strict=True)
            answers = await asyncio.gather(*[send(*each) for each in plan])
            for answer, took_s in answers[2:]:
                assert isinstance(answer, Outbound)
                assert shown(answer.screen).values == {"text": "got it"}
                assert took_s < WAIT_S_MAX * 1.1 + 0.1

    run_virtually(main())
    assert sorted((transid, code) for transid, code, _ in dumps(disk)) == [("HOLD", "EWAI"), ("SIT", "EWAI")]


def test_who_waits_for_a_record_does_not_wait_for_ever(disk: Disk) -> None:
    """If the record does not come free meanwhile, the step is ended a tenth later."""

    @transaction("DEAF")
    async def deaf(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def main() -> None:
        async with region_on(disk, deaf, take, limits=LIMITS) as region:
            disk.accounts({1: 100})
            terminals = await attached(region, "T001", "T002")
            (_, deaf_s), (_, took_s) = await asyncio.gather(
                send(terminals[0], "DEAF"), send(terminals[1], "TAKE")
            )
            assert WAIT_S_MAX <= took_s <= WAIT_S_MAX * 1.2
            assert deaf_s <= WAIT_S_MAX * 2.2

    run_virtually(main())
    assert [(transid, code) for transid, code, _ in dumps(disk)] == [("TAKE", "EWAI"), ("DEAF", "EWAI")]

"""What a program returns decides what comes next: converse, finish, transfer, link."""

from __future__ import annotations

from typing import Any

import pytest

from monitor import (
    Aid,
    Area,
    Converse,
    Finish,
    NoArea,
    Outcome,
    Park,
    Program,
    Resume,
    Send,
    Task,
    TransferTo,
    transaction,
)
from monitor.limits import Limits
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown


class Count(Area):
    """How often a program ran."""

    times: int = 0


class Name(Area):
    """Something else than a count."""

    text: str = ""


class LongCount(Count):
    """A count that knows more."""

    more: int = 0


def note(text: object) -> Send:
    """A screen with one text."""
    return Send("NOTE", {"text": str(text)})


def noted(text: object) -> Shown:
    """That screen, as a terminal shows it."""
    return Shown("NOTE", {"text": str(text)})


@transaction("CNT", area=Count)
async def count(task: Task[Count]) -> Outcome:
    """Count its own steps, until PF3."""
    if task.aid is Aid.PF3:
        return Finish(note(f"{task.area.times} in all"))
    task.area.times += 1
    return Converse(note(f"{task.area.times} {task.step} {task.first_time}"))


@transaction("DBL", area=Count)
async def double(task: Task[Count]) -> Outcome:
    """Give back twice the count it was handed."""
    return Finish(area=Count(task.area.times * 2))


@transaction("PLN")
async def plain(task: Task[NoArea]) -> Outcome:
    """One without an area."""
    return Finish(note(1))


async def run(disk: Disk, *programs: Program[Any], presses: str = "T", limits: Limits | None = None) -> Shown:
    """The last screen after typing TEST and pressing Enter as often as wanted."""
    async with region_on(disk, *programs, limits=limits or Limits(runaway_s_max=0)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        screen = await terminal.press(text="TEST")
        for _ in presses[1:]:
            screen = await terminal.press()
        return screen


async def test_converse_keeps_the_area_and_runs_the_same_program_again(disk: Disk) -> None:
    """Without `then` and `area` the same program runs on with the area as it left it."""
    async with region_on(disk, count) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="CNT") == noted("1 1 True")
        assert await terminal.press() == noted("2 2 False")
        assert await terminal.press(Aid.PF3) == noted("2 in all")
        assert disk.ask("SELECT state FROM conversation") == [("ended",)]


async def test_finish_without_a_screen_leaves_a_blank_one_to_type_on(disk: Disk) -> None:
    """After the end of a conversation the next one begins from the start."""

    @transaction("END")
    async def end(task: Task[NoArea]) -> Outcome:
        return Finish()

    async with region_on(disk, count, end) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="END") == Shown()
        assert await terminal.press(text="CNT") == noted("1 1 True")


async def test_converse_may_name_another_program(disk: Disk) -> None:
    """`then` runs on the next key, as no first time, with the area it was given."""

    @transaction("TEST")
    async def begin(task: Task[NoArea]) -> Outcome:
        return Converse(note("on to the count"), then="CNT", area=Count(41))

    assert await run(disk, begin, count, presses="TE") == noted("42 2 False")


async def test_next_program_gets_an_area_of_its_own_type_when_none_is_given(disk: Disk) -> None:
    """A program without an area hands on to one with an area: it begins with a new one."""

    @transaction("TEST")
    async def begin(task: Task[NoArea]) -> Outcome:
        return Converse(note("on to the count"), then="CNT")

    assert await run(disk, begin, count, presses="TE") == noted("1 2 False")


async def test_transfer_goes_on_in_the_same_step(disk: Disk) -> None:
    """A transfer is one step and one unit of work, with the area that was handed over."""

    @transaction("TEST")
    async def begin(task: Task[NoArea]) -> Outcome:
        return TransferTo("CNT", Count(6))

    assert await run(disk, begin, count) == noted("7 1 True")
    assert disk.ask("SELECT transid, number FROM step") == [("CNT", 1)]


async def test_link_gives_back_the_area_of_the_other_program(disk: Disk) -> None:
    """A linked program runs inside the step, also after a transfer, and returns its area."""

    @transaction("TEST")
    async def begin(task: Task[NoArea]) -> Outcome:
        return TransferTo("CALL")

    @transaction("CALL")
    async def call(task: Task[NoArea]) -> Outcome:
        first = await task.link("DBL", Count(5))
        again = await task.link("DBL", first)
        return Finish(note(again.times))

    assert await run(disk, begin, call, double) == noted(20)


async def test_a_program_that_cannot_be_typed_works_as_any_other(disk: Disk) -> None:
    """It is transferred to, linked to, named by `then`, parked and resumed; only its code is not known."""

    @transaction("PART", area=Count, typed=False)
    async def part(task: Task[Count]) -> Outcome:
        match task.aid:
            case Aid.PF1:
                return Finish(area=Count(task.area.times + 1))
            case Aid.PF2:
                return Park(Converse(note("parked"), area=task.area), Converse(note("go on"), then="MAIN"))
            case _:
                return Converse(note(f"part {task.area.times}"))

    @transaction("MAIN", area=Count)
    async def main(task: Task[Count]) -> Outcome:
        match task.aid:
            case Aid.PF1:
                return Converse(note((await task.link("PART", Count(1))).times))
            case Aid.PF3:
                return Converse(note("then"), then="PART", area=Count(5))
            case Aid.PF4:
                return Resume((await task.parked())[0].unit)
            case _:
                return TransferTo("PART", Count(7))

    async with region_on(disk, part, main) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "Transaction PART is not known" in (await terminal.press(text="PART")).message
        assert await terminal.press(Aid.CLEAR) == Shown()
        assert await terminal.press(Aid.PF1, text="MAIN") == noted("2")
        assert await terminal.press(Aid.PF3) == noted("then")
        assert await terminal.press(Aid.PF2) == noted("go on")
        assert await terminal.press(Aid.PF4) == noted("parked")
        assert await terminal.press() == noted("part 5")
        await terminal.press(Aid.PF1)
        assert await terminal.press(text="MAIN") == noted("part 7")


async def test_new_ids_of_linked_programs_differ(disk: Disk) -> None:
    """Every program of a step draws its own random numbers, so that no two ids are the same."""

    @transaction("ID", area=Name)
    async def make(task: Task[Name]) -> Outcome:
        return Finish(area=Name(task.new_id()))

    @transaction("TEST")
    async def begin(task: Task[NoArea]) -> Outcome:
        ids = {task.new_id(), task.new_id()}
        for _ in range(2):
            ids.add((await task.link("ID")).text)
        return Finish(note(len(ids)))

    assert await run(disk, begin, make) == noted(4)


def outcome_of(outcome: object) -> Program[Any]:
    """A program that returns `outcome`."""

    @transaction("TEST", area=Count)
    async def test(task: Task[Count]) -> Any:
        return outcome

    return test


def linking(to: str, area: Area | None) -> Program[Any]:
    """A program that links to another."""

    @transaction("TEST", area=Count)
    async def test(task: Task[Count]) -> Outcome:
        return Finish(area=await task.link(to, area))

    return test


PROGRAM_GIVEN = "a Program is no transaction id: write one, as 'CNT'"


def unchecked(value: object) -> Any:
    """What a type checker would not let through."""
    return value


@pytest.mark.parametrize(
    ("program", "code", "word"),
    [
        (outcome_of(None), "EOUT", "NoneType"),
        (outcome_of("a string"), "EOUT", "str"),
        (outcome_of(Converse(note(1), then="NONE")), "APCT", "NONE"),
        (outcome_of(TransferTo("NONE")), "APCT", "NONE"),
        (linking("NONE", None), "APCT", "NONE"),
        (outcome_of(Converse(note(1), area=Name("x"))), "EART", "Count"),
        (outcome_of(Converse(note(1), area=LongCount(1))), "EART", "Count"),
        (outcome_of(TransferTo("CNT", Name("x"))), "EART", "Count"),
        (linking("DBL", Name("x")), "EART", "Count"),
        (outcome_of(Converse(note(1), then="PLN", area=Name("x"))), "EART", "declare it with area=Name"),
        (linking("CNT", None), "EOUT", "CNT"),
        (outcome_of(Converse(unchecked("hi"))), "EOUT", "a str is no screen: return what a map shows"),
        (outcome_of(Finish(unchecked("hi"))), "EOUT", "a str is no screen: return what a map shows"),
        (outcome_of(Finish(unchecked(Send))), "EOUT", "the class Send is no screen"),
        (outcome_of(Park(Converse(unchecked("hi")), Finish())), "EOUT", "a str is no screen"),
        (outcome_of(Converse(note(1), then=unchecked(count))), "EOUT", PROGRAM_GIVEN),
        (outcome_of(TransferTo(unchecked(count))), "EOUT", PROGRAM_GIVEN),
        (linking(unchecked(count), None), "EOUT", PROGRAM_GIVEN),
        (outcome_of(TransferTo(unchecked([]))), "EOUT", "a list is no transaction id: write one"),
        (outcome_of(Converse(Send("LOST"))), "ASRA", "LOST"),
        (outcome_of(Finish(Send("LOST"))), "ASRA", "LOST"),
        (outcome_of(TransferTo("TEST")), "ELIM", "transfers_max"),
        (linking("TEST", None), "ELIM", "transfers_max"),
    ],
)
async def test_wrong_outcome_is_an_abend(disk: Disk, program: Program[Any], code: str, word: str) -> None:
    """What cannot be done ends the step with a code, and the dump says what was wrong."""
    screen = await run(disk, program, count, double, plain)
    assert f"TEST abend {code}" in screen.message
    ((_, dumped, message),) = dumps(disk)
    assert code == dumped
    assert word in message


async def test_transfers_up_to_the_limit_are_allowed(disk: Disk) -> None:
    """Exactly `transfers_max` programs may be passed through."""
    passed = 0

    @transaction("TEST", area=Count)
    async def on(task: Task[Count]) -> Outcome:
        nonlocal passed
        passed = task.area.times
        return TransferTo("TEST", Count(passed + 1)) if passed < 3 else Finish(note(passed))

    assert await run(disk, on, limits=Limits(runaway_s_max=0, transfers_max=3)) == noted(3)
    assert "ELIM" in (await run(Disk(), on, limits=Limits(runaway_s_max=0, transfers_max=2))).message


async def test_message_of_a_wrong_outcome_shows_no_values(disk: Disk) -> None:
    """What a program returned by mistake may hold a password: the dump names its type only."""

    @transaction("ASK")
    async def ask(task: Task[NoArea]) -> Outcome:
        return Converse(Send("FORM", {"password": "Passw0rd"}))

    await run(disk, linking("ASK", None), ask)
    assert "Passw0rd" not in str(disk.ask("SELECT * FROM dump"))
    assert dumps(disk)


async def test_area_changed_after_the_program_ended_stays_as_it_was(disk: Disk) -> None:
    """The area is taken when the program returns; who still holds it changes nothing."""
    kept: list[Count] = []

    @transaction("TEST", area=Count)
    async def test(task: Task[Count]) -> Outcome:
        for area in kept:
            area.times = 99
        kept.append(task.area)
        task.area.times += 1
        return Converse(note(task.area.times))

    assert await run(disk, test, presses="TEST") == noted(4)

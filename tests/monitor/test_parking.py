"""Parked conversations: put aside and brought back by one unit of work each, as they were."""

from __future__ import annotations

from monitor import (
    Aid,
    Area,
    Converse,
    Finish,
    NoArea,
    Outcome,
    Park,
    Resume,
    Send,
    Task,
    TransferTo,
    transaction,
)
from monitor.limits import Limits
from monitor.parking import Parked
from monitor.store.tables import PARKED
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown


class Draft(Area):
    """A text in the making."""

    text: str = ""


def form(text: str) -> Send:
    """The form of a draft."""
    return Send("FORM", {"source": text})


@transaction("EDIT", area=Draft)
async def edit(task: Task[Draft]) -> Outcome:
    """Take in a text; PF9 parks it, PF10 parks it and goes on with the last parked, PF11 is wrong."""
    task.area.text += task.fields.get("source", "")
    stage = Converse(form(task.area.text))
    match task.aid:
        case Aid.PF9:
            return Park(stage, TransferTo("DESK"), title=task.area.text)
        case Aid.PF10:
            return Park(stage, Resume((await task.parked())[0].unit), title=task.area.text)
        case Aid.PF11:
            return Park(Finish(), TransferTo("DESK"))  # type: ignore[arg-type]
        case Aid.PF12:
            return Park(stage, TransferTo("FAIL"))
        case Aid.PF8:
            return Park(stage, TransferTo("EDIT"))
        case _:
            return stage


@transaction("DESK")
async def desk(task: Task[NoArea]) -> Outcome:
    """List what is parked; Enter resumes the latest, or the one whose unit is typed."""
    parked = await task.parked()
    if task.aid is Aid.PF3:
        return Finish()
    if not task.first_time:
        return Resume(int(task.fields.get("source") or parked[0].unit))
    return Converse(Send("FORM", {"target": ",".join(one.title for one in parked)}))


@transaction("FAIL")
async def fail(task: Task[NoArea]) -> Outcome:
    """Fail."""
    raise RuntimeError("on purpose")


PROGRAMS = (edit, desk, fail)


async def parked_one(terminal: Terminal, text: str) -> Shown:
    """Begin a draft and park it; the desk's list is shown."""
    await terminal.press(text="EDIT")
    return await terminal.press(Aid.PF9, source=text)


async def test_a_parked_conversation_comes_back_as_it_was(disk: Disk) -> None:
    """Screen, area and next transaction, after the desk has run meanwhile, and in another process."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await parked_one(terminal, "a") == Shown("FORM", {"target": "a"})
        assert disk.ask("SELECT terminal, transid, title, next, area_type, area FROM parked") == [
            ("T001", "EDIT", "a", "EDIT", "Draft", '{"text":"a"}')
        ]
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press() == Shown("FORM", {"source": "a"})
        assert disk.ask("SELECT count(*) FROM parked") == [(0,)]
        assert await terminal.press(source="b") == Shown("FORM", {"source": "ab"})


async def test_parking_and_going_on_are_one_step(disk: Disk) -> None:
    """If the program that goes on fails, nothing is parked and the conversation stays where it was."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="EDIT")
        assert "abend ASRA" in (await terminal.press(Aid.PF12, source="a")).message
        assert disk.ask("SELECT count(*) FROM parked") == [(0,)]
        assert await terminal.press(source="b") == Shown("FORM", {"source": "b"})


async def test_resuming_is_a_step_like_any_other(disk: Disk) -> None:
    """It has its row in the history, and the same input again gets the stored answer."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await parked_one(terminal, "a")
        inbound = terminal.input()
        first = await terminal.send(inbound)
        assert first == await terminal.send(inbound)
        assert disk.ask("SELECT transid, outcome, next FROM step ORDER BY unit DESC LIMIT 1") == [
            ("DESK", "resume", "EDIT")
        ]


async def test_two_conversations_change_places(disk: Disk) -> None:
    """A program may park its own and resume another at once."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await parked_one(terminal, "a")
        await terminal.press(Aid.PF3)
        assert await terminal.press(text="EDIT") == Shown("FORM", {"source": ""})
        assert await terminal.press(Aid.PF10, source="b") == Shown("FORM", {"source": "a"})
        assert await terminal.press(Aid.PF10) == Shown("FORM", {"source": "b"})
        assert disk.ask("SELECT title FROM parked") == [("aa",)]


async def test_what_is_not_ones_own_is_not_resumed(disk: Disk) -> None:
    """Another terminal does not see it, and is refused if it names it."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal, other = Terminal(region), Terminal(region, "T002")
        await terminal.attach()
        await other.attach()
        await parked_one(terminal, "a")
        ((unit,),) = disk.ask("SELECT unit FROM parked")
        assert await other.press(text="DESK") == Shown("FORM", {"target": ""})
        await other.press(source=str(unit))
        assert [dump[:2] for dump in dumps(disk)] == [("DESK", "EPRK")]
        assert disk.ask("SELECT unit FROM parked") == [(unit,)]


async def test_only_a_stage_to_come_back_to_is_parked(disk: Disk) -> None:
    """A conversation that is over cannot be put aside."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="EDIT")
        await terminal.press(Aid.PF11)
        assert [dump[:2] for dump in dumps(disk)] == [("EDIT", "EOUT")]


async def test_a_step_parks_one_conversation(disk: Disk) -> None:
    """One that is transferred to in the same step cannot be put aside as well."""
    async with region_on(disk, *PROGRAMS) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="EDIT")
        assert "abend EPRK" in (await terminal.press(Aid.PF8, source="a")).message
        assert "a step puts one conversation aside" in dumps(disk)[0][2]
        assert disk.ask("SELECT title FROM parked") == []


async def test_parked_conversations_are_limited(disk: Disk) -> None:
    """One more than parked_max ends the task."""
    async with region_on(disk, *PROGRAMS, limits=Limits(runaway_s_max=0, parked_max=1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await parked_one(terminal, "a")
        await terminal.press(Aid.PF3)
        await terminal.press(text="EDIT")
        assert "abend ELIM" in (await terminal.press(Aid.PF9, source="b")).message
        assert disk.ask("SELECT title FROM parked") == [("a",)]


def test_the_record_is_the_table() -> None:
    """What the store knows of parked conversations is what the engine writes."""
    assert Parked.table == PARKED

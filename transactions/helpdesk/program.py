"""TKTQ: take a ticket from the queue, work it, park it for another, and come back to it."""

from __future__ import annotations

from typing import Any

from monitor.area import Area
from monitor.exchange import Aid
from monitor.outcome import Converse, Finish, Outcome, Park, Resume, TransferTo
from monitor.parking import Parked
from monitor.program import transaction
from monitor.records import changed
from monitor.task import Task
from transactions.commands import line_command
from transactions.helpdesk.maps import TKTQ01, TKTQ02
from transactions.helpdesk.records import Ticket
from transactions.paging import Pages

LINES = len(TKTQ01.number.fields)
COMMANDS = {"T": "takes", "S": "shows"}
ONLY_SHOWN = {field.name: {"protected": True} for field in TKTQ02.note.fields}


class Desk(Area):
    """The page of the queue, and the ticket over it."""

    first: int = 0
    """Number of the first ticket on the page."""
    last: int = 0
    number: int = 0
    """The ticket that is shown; 0: the queue."""
    written_by: int = 0
    """The unit of work that had written it when it was shown, if this agent works it."""


@transaction("TKTQ", area=Desk)
async def tickets(task: Task[Desk]) -> Outcome:
    """Help-desk queue."""
    mine = task.area.written_by != 0
    match task.aid:
        case _ if task.first_time:
            return await queue(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.ENTER | Aid.PF4 | Aid.PF5 if mine:
            return await save(task, {Aid.PF4: "OPEN", Aid.PF5: "SOLVED"}.get(task.aid, "TAKEN"))
        case Aid.PF9 if mine:
            return park(task)
        case Aid.ENTER | Aid.PF12 if task.area.number:
            return await queue(task)
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _ if task.area.number:
            return Converse(TKTQ02.unused_key(task))
        case Aid.ENTER:
            return await choose(task)
        case Aid.PF7 | Aid.PF8:
            return await turn(task)
        case Aid.PF9 if found := await parked(task):
            return Resume(found[0].unit)
        case Aid.PF9:
            return await queue(task, wrong="No ticket is parked here")
        case _:
            return Converse(TKTQ01.unused_key(task))


async def parked(task: Task[Desk]) -> list[Parked]:
    """The tickets this agent has parked, the latest first."""
    return [one for one in await task.parked() if one.transid == task.transid]


async def queue(task: Task[Desk], say: str = "", wrong: str = "", at_fault: str = "option") -> Outcome:
    """The page of the queue that begins where the area says."""
    page = await Pages(task.files[Ticket], LINES, "number").at(task.area.first)
    found, titles = page.records, [one.title for one in await parked(task)]
    task.area.number = task.area.written_by = 0
    task.area.first, task.area.last = (found[0].number, found[-1].number) if found else (0, 0)
    values: dict[str, Any] = {
        name: [getattr(ticket, name) for ticket in found]
        for name in ("number", "priority", "status", "agent", "summary")
    }
    values["lines"] = "F8 for more" if page.more else ""
    values["parked"] = f"Parked: {', '.join(titles)} (F9 resumes the first)" if titles else ""
    if wrong:
        return Converse(TKTQ01.mistake(task, None, at_fault, wrong, **values))
    return Converse(TKTQ01.page(task, say=say, **values))


async def turn(task: Task[Desk]) -> Outcome:
    """The page of the queue above or below, if there is one; a command that was typed is done, as with Enter."""
    if any(task.receive(TKTQ01).option):
        return await choose(task)
    pages, up = Pages(task.files[Ticket], LINES, "number"), task.aid is Aid.PF7
    page = await (pages.above(task.area.first) if up else pages.below(task.area.last))
    if not page.records:
        return await queue(task, say="These are the first tickets" if up else "These are the last tickets")
    task.area.first = page.records[0].number
    return await queue(task)


async def choose(task: Task[Desk]) -> Outcome:
    """Do the command on a line: show a ticket, or take it if nobody else has."""
    form = task.receive(TKTQ01)
    line, letter, wrong = line_command(form.option, COMMANDS)
    if not line:
        return await queue(task)
    number = form.number[line - 1] or 0
    ticket = await task.files[Ticket].read(number, update=True)
    if not wrong and ticket and letter == "S":
        return await show(task, ticket, "Only shown: T in the queue takes it")
    if ticket is None:
        wrong = wrong or "There is no ticket on this line"
    elif ticket.status == "SOLVED":
        wrong = wrong or f"Ticket {number} is solved already"
    elif ticket.agent not in ("", task.terminal):
        wrong = wrong or f"Ticket {number} was just taken by {ticket.agent}"
    if wrong or ticket is None:
        return await queue(task, wrong=wrong, at_fault=f"option.{line}")
    ticket = changed(ticket, status="TAKEN", agent=task.terminal)
    await task.files[Ticket].rewrite(ticket)
    return await show(task, ticket, f"Ticket {number} is yours", mine=True)


async def show(task: Task[Desk], ticket: Ticket, say: str, *, mine: bool = False) -> Outcome:
    """A ticket, with notes to be written if it is this agent's."""
    task.area.number = ticket.number
    task.area.written_by = await task.files[Ticket].version(ticket.number) if mine else 0
    look = {} if mine else ONLY_SHOWN
    notes = ticket.notes.split("\n")
    return Converse(TKTQ02.page(task, ticket, say=say, note=notes, attributes=look))


async def save(task: Task[Desk], status: str) -> Outcome:
    """Keep the notes, if the ticket is still as it was shown; open or solved, it goes back to the queue."""
    form, area = task.receive(TKTQ02), task.area
    ticket = await task.files[Ticket].read_unchanged(area.number, area.written_by)
    if ticket is None:
        return await queue(task, wrong=f"Ticket {area.number} was changed by someone else: look at it again")
    agent = "" if status == "OPEN" else task.terminal
    ticket = changed(ticket, status=status, agent=agent, notes="\n".join(form.note).rstrip())
    await task.files[Ticket].rewrite(ticket)
    if status == "TAKEN":
        return await show(task, ticket, "The notes are saved", mine=True)
    return await queue(task, say=f"Ticket {ticket.number} is {status.lower()}")


def park(task: Task[Desk]) -> Outcome:
    """Put the ticket aside with what was typed, and go back to the queue."""
    stage = Converse(TKTQ02.page(task, task.receive(TKTQ02), say="Back from parking", cursor=task.cursor))
    queue_again = TransferTo("TKTQ", Desk(first=task.area.first))
    return Park(stage, queue_again, title=f"ticket {task.area.number}")

"""The help desk, as its agents see it: one queue, tickets taken once, and tickets parked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from screens.keys import Key
from tests.transactions.operator import Operator, operator_on, operators_on, started

TAKE = ("t", Key.ENTER)
TICKET = "SELECT status, agent, notes FROM ticket WHERE number = ?"


async def at_the_desk(*operators: Operator) -> None:
    """Bring them all to the queue."""
    for operator in operators:
        await started(operator, "TKTQ")


async def test_the_queue_is_paged(tmp_path: Path) -> None:
    """Forty tickets on three pages."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        top = operator.rows
        await operator.do(Key.PF8, Key.PF8)
        assert (operator.field("number.1"), operator.field("number.12")) == ("1029", "1040")
        assert await operator.do(Key.PF8) == "These are the last tickets"
        await operator.do(Key.PF7, Key.PF7)
        assert operator.rows == top
        assert await operator.do(Key.PF7) == "These are the first tickets"


async def test_a_ticket_is_taken_worked_and_solved(tmp_path: Path) -> None:
    """T makes it the terminal's, Enter saves notes again and again, F5 closes it."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        assert await operator.do(*TAKE) == "Ticket 1001 is yours"
        assert await operator.do("Called back", Key.ENTER) == "The notes are saved"
        assert await operator.do(Key.TAB, "Toner was empty", Key.ENTER) == "The notes are saved"
        assert operator.matches("TKTQ02")
        assert operator.ask(TICKET, 1001) == [("TAKEN", "T001", "Called back\nToner was empty")]
        assert await operator.do(Key.PF5) == "Ticket 1001 is solved"
        assert operator.ask(TICKET, 1001) == [("SOLVED", "T001", "Called back\nToner was empty")]
        assert (await operator.do(*TAKE), operator.at) == ("Ticket 1001 is solved already", "option.1")


async def test_a_released_ticket_is_free(tmp_path: Path) -> None:
    """F4 keeps the notes, and another agent may take it."""
    async with operators_on(tmp_path / "store.db", "T001", "T002") as (first, second):
        await at_the_desk(first, second)
        assert await first.do(*TAKE, "Not mine", Key.PF4) == "Ticket 1001 is open"
        assert first.ask(TICKET, 1001) == [("OPEN", "", "Not mine")]
        assert await second.do(*TAKE) == "Ticket 1001 is yours"
        assert second.field("note.1") == "Not mine"


async def test_the_second_taker_is_refused(tmp_path: Path) -> None:
    """The queue is shown as it is now, with the cursor on the line."""
    async with operators_on(tmp_path / "store.db", "T001", "T002") as (first, second):
        await at_the_desk(first, second)
        await first.do(Key.TAB, *TAKE)
        says = await second.do(Key.TAB, *TAKE)
        assert (says, second.at) == ("Ticket 1002 was just taken by T001", "option.2")
        assert (second.field("status.2"), second.field("agent.2")) == ("TAKEN", "T001")


async def test_of_many_takers_in_one_moment_one_has_it(tmp_path: Path) -> None:
    """All others are told by whom; the store agrees."""
    names = [f"T{number:03}" for number in range(10)]
    async with operators_on(tmp_path / "store.db", *names) as operators:
        await at_the_desk(*operators)
        said = await asyncio.gather(*(operator.do(*TAKE) for operator in operators))
        ((_, owner, _),) = operators[0].ask(TICKET, 1001)
        expected = [
            "Ticket 1001 is yours" if name == owner else f"Ticket 1001 was just taken by {owner}"
            for name in names
        ]
        assert said == expected


async def test_agents_of_two_regions_take_a_ticket_once(tmp_path: Path) -> None:
    """The commit of one is the conflict of the other, whose step runs again and is refused."""
    store = tmp_path / "store.db"
    async with operators_on(store, "T001") as (first,), operators_on(store, "T002") as (second,):
        await at_the_desk(first, second)
        said = await asyncio.gather(first.do(*TAKE), second.do(*TAKE))
        ((_, owner, _),) = first.ask(TICKET, 1001)
        taken = f"Ticket 1001 was just taken by {owner}"
        assert list(said) == ["Ticket 1001 is yours" if owner == name else taken for name in ("T001", "T002")]


async def test_a_ticket_is_parked_and_resumed(tmp_path: Path) -> None:
    """F9 puts it aside with what was typed; another is worked; F9 in the queue brings it back as it was."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        await operator.do(*TAKE, "Line one", Key.TAB, "Line tw", Key.PF9)
        assert operator.matches("TKTQ01")
        await operator.do(Key.TAB, *TAKE, Key.PF5)
        assert operator.field("parked") == "Parked: ticket 1001 (F9 resumes the first)"
        assert await operator.do(Key.PF9) == "Back from parking"
        assert await operator.do("o", Key.ENTER) == "The notes are saved"
        assert operator.ask(TICKET, 1001) == [("TAKEN", "T001", "Line one\nLine two")]
        await operator.do(Key.PF12)
        assert operator.field("parked") == ""


async def test_a_parked_ticket_waits_for_its_agent(tmp_path: Path) -> None:
    """Through other transactions and another region; no other agent gets it, parked or not."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        await operator.do(*TAKE, "Half a no", Key.PF9, Key.PF3, Key.CLEAR)
    async with operators_on(tmp_path / "store.db", "T001", "T002") as (first, second):
        await at_the_desk(first, second)
        assert await second.do(*TAKE) == "Ticket 1001 was just taken by T001"
        assert await second.do(Key.PF9) == "No ticket is parked here"
        await first.do(Key.PF9, "te", Key.ENTER)
        assert first.ask(TICKET, 1001) == [("TAKEN", "T001", "Half a note")]


async def test_the_last_parked_comes_back_first(tmp_path: Path) -> None:
    """Several may be parked; each is resumed once."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        await operator.do(*TAKE, Key.PF9, Key.TAB, *TAKE, Key.PF9)
        assert operator.field("parked") == "Parked: ticket 1002, ticket 1001 (F9 resumes the first)"
        seen = []
        for _ in range(2):
            await operator.do(Key.PF9)
            seen.append(operator.field("number"))
            await operator.do(Key.PF12)
        assert seen == ["1002", "1001"]
        assert await operator.do(Key.PF9) == "No ticket is parked here"


async def test_notes_that_were_overtaken_are_not_written(tmp_path: Path) -> None:
    """A parked draft of a ticket that was changed since is refused, not written over the newer notes."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        await operator.do(*TAKE, "Old", Key.PF9)
        await operator.do(*TAKE, "New", Key.ENTER, Key.PF12)
        says = await operator.do(Key.PF9, Key.ENTER)
        assert says == "Ticket 1001 was changed by someone else: look at it again"
        assert operator.ask(TICKET, 1001) == [("TAKEN", "T001", "New")]


async def test_a_command_goes_before_the_page(tmp_path: Path) -> None:
    """F8 with a command on a line does it, as Enter would."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        assert await operator.do("t", Key.PF8) == "Ticket 1001 is yours"


async def test_a_ticket_only_shown_is_protected(tmp_path: Path) -> None:
    """S takes nothing; the keys that would change it do nothing."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        assert await operator.do("s", Key.ENTER) == "Only shown: T in the queue takes it"
        assert operator.space.field_at(operator.space.cursor).attribute.protected  # type: ignore[union-attr]
        for key in (Key.PF4, Key.PF5, Key.PF9):
            assert await operator.do(key) == f"{key} does nothing here; the keys that do are on the last row"
        await operator.do(Key.ENTER)
        assert operator.map == "TKTQ01"
        assert operator.ask(TICKET, 1001) == [("OPEN", "", "")]


@pytest.mark.parametrize(
    ("keys", "field", "says"),
    [
        (("x", Key.ENTER), "option.1", "X is no command: T takes, S shows"),
        (("t", Key.TAB, "t", Key.ENTER), "option.2", "Only one line at a time can have a command"),
        ((Key.PF8, Key.PF8, Key.BACKTAB, "t", Key.ENTER), "option.14", "There is no ticket on this line"),
        ((Key.PF9,), "option.1", "No ticket is parked here"),
        ((Key.PF2,), "option.1", "PF2 does nothing here; the keys that do are on the last row"),
    ],
)
async def test_each_mistake_in_the_queue_is_told_at_its_field(
    tmp_path: Path, keys: tuple[Key | str, ...], field: str, says: str
) -> None:
    """Each has a message, and the cursor is in the field."""
    async with operator_on(tmp_path / "store.db") as operator:
        await at_the_desk(operator)
        assert (await operator.do(*keys), operator.at) == (says, field)

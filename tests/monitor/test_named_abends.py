"""An abend names the program that was running, however the step came to it, and the area that one was given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from monitor import Aid, Area, Converse, Finish, Outcome, Send, Task, TransferTo, changed, transaction
from monitor.limits import Limits
from tests.monitor.bed import Disk, Terminal, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account


class Menu(Area):
    """What MENU remembers."""

    seen: int = 0


class Ed(Area):
    """What the others are given."""

    number: int = 0
    anything: Any = None


def menu_that(goes_on: Callable[[Task[Menu]], Awaitable[Outcome]]) -> Any:
    """MENU: a screen with a form first, and then `goes_on`."""

    @transaction("MENU", area=Menu)
    async def menu(task: Task[Menu]) -> Outcome:
        if task.first_time:
            return Converse(Send("FORM"), area=Menu(7))
        return await goes_on(task)

    return menu


@transaction("EDIT", area=Ed)
async def edit(task: Task[Ed]) -> Outcome:
    """Raises, its area changed."""
    task.area.number += 1
    raise ValueError("boom")


@transaction("EDTH", area=Ed)
def edit_in_thread(task: Task[Ed]) -> Outcome:
    """The same in a thread."""
    task.area.number += 1
    raise ValueError("boom")


@transaction("OVER", area=Ed)
async def over(task: Task[Ed]) -> Outcome:
    """Breaks a constraint, which the commit finds."""
    account = await task.files[Account].read(1)
    assert account
    await task.files[Account].rewrite(changed(account, balance=-1))
    return Finish()


@transaction("SITS", area=Ed)
async def sits(task: Task[Ed]) -> Outcome:
    """Never ends by itself."""
    await asyncio.Event().wait()
    return Finish()


@transaction("BETW", area=Ed)
async def between(task: Task[Ed]) -> Outcome:
    """Links on."""
    await task.link("EDIT", task.area)
    return Finish()


async def transfers(task: Task[Menu]) -> Outcome:
    return TransferTo("EDIT", Ed(4711))


async def transfers_to_a_thread(task: Task[Menu]) -> Outcome:
    return TransferTo("EDTH", Ed(4711))


async def transfers_with_an_object(task: Task[Menu]) -> Outcome:
    return TransferTo("EDIT", Ed(4711, object()))


async def transfers_with_a_secret(task: Task[Menu]) -> Outcome:
    return TransferTo("EDIT", Ed(4711, task.fields["password"]))


async def transfers_and_breaks(task: Task[Menu]) -> Outcome:
    return TransferTo("OVER", Ed(4711))


async def transfers_to_nobody(task: Task[Menu]) -> Outcome:
    return TransferTo("NONE", Ed(4711))


async def links(task: Task[Menu]) -> Outcome:
    await task.link("EDIT", Ed(4711))
    return Finish()


async def links_to_a_thread(task: Task[Menu]) -> Outcome:
    await task.link("EDTH", Ed(4711))
    return Finish()


async def links_twice_deep(task: Task[Menu]) -> Outcome:
    await task.link("BETW", Ed(4711))
    return Finish()


async def links_in_a_group(task: Task[Menu]) -> Outcome:
    async with asyncio.TaskGroup() as group:
        group.create_task(task.link("EDIT", Ed(4711)))
    return Finish()


async def links_for_ever(task: Task[Menu]) -> Outcome:
    await task.link("SITS", Ed(4711))
    return Finish()


async def links_to_what_converses(task: Task[Menu]) -> Outcome:
    await task.link("MENU", Menu(4711))
    return Finish()


async def links_and_fails_itself(task: Task[Menu]) -> Outcome:
    try:
        await task.link("EDIT", Ed(4711))
    except ValueError as error:
        raise KeyError("mine") from error
    return Finish()


GIVEN = ("Ed", '{"number":4711,"anything":null}')
BEFORE = ("Menu", '{"seen":7}')


@pytest.mark.parametrize(
    ("goes_on", "transid", "code", "area"),
    [
        (transfers, "EDIT", "ASRA", GIVEN),
        (transfers_to_a_thread, "EDTH", "ASRA", GIVEN),
        (transfers_with_an_object, "EDIT", "ASRA", ("Ed", "(it cannot be shown: Encoding objects of type ")),
        (transfers_with_a_secret, "EDIT", "ASRA", ("Ed", '{"number":4711,"anything":"********"}')),
        (transfers_and_breaks, "OVER", "ECON", GIVEN),
        (transfers_to_nobody, "MENU", "APCT", BEFORE),
        (links, "EDIT", "ASRA", GIVEN),
        (links_to_a_thread, "EDTH", "ASRA", GIVEN),
        (links_twice_deep, "EDIT", "ASRA", GIVEN),
        (links_in_a_group, "EDIT", "ASRA", GIVEN),
        (links_for_ever, "SITS", "EWAI", GIVEN),
        (links_to_what_converses, "MENU", "EOUT", BEFORE),
        (links_and_fails_itself, "MENU", "ASRA", BEFORE),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_the_program_that_ran_is_named_and_the_conversation_stays(
    disk: Disk,
    goes_on: Callable[[Task[Menu]], Awaitable[Outcome]],
    transid: str,
    code: str,
    area: tuple[str, str],
) -> None:
    """By the line, the dump, the history; the next transaction and the stored area are those of before."""
    programs = (menu_that(goes_on), edit, edit_in_thread, over, sits, between)
    async with region_on(disk, *programs, limits=Limits(runaway_s_max=0, wait_s_max=0.5)) as region:
        disk.accounts({1: 0})
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="MENU")
        failed = await terminal.press(Aid.PF5, password='Pass"word')  # noqa: S106 not one
        assert failed.message.startswith(f"{transid} abend {code}: ")
        ((dumped, *given),) = disk.ask("SELECT transid, area_type, area FROM dump")
        assert (transid, area[0]) == (dumped, given[0])
        assert given[1].startswith(area[1])
        assert "Pass" not in given[1]
        step = disk.ask("SELECT transid, code, next, area_type, area FROM step ORDER BY unit DESC LIMIT 1")
        assert [(transid, code, "MENU", *BEFORE)] == step


async def test_an_abend_that_a_program_got_over_blames_nobody(disk: Disk) -> None:
    """Neither does one of the next step, after a link that went well."""

    async def goes_on(task: Task[Menu]) -> Outcome:
        for transid in ("EDIT", "EDTH"):
            with pytest.raises(ValueError, match="boom"):
                await task.link(transid, Ed(1))
        return Converse(Send("NOTE", {"text": "over it"}))

    async with region_on(disk, menu_that(goes_on), edit, edit_in_thread) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="MENU")
        assert await terminal.press() == Shown("NOTE", {"text": "over it"})
        assert [("MENU", "converse")] * 2 == disk.ask("SELECT transid, outcome FROM step")

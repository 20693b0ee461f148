"""Programs that do what a program may not: one function a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from monitor import Abend, Aid, Area, Converse, NoArea, Outcome, Send, Task, changed, transaction
from monitor.startup import Region
from tests.monitor.bed import Terminal
from tests.monitor.records import Account, Entry, Seat


class Tally(Area):
    """What the tests keep."""

    good: int = 0
    anything: Any = None


Fault = Callable[[Task[Tally]], Awaitable[object]]


class Unprintable(Exception):
    """An exception that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


class Talkative(Exception):
    """An exception whose `message` is no text, as some libraries have it."""

    message = object()


async def raises(task: Task[Tally]) -> object:
    """A plain mistake."""
    return dict[str, str]()["missing"]


async def raises_abend(task: Task[Tally]) -> object:
    """An abend of the program's own."""
    raise Abend("MINE", "so I say")


async def raises_unprintable(task: Task[Tally]) -> object:
    """An exception whose text cannot be had."""
    raise Unprintable


async def raises_talkative(task: Task[Tally]) -> object:
    """An exception with an attribute that looks like ours."""
    raise Talkative


async def raises_half_a_character(task: Task[Tally]) -> object:
    """An exception whose text cannot be encoded, such as one about an odd file name."""
    raise OSError("no file \udc80")


async def raises_long(task: Task[Tally]) -> object:
    """An exception with a text that would fill the disk."""
    raise ValueError("x" * 1_000_000)


async def exits(task: Task[Tally]) -> object:
    """A program that thinks it owns the process."""
    raise SystemExit(3)


async def interrupts(task: Task[Tally]) -> object:
    """A program that thinks it is the operator's shell."""
    raise KeyboardInterrupt


async def closes(task: Task[Tally]) -> object:
    """A program that thinks it is a generator."""
    raise GeneratorExit


async def cancels_itself(task: Task[Tally]) -> object:
    """A program that cancels the asyncio task it runs in, which is the terminal's."""
    current = asyncio.current_task()
    assert current
    current.cancel()
    return await asyncio.Event().wait()


async def hears_nothing(task: Task[Tally]) -> object:
    """A loop that catches whatever would end it."""
    gate = asyncio.Event()
    while True:
        with suppress(BaseException):
            await gate.wait()


async def awaits_cancelled(task: Task[Tally]) -> object:
    """A program that waits for something it has itself cancelled."""
    inner = asyncio.get_running_loop().create_future()
    inner.cancel()
    return await inner


async def fails_in_group(task: Task[Tally]) -> object:
    """A task group of which one part fails."""
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(1000))
        group.create_task(task.files[Account].delete(404))
    return None


async def keeps_object(task: Task[Tally]) -> object:
    """An area with something in it that is no JSON."""
    task.area.anything = object()
    return None


async def keeps_half_a_character(task: Task[Tally]) -> object:
    """An area with a lone surrogate."""
    task.area.anything = "\ud800"
    return None


async def keeps_much(task: Task[Tally]) -> object:
    """An area one byte too large."""
    task.area.anything = ""
    task.area.anything = "x" * (1001 - len(msgspec.json.encode(task.area)))
    return None


async def keeps_wrong_type(task: Task[Tally]) -> object:
    """An area that could not be read back."""
    task.area.good = "many"  # type: ignore[assignment]
    return None


async def keeps_deep(task: Task[Tally]) -> object:
    """An area nested past all measure."""
    for _ in range(50_000):
        task.area.anything = [task.area.anything]
    return None


async def deletes_missing(task: Task[Tally]) -> object:
    """A delete of a record that is not there."""
    await task.files[Account].delete(404)
    return None


async def forgets_to_await(task: Task[Tally]) -> object:
    """A rewrite that is called, and never done."""
    account = await task.files[Account].read(3, update=True)
    assert account
    task.files[Account].rewrite(changed(account, balance=0))
    return None


async def leaves_a_write(task: Task[Tally]) -> object:
    """A rewrite that has begun, and that nobody waits for."""
    left = asyncio.create_task(task.files[Account].rewrite(Account(3, "OWNER 3", 0)))
    await asyncio.sleep(0)
    assert not left.done()
    return None


async def writes_twice(task: Task[Tally]) -> object:
    """A write over a record that is there."""
    await task.files[Account].write(Account(1, "X", 0))
    return None


async def overdraws(task: Task[Tally]) -> object:
    """A balance the table does not allow."""
    account = await task.files[Account].read(3, update=True)
    assert account
    await task.files[Account].rewrite(changed(account, balance=-1))
    return None


async def writes_odd_value(task: Task[Tally]) -> object:
    """A record with a value no column can hold."""
    await task.files[Account].write(Account(7, "X", object()))  # type: ignore[arg-type]
    return None


async def writes_half_a_character(task: Task[Tally]) -> object:
    """A record with a lone surrogate."""
    await task.files[Account].write(Account(7, "\udc80", 0))
    return None


async def writes_giant_number(task: Task[Tally]) -> object:
    """A record with a number past 64 bits."""
    await task.files[Account].write(Account(7, "X", 2**70))
    return None


async def reads_odd_key(task: Task[Tally]) -> object:
    """A key that no store could look for."""
    return await task.files[Account].read(object())  # type: ignore[arg-type]


async def reads_half_a_character(task: Task[Tally]) -> object:
    """A key with a lone surrogate."""
    return await task.files[Seat].read(("\udc80", 1))


async def reads_ledger_by_key(task: Task[Tally]) -> object:
    """An append-only table has no reads by key."""
    return await task.files[Entry].read(1)


async def appends_file(task: Task[Tally]) -> object:
    """A file is not appended to."""
    task.files.append(Account(9, "X", 0))
    return None


async def sits(task: Task[Tally]) -> object:
    """A wait without end."""
    return await asyncio.Event().wait()


async def abended(region: Region, fault: Aid = Aid.PF12) -> Terminal:
    """A terminal in a conversation whose last step abended."""
    terminal = Terminal(region)
    await terminal.attach()
    await terminal.press(text="BAD")
    await terminal.press(fault)
    return terminal


@transaction("BAD")
async def bad(task: Task[NoArea]) -> Outcome:
    """Fails on PF12."""
    if task.aid is Aid.PF12:
        raise RuntimeError("bad")
    return Converse(Send("NOTE", {"text": "good"}))

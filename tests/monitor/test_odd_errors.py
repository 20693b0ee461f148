"""Errors whose own code is bad: what they say is asked for under guard, and they harm only their step."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, changed, transaction
from monitor.clock import SystemClock, stamp
from monitor.errors import Abend
from monitor.limits import Limits
from monitor.values import storable
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account


class Leaving(Exception):
    """Ends the process when it is asked what it says."""

    def __str__(self) -> str:
        sys.exit(9)


class Spinning(Exception):
    """Never says it."""

    def __str__(self) -> str:
        while True:
            pass


class _Nameless(type):
    def __getattribute__(cls, name: str) -> object:
        if name in ("__name__", "__qualname__", "__module__"):
            raise RuntimeError(name)
        return type.__getattribute__(cls, name)


class Nameless(Exception, metaclass=_Nameless):
    """Of a class that does not say how it is called."""


def nested(depth: int, width: int) -> Exception:
    """A group of groups: 2 wide and 30 deep it has a thousand million leaves, which are all one."""
    error: Exception = ValueError("leaf")
    for _ in range(depth):
        error = ExceptionGroup("group", [error] * width)
    return error


@transaction("EASY")
async def easy(task: Task[NoArea]) -> Outcome:
    """Another terminal's."""
    return Finish(Send("NOTE", {"text": "easy"}))


@pytest.mark.parametrize(
    "make",
    [Leaving, Spinning, Nameless, lambda: nested(30, 2), lambda: nested(3000, 1)],
    ids=["leaving", "spinning", "nameless", "wide", "deep"],
)
async def test_an_error_harms_its_own_step_only(disk: Disk, make: Callable[[], Exception]) -> None:
    """Whatever it does when it is asked: an abend with a dump, the records as they were, others served."""
    gc.collect()  # else an earlier test's event loop may die in the slice, and its __del__ swallow the interruption

    @transaction("ODD")
    async def odd(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1, update=True)
        assert account
        await task.files[Account].rewrite(changed(account, balance=0))
        raise make()

    gc.collect()  # an interruption that meets the end of an event loop of another test is lost there, and printed
    async with region_on(disk, odd, easy, limits=Limits(runaway_s_max=0.1)) as region:
        disk.accounts({1: 100})
        terminal, other = Terminal(region, "T1"), Terminal(region, "T2")
        await terminal.attach()
        await other.attach()
        assert "ODD abend ASRA" in (await terminal.press(text="ODD")).message
        assert await other.press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert disk.one("SELECT balance FROM account") == 100
        assert len(dumps(disk)) == 1


async def test_a_future_that_closes_the_step_harms_its_own_terminal_only(disk: Disk) -> None:
    """As the page says: nothing is stored or held, and the terminal goes on once it is attached again."""

    @transaction("SHUT")
    async def shut(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1, update=True)
        assert account
        await task.files[Account].rewrite(changed(account, balance=0))
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, GeneratorExit())
        await future
        return Finish()

    @transaction("READ")
    async def read(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1, update=True)
        return Finish(Send("NOTE", {"text": str(account and account.balance)}))

    async with region_on(disk, shut, read) as region:
        disk.accounts({1: 100})
        terminal, other = Terminal(region, "T1"), Terminal(region, "T2")
        await terminal.attach()
        await other.attach()
        (closed,) = await asyncio.gather(terminal.press(text="SHUT"), return_exceptions=True)
        assert isinstance(closed, GeneratorExit)
        assert await other.press(text="READ") == Shown("NOTE", {"text": "100"})
        await terminal.attach()
        assert await terminal.press(text="READ") == Shown("NOTE", {"text": "100"})
        assert disk.one("SELECT count(*) FROM step") == 2


class Stubborn(int):
    """A number that is not compared."""

    def __ne__(self, other: object) -> bool:
        raise RuntimeError("do not compare me")

    __eq__ = __ne__
    __hash__ = int.__hash__


async def test_a_number_of_the_programs_own_kind_is_stored_as_a_number(disk: Disk) -> None:
    """What a type makes of comparing is no matter of the monitor's."""

    @transaction("OWN")
    async def own(task: Task[NoArea]) -> Outcome:
        account = await task.files[Account].read(1, update=True)
        assert account
        await task.files[Account].rewrite(changed(account, balance=Stubborn(7)))
        return Finish(Send("NOTE", {"text": "done"}))

    async with region_on(disk, own) as region:
        disk.accounts({1: 100})
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="OWN") == Shown("NOTE", {"text": "done"})
    assert disk.one("SELECT balance FROM account") == 7


def test_a_row_that_can_be_stored_is_of_plain_values() -> None:
    """Others stay as they are, and objects are refused."""
    kept = storable((Stubborn(7), "text", None, True, 1.5))
    assert [type(value) for value in kept] == [int, str, type(None), bool, float]
    with pytest.raises(Abend, match="EREC"):
        storable((object(),))
    with pytest.raises(Abend, match="63 bits"):
        storable((Stubborn(2**70),))


def test_the_time_is_what_the_history_keeps_of_it() -> None:
    """Whole milliseconds: a program that shows the time shows the same when it is run again."""
    for _ in range(50):
        now = SystemClock().now()
        assert stamp(now) == now.isoformat(timespec="milliseconds")
        assert now.microsecond % 1000 == 0

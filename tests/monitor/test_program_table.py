"""The declaration of programs, and the table a region runs by."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from monitor import Aid, Area, Finish, NoArea, Outcome, Program, Task, transaction
from monitor.errors import StartupError
from monitor.program import ProgramTable, load


async def nothing(task: Task[NoArea]) -> Outcome:
    """The first line is the title.

    The rest is not.
    """
    return Finish()


@pytest.mark.parametrize("transid", ["", "TOOLONG", "menu", "A-B", "É", "A B"])
def test_transaction_id_is_short_plain_and_upper_case(transid: str) -> None:
    """An id nobody could type is refused when the program is declared."""
    with pytest.raises(StartupError, match="1 to 4"):
        transaction(transid)


declared: Any = transaction
"""The decorator, for what its types refuse too."""


class Free(Area):
    """An area."""


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (
            lambda: declared(nothing),
            r"@transaction stands before nothing .*: write @transaction\(\"CODE\"\)",
        ),
        (lambda: declared("FREE", area=Free()), r"FREE has the area Free\(\): give it the type itself"),
        (lambda: declared("FREE", area=int), "FREE has the area <class 'int'>"),
        (lambda: declared("FREE", keys=Aid.PF1), r"FREE has the keys <Aid.PF1.*: .*, as in \(Aid.PF1,\)"),
        (lambda: declared("FREE", keys=("F1",)), r"FREE has the keys \('F1',\)"),
    ],
)
def test_a_declaration_that_is_no_use_is_refused(declare: Callable[[], object], said: str) -> None:
    """Where it stands, and with what to write."""
    with pytest.raises(StartupError, match=said):
        declare()


async def nobody() -> Outcome:
    return Finish()


async def couple(task: Task[NoArea], other: int) -> Outcome:
    return Finish()


async def named(task: Task[NoArea], *, other: int) -> Outcome:
    return Finish()


def yields(task: Task[NoArea]) -> Any:
    yield Finish()


async def yields_later(task: Task[NoArea]) -> Any:
    yield Finish()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            nobody,
            r"ONE: nobody is called with the task and nothing else \(too many .*\): write async def nobody\(task\)",
        ),
        (
            couple,
            r"ONE: couple is called with the task and nothing else \(missing a required argument: 'other'\)",
        ),
        (named, r"ONE: named is called with the task and nothing else \(missing a required .*'other'\)"),
        (yields, "ONE: yields has a yield in it, so it would return no outcome: write return instead"),
        (yields_later, "ONE: yields_later has a yield in it"),
    ],
)
def test_a_function_that_cannot_be_a_program_is_refused(function: Any, said: str) -> None:
    """Where it is declared, not at the first key of an operator."""
    with pytest.raises(StartupError, match=said):
        declared("ONE")(function)


def injected(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives the function one argument more."""

    @functools.wraps(function)
    async def call(task: Task[NoArea]) -> Outcome:
        outcome: Outcome = await function(task, 1)
        return outcome

    return call


class Callee:
    """An object that can be called."""

    async def __call__(self, task: Task[NoArea], more: int = 0) -> Outcome:
        return Finish()


@pytest.mark.parametrize(
    "function", [injected(couple), functools.partial(couple, other=1), Callee(), lambda *all_: Finish()]
)
def test_whatever_takes_a_task_may_be_a_program(function: Any) -> None:
    """A decorator may add arguments of its own; what counts is how the monitor calls it."""
    assert declared("ONE", title="One")(function).transid == "ONE"


def test_title_is_the_first_line_of_the_docstring() -> None:
    """A program says in its docstring what it is; a title given wins."""
    assert transaction("ONE")(nothing).title == "The first line is the title."
    assert transaction("ONE", title="Given")(nothing).title == "Given"


def test_two_programs_of_one_id_or_key_are_refused() -> None:
    """A program may come twice, under several modules; another of its id or key may not."""
    one = Program("ONE", nothing, NoArea, (Aid.PF1,))
    table = ProgramTable([one, one])
    assert [program.transid for program in table] == ["ONE"]
    assert table.bound(Aid.PF1) == "ONE"
    assert table.bound(Aid.PF2) == ""
    with pytest.raises(StartupError, match="ONE"):
        table.add(Program("ONE", nothing, NoArea))
    with pytest.raises(StartupError, match="PF1"):
        table.add(Program("TWO", nothing, NoArea, (Aid.PF1,)))


def test_module_that_is_not_there_is_told() -> None:
    """A wrong name in the settings is an error that repeats it."""
    with pytest.raises(StartupError, match="no_such_module"):
        load(["no_such_module"])


def test_program_and_record_types_of_a_module_are_taken_in() -> None:
    """Loading a module finds its programs and its record types' tables, wherever they were made."""
    application = load(["tests.simulation.programs"])
    assert {program.transid for program in application.programs} == {"XFER", "AUDT"}
    assert {table.name for table in application.tables} == {"account", "ledger"}

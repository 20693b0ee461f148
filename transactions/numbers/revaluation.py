"""NUMS: what a portfolio of loans is worth. A synchronous program: it computes in a thread, others go on."""

from __future__ import annotations

import asyncio
import os
import time
from decimal import Decimal
from typing import Any

import msgspec

from monitor.area import Area
from monitor.exchange import Aid, Send
from monitor.outcome import Converse, Finish, Outcome, TransferTo
from monitor.program import transaction
from monitor.task import Task
from transactions.money import money
from transactions.numbers.maps import NUMS01
from transactions.numbers.portfolio import shares, value_in_python, value_with_numpy

LOANS_MAX = 1_000_000
WAYS = {"1": "Python, one thread", "2": "NumPy", "3": "Python, processes"}
NO_NUMPY = "NumPy is not installed here: pip install numpy, or choose another way"


class Done(msgspec.Struct):
    """One way, and what it came to."""

    way: str
    loans: int
    rate: Decimal
    worth: int
    """In minor units."""
    ms: Decimal


class Revaluation(Area):
    """The latest result of each way, to be compared."""

    done: tuple[Done, ...] = ()


@transaction("NUMS", area=Revaluation)
def revaluation(task: Task[Revaluation]) -> Outcome:
    """Revaluation of a loan portfolio."""
    if task.first_time:
        return Converse(
            page(task, Revaluation(), loans=100_000, rate=Decimal("4.25"), way="2"), area=Revaluation()
        )
    match task.aid:
        case Aid.ENTER:
            return compute(task)
        case Aid.CLEAR:
            return Finish()
        case Aid.PF3 | Aid.PF12:
            return TransferTo("MENU")
        case _:
            return Converse(NUMS01.unused_key(task))


def compute(task: Task[Revaluation]) -> Outcome:
    """Compute in the way asked for, and show it beside the other ways."""
    form = task.receive(NUMS01)
    field, wrong = fault_in(form)
    numpy = numpy_or_none() if form.way == "2" else None
    if not wrong and form.way == "2" and numpy is None:
        field, wrong = "way", NO_NUMPY
    if wrong:
        return Converse(NUMS01.mistake(task, form, field, wrong))
    loans, rate = form.loans or 0, form.rate or Decimal(0)
    began = time.perf_counter()  # noqa: TID251 how long it took is what is asked for; a replay shows another
    worth = value(task, form.way, numpy, loans, int(rate * 100))
    ms = Decimal(str(round((time.perf_counter() - began) * 1e3, 1)))  # noqa: TID251 as above
    done = Done(WAYS[form.way], loans, rate, worth, ms)
    area = Revaluation((*(one for one in task.area.done if one.way != done.way), done))
    text = f"Worth {money(worth):,}, computed in {ms} ms: {done.way}"
    return Converse(page(task, area, form, say=text), area=area)


def fault_in(form: NUMS01) -> tuple[str, str]:
    """The first mistake: its field and what to say; empty if there is none."""
    if form.first_error:
        return form.first_error, form.errors[form.first_error]
    if not 1 <= (form.loans or 0) <= LOANS_MAX:
        return "loans", f"Loans must be from 1 to {LOANS_MAX:,}"
    if form.way not in WAYS:
        return "way", "Way must be 1, 2 or 3"
    return "", ""


def value(task: Task[Revaluation], way: str, numpy: Any, loans: int, rate_bp: int) -> int:
    """The worth of the portfolio, computed in one of the ways."""
    if way == "1":
        return value_in_python(0, loans, rate_bp)
    if way == "2":
        return value_with_numpy(numpy, 0, loans, rate_bp)
    return task.wait(spread(task, loans, rate_bp))


async def spread(task: Task[Revaluation], loans: int, rate_bp: int) -> int:
    """A share of the loans for every core, each in another process."""
    parts = shares(loans, os.cpu_count() or 1)
    return sum(
        await asyncio.gather(*(task.offload(value_in_python, first, last, rate_bp) for first, last in parts))
    )


def numpy_or_none() -> Any:
    """NumPy, imported when it is first asked for; None if it is not installed."""
    try:
        import numpy
    except ModuleNotFoundError:
        return None
    return numpy


def page(
    task: Task[Any], area: Revaluation, form: NUMS01 | None = None, *, say: str = "", **values: Any
) -> Send:
    """The form, and the latest result of each way under it."""
    done = sorted(area.done, key=lambda one: list(WAYS.values()).index(one.way))
    return NUMS01.page(
        task,
        form,
        say=say,
        done_way=[one.way for one in done],
        done_loans=[one.loans for one in done],
        done_rate=[one.rate for one in done],
        done_worth=[money(one.worth) for one in done],
        done_ms=[one.ms for one in done],
        **values,
    )

"""The status line: everything in its place, and the way out of each lock."""

from __future__ import annotations

import pytest

from screens.console.keymap import load
from screens.console.session import Link, Session
from screens.console.status import response, status
from screens.presentation_space import Lock
from tests.screens.console.fakes import FakeHost, FakePresenter

KEYMAP = load("default")


async def at_work() -> Session:
    """A session on the form."""
    presenter = FakePresenter()
    session = Session(FakeHost(presenter), presenter, "T001", lambda: None)
    session.attach()
    await session.settle()
    return session


async def test_at_rest_it_has_the_terminal_the_time_and_the_cursor() -> None:
    """x3270's places, counted from the right."""
    session = await at_work()
    session.response_s = 0.0123
    line = status(session, KEYMAP, 80).line
    assert (line[:3], line[53:57], line[63:68], line[73:]) == ("4A■", "T001", "12 ms", "004/021")


@pytest.mark.parametrize("lock", [lock for lock in Lock if lock.operator])
async def test_every_operator_lock_says_the_way_out(lock: Lock) -> None:
    """The word of the lock, then the key that ends it."""
    session = await at_work()
    session.space.lock = lock
    assert f"{lock.value}  Esc=Reset" in status(session, KEYMAP, 80).line


async def test_a_long_message_has_the_whole_line() -> None:
    """A refusal of a whole sentence is read to its end where it can be; a longer one ends in an ellipsis."""
    session = await at_work()
    session.message = "The region has more inputs waiting than waiting_max. Press the key again."
    assert status(session, KEYMAP, 80).line.rstrip() == f"4A■ {session.message}"
    session.message = "word " * 30
    line = status(session, KEYMAP, 80).line
    assert (len(line), line[-1]) == (80, "…")


async def test_the_way_out_is_never_cut() -> None:
    """What is said gives way to what can be done."""
    session = await at_work()
    session.space.lock, session.link = Lock.NOT_CONNECTED, Link.TAKEN
    session.message = "Terminal T001 was taken over by another session; this one is told at its next key."
    line = status(session, KEYMAP, 80).line
    assert line.startswith("4A? X Not Connected  Terminal T001 was taken over by another")
    assert line.endswith("…  Esc=Take back")


async def test_another_profile_names_its_own_keys() -> None:
    """The way out is read from the key map in use."""
    session = await at_work()
    session.space.lock = Lock.OVERFLOW
    from screens.console.keymap import parse

    own = parse("own", '[keys]\n"f9" = "Reset"\n')
    assert "X Overflow  F9=Reset" in status(session, own, 80).line


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.0004, "<1 ms"), (0.25, "250 ms"), (2.04, "2.0 s")]
)
def test_a_response_time_is_in_the_unit_that_reads_best(seconds: float | None, text: str) -> None:
    """Milliseconds, or seconds with a digit after the point."""
    assert response(seconds) == text

"""What every terminal does: an input is made of what is typed, and its answer is shown."""

from __future__ import annotations

import msgspec
import pytest

from monitor.exchange import Aid, Attachment, Inbound, Outbound
from screens.keys import type_text
from screens.layout import Screen, Write
from screens.presentation_space import Lock
from screens.station import Station
from tests.screens.console.fakes import FakePresenter

NAME = 3 * 80 + 20


def encoded(**changes: object) -> str:
    """The form as it is stored, with some of its screen changed."""
    presenter = FakePresenter()
    screen = msgspec.structs.replace(presenter.decode(presenter.encode(name="Ann")), **changes)
    return msgspec.json.encode(screen).decode()


def name_on(station: Station) -> str:
    """What the field for the name shows."""
    return station.space.shown(NAME, 10).rstrip()


@pytest.fixture
def station() -> Station:
    """One that stands on the form, with four inputs answered."""
    made = Station("T001", FakePresenter())
    made.attach(Attachment("T001", 2, 4, encoded()))
    return made


def test_an_input_is_the_one_after_the_last_that_was_answered(station: Station) -> None:
    """Until its answer is here it keeps its number, so that it can be sent twice and runs once."""
    type_text(station.space, "Bob")
    first = station.inbound(Aid.ENTER)
    assert first == Inbound("T001", 2, 5, Aid.ENTER, NAME + 3, ((NAME, "Bob"),))
    assert first == station.inbound(Aid.ENTER)
    station.answer(Outbound("T001", 5, encoded()), Aid.ENTER)
    assert station.inbound(Aid.PA1).sequence == 6


def test_what_is_typed_on_an_earlier_screen_with_fields_comes_as_text(station: Station) -> None:
    """The stored screen is unformatted, so the host looks for a transaction code in the text."""
    station.screen = Screen()
    type_text(station.space, "XFER")
    assert station.inbound(Aid.ENTER).text == "XFER"


def test_an_attachment_draws_its_screen_as_new(station: Station) -> None:
    """Nothing typed outlives it, unless that screen is to be kept and is the one on the display."""
    type_text(station.space, "Bob")
    station.space.lock = Lock.NOT_CONNECTED
    station.attach(Attachment("T001", 3, 4, encoded()), keep=True)
    assert (name_on(station), station.space.lock) == ("Bob", Lock.NONE)
    station.attach(Attachment("T001", 3, 4, encoded()))
    assert name_on(station) == "Ann"


def test_a_write_over_the_screen_leaves_what_a_short_read_did_not_send(station: Station) -> None:
    """PA1 sends no fields, so what was typed is known here only; Clear has emptied the display itself."""
    over = encoded(write=Write(texts=[]))
    type_text(station.space, "Bob")
    station.answer(Outbound("T001", 5, over), Aid.PA1)
    assert name_on(station) == "Bob"
    station.inbound(Aid.CLEAR)
    station.answer(Outbound("T001", 6, over), Aid.CLEAR)
    assert name_on(station) == "Ann"


def test_an_answer_unlocks_leaves_insert_mode_and_rings_when_it_says_so(station: Station) -> None:
    """The operator begins anew on each screen."""
    station.space.lock, station.space.insert_mode = Lock.WAIT, True
    station.answer(Outbound("T001", 5, encoded(alarm=True)), Aid.ENTER)
    assert (station.space.lock, station.space.insert_mode, station.alarms) == (Lock.NONE, False, 1)

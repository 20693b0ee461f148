"""A map that is received is not always the one on the screen: of an older release, or not shown at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.exchange import Aid, Inbound, Received
from screens.errors import NotOnScreen
from screens.field import Entry, Output, Rows
from screens.map import Map
from screens.presenter import Presenter

OLD: dict[str, type[Map]] = {}
NEW: dict[str, type[Map]] = {}


def _before() -> type[Map]:
    class STOR01(Map, registry=OLD):
        picture = """
         [title     ] [place ] {message    }
         [size] [step]
         [size] [step]
        """
        title = Entry()
        size = Rows(Entry(int))

    return STOR01


BEFORE = _before()


class STOR01(Map, registry=NEW):
    """The release after: a field more, one renamed, another repeated one, and a row more of one there was."""

    picture = """
     [title     ] [shelf ] {message    }
     [size] [code] [location]
     [size] [code]
     [size] {found   }
    """
    title = Entry()
    shelf = Entry()
    size = Rows(Entry(int))
    code = Rows(Entry())
    location = Entry(required=True)
    found = Output()


class Elsewhere(Map, registry=NEW):
    """A map that is not on the screen."""

    picture = "\n [other ] {far  } [many ]\n             [many ]\n"
    other = Entry()
    many = Rows(Entry())


TITLE = BEFORE.layout.named["title"].address + 1


def answered(*fields: tuple[int, str], aid: Aid = Aid.ENTER) -> Received:
    """An input at a screen of the old release, as a region with the new one takes it."""
    old, new = Presenter(OLD), Presenter(NEW)
    screen = old.compose(old.blank(), Received(Aid.ENTER), BEFORE.show(title="Emma", size=[1, 2]))
    for number, layout in old.layouts():
        new.learn(number, layout)
    return new.receive(screen, Inbound("T001", 1, 1, aid, 0, fields))


@pytest.mark.parametrize(
    "read",
    [
        lambda form: form.location,
        lambda form: form.shelf,
        lambda form: form.code,
        lambda form: form.found,
        lambda form: form.text("location"),
        lambda form: form.text("code.2"),
    ],
)
def test_a_field_that_was_not_on_the_screen_has_no_value(read: Callable[[STOR01], object]) -> None:
    """A program cannot take it for blank, and overwrite a record with that: the task abends AEI9."""
    form = STOR01.receive(answered((TITLE, "Ulysses")))
    with pytest.raises(NotOnScreen, match=r"map STOR01: .* was not on the screen .*: look at errors") as told:
        read(form)
    assert told.value.abend_code == "AEI9"
    assert told.value.field in ("location", "shelf", "code", "found")


def test_errors_name_the_fields_that_were_not_on_the_screen() -> None:
    """A program that looks at them shows the form again, with the cursor there; what is required says so."""
    form = STOR01.receive(answered((TITLE, "Ulysses")))
    assert form.errors == {
        "shelf": "Shelf was not on the screen before: check it",
        "code.1": "Code was not on the screen before: check it",
        "location": "Location must be filled in",
        "code.2": "Code was not on the screen before: check it",
    }
    assert (form.first_error, form.modified, form.empty) == ("shelf", frozenset({"title"}), False)


def test_such_a_form_is_shown_again_with_what_there_is() -> None:
    """The next key finds every field."""
    form = STOR01.receive(answered((TITLE, "Ulysses")))
    assert (form.title, form.size) == ("Ulysses", [1, 2, None])
    send = STOR01.show(form, cursor=form.first_error)
    assert {"title": "Ulysses", "size.1": "   1", "size.2": "   2", "message": ""} == send.values
    presenter = Presenter(NEW)
    screen = presenter.compose(presenter.blank(), Received(Aid.ENTER), send)
    again = STOR01.receive(presenter.receive(screen, Inbound("T001", 1, 2, Aid.ENTER)))
    assert {"location": "Location must be filled in"} == again.errors
    assert ("Ulysses", "", ["", ""]) == (again.title, again.shelf, again.code)


def test_a_value_that_is_given_is_there() -> None:
    """A program may fill what the screen did not have, from its record, also row by row."""
    form = STOR01.receive(answered())
    form.location, form.code = "C1", ["x"]
    assert ("C1", ["x", None]) == (form.location, form.code)
    assert ("C1", "x") == tuple(STOR01.show(form).values[name] for name in ("location", "code.1"))


@pytest.mark.parametrize("received", [answered(aid=Aid.CLEAR), Received(Aid.ENTER, text="ELSE")])
def test_a_map_that_is_not_on_the_screen_has_no_values(received: Received) -> None:
    """As MAPFAIL in CICS; that it is empty can be asked, and it can be shown."""
    form = Elsewhere.receive(received)
    assert (form.empty, form.first_error, Elsewhere.show(form).values) == (True, "other", {})
    for read in (lambda: form.other, lambda: form.many, lambda: form.text("far")):
        with pytest.raises(NotOnScreen, match="map Elsewhere: nothing of it was on the screen"):
            read()


def test_keys_that_send_nothing_have_the_values_of_the_screen() -> None:
    """After a PA key, or Clear, the form is what was shown."""
    form = BEFORE.receive(answered(aid=Aid.PA1))
    assert (form.empty, form.text("title"), form.errors) == (True, "Emma", {})

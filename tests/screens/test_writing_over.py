"""A write without erase changes what it writes, on the display as in the store, and nothing else."""

from __future__ import annotations

import pytest

from monitor.exchange import Aid, Inbound, Received, Send
from screens.drawing import draw
from screens.field import Entry, Output
from screens.keys import Key, press, type_text
from screens.map import Map
from screens.presentation_space import PresentationSpace
from screens.presenter import Presenter

MAPS: dict[str, type[Map]] = {}


class Form(Map, registry=MAPS):
    """A name, a town, a password, and a message."""

    picture = """
     FORM
     [name    ] [town    ]
     [password]
     {message           }
    """
    password = Entry(hidden=True)
    message = Output(carried=False)


class Note(Map, registry=MAPS):
    """A map with a field where the form has its password."""

    picture = "\n\n\n [note    ]\n"


class Kept(Map, registry=MAPS):
    """Entry fields wherever there is neither the title nor what the program keeps."""

    picture = "\n".join([" KEPT", " {state   }", *(f" [entry{row:02} ]" for row in range(3, 25))])


class Full(Map, registry=MAPS):
    """A constant in row 1, column 1, and a command line on the last row."""

    picture = "FULL\n" + "\n" * 22 + " [command ]\n"


NAME, TOWN, PASSWORD = (Form.layout.named[name].address + 1 for name in ("name", "town", "password"))
assert PASSWORD == Note.layout.named["note"].address + 1
COMMAND = Full.layout.named["command"].address + 1


class Terminal:
    """A display in step with what is stored, and the program's side of each key."""

    def __init__(self, first: Send) -> None:
        self.space = PresentationSpace()
        self.presenter = Presenter(MAPS)
        self.stored = self.presenter.compose(self.presenter.blank(), Received(Aid.ENTER), first)
        self._draw(None)

    def type(self, address: int, text: str) -> None:
        """Characters from an address on."""
        self.space.move_to(address)
        type_text(self.space, text)

    def press(self, aid: Aid, answer: Send | str) -> Received:
        """A key and its answer, a map or a notice; what came in."""
        sent = self.space.read_modified(aid)
        inbound = Inbound("T001", 1, 1, aid, sent.cursor, sent.fields, sent.text)
        received = self.presenter.receive(self.stored, inbound)
        before, presenter = self.stored, self.presenter
        if isinstance(answer, str):
            self.stored = presenter.notice(before, received, answer)
        else:
            self.stored = presenter.compose(before, received, answer)
        self._draw(before, unsent=aid.short)
        return received

    def sent(self) -> dict[str, str]:
        """The modified fields that Enter would send."""
        sent = self.space.read_modified(Aid.ENTER)
        received = self.presenter.receive(self.stored, Inbound("T001", 1, 1, Aid.ENTER, 0, sent.fields))
        return {name: received.values[name] for name in received.modified}

    def shown(self, address: int) -> str:
        """A field of eight positions, as a person reads it."""
        return self.space.shown(address, 8)

    def _draw(self, before: str | None, *, unsent: bool = False) -> None:
        decode, layout = self.presenter.decode, self.presenter.layout
        draw(self.space, decode(self.stored), layout, decode(before) if before else None, unsent=unsent)


def over(send: Send) -> Terminal:
    """The form with a password typed, answered to PF5 by `send`."""
    terminal = Terminal(Form.show())
    terminal.type(PASSWORD, "SECRET")
    terminal.press(Aid.PF5, send)
    return terminal


def test_a_password_does_not_get_into_a_field_of_another_map() -> None:
    """Same address, same length: it would be displayed, sent, and stored."""
    terminal = over(Note.show(erase=False))
    terminal.type(PASSWORD + 6, "1")
    assert (terminal.shown(PASSWORD), terminal.sent()["note"]) == (" " * 6 + "1 ", "1")


def test_a_password_is_not_displayed_by_an_attribute() -> None:
    """A field that is no longer dark begins empty."""
    terminal = over(Form.show(attributes={"password": {"intensity": "normal"}}, erase=False, data_only=True))
    assert (terminal.shown(PASSWORD), terminal.sent()) == (" " * 8, {"password": ""})


@pytest.mark.parametrize("data_only", [True, False])
def test_a_password_stays_in_its_own_field(*, data_only: bool) -> None:
    """No screen stores it, so the display alone keeps it."""
    space = over(Form.show(name="Ann", erase=False, data_only=data_only)).space
    field = space.field_at(PASSWORD)
    assert field is not None
    assert (space.content(field), space.shown(PASSWORD, 8)) == ("SECRET\0\0", " " * 8)


def test_a_whole_send_empties_what_it_gives_no_text_for() -> None:
    """On the display as in the store, though the key was a short read and nothing was typed."""
    terminal = Terminal(Form.show(name="Ann"))
    terminal.press(Aid.PA1, Form.show(erase=False))
    assert (terminal.shown(NAME), terminal.sent()) == (" " * 8, {})


def test_a_notice_lies_over_no_field_that_will_be_sent() -> None:
    """A program may keep something in a protected field whose MDT is on."""
    terminal = Terminal(Kept.show(state="KEY1", attributes={"state": {"modified": True}}))
    terminal.press(Aid.PF9, "boom")
    assert terminal.space.row_text(0).startswith(" boom")
    assert terminal.sent() == {"state": "KEY1"}


@pytest.mark.parametrize("data_only", [True, False])
def test_what_the_program_sends_is_written_over_unsent_text(*, data_only: bool) -> None:
    """Also when it is what the host had sent before: the display shows what is stored, and sends nothing."""
    terminal = Terminal(Form.show(name="Ann"))
    terminal.type(NAME, "Eve")
    terminal.press(Aid.PA1, Form.show(name="Ann", erase=False, data_only=data_only))
    assert (terminal.shown(NAME), terminal.sent()) == ("Ann     ", {})


def test_unsent_text_stays_where_nothing_is_written() -> None:
    """With its MDT, also when the same characters were typed again."""
    terminal = Terminal(Form.show(name="Ann", town="Delft"))
    terminal.type(NAME, "Ann")
    terminal.type(TOWN, "Gouda")
    terminal.press(Aid.PA2, Form.show(message="hello", erase=False, data_only=True))
    assert {"name": "Ann", "town": "Gouda"} == terminal.sent()


@pytest.mark.parametrize(
    "said",
    [
        {"reset_modified": True},
        {"attributes": {"name": {"modified": False}}},
    ],
)
def test_the_program_turns_the_tag_of_unsent_text_off(said: dict[str, object]) -> None:
    """For all fields or for one; the text stays on the display, as a 3270 leaves it."""
    terminal = Terminal(Form.show())
    terminal.type(NAME, "Eve")
    send = Form.show(message="x", erase=False, data_only=True, **said)  # type: ignore[arg-type]
    terminal.press(Aid.PA1, send)
    assert (terminal.shown(NAME), terminal.sent()) == ("Eve     ", {})


def test_erased_input_comes_back_with_no_write() -> None:
    """Erase Input turns the tag of a preset field off, and a PA key's answer does not turn it on."""
    terminal = Terminal(Form.show(attributes={"name": {"modified": True}}, name="Ann"))
    press(terminal.space, Key.ERASE_INPUT)
    terminal.press(Aid.PA1, Form.show(message="x", erase=False, data_only=True))
    assert (terminal.shown(NAME), terminal.sent()) == (" " * 8, {})


@pytest.mark.parametrize("answer", ["abend", Form.show(message="x", erase=False, data_only=True)])
def test_the_cursor_stays_where_the_operator_left_it(answer: Send | str) -> None:
    """A short read does not say where it is, and these writes do not place it."""
    terminal = Terminal(Form.show())
    terminal.space.move_to(TOWN + 3)
    terminal.press(Aid.PA1, answer)
    assert terminal.space.cursor == TOWN + 3


def test_a_program_places_the_cursor_after_a_short_read() -> None:
    """By a field or an address, or by the map's own place when the map is written whole."""
    cursors = []
    for cursor, data_only in (("town", True), (NAME + 1, True), (None, False)):
        terminal = Terminal(Form.show())
        terminal.space.move_to(TOWN + 3)
        terminal.press(Aid.PA1, Form.show(cursor=cursor, erase=False, data_only=data_only))
        cursors.append(terminal.space.cursor)
    assert cursors == [TOWN, NAME + 1, NAME]


def test_text_stays_in_the_cells_it_was_typed_in() -> None:
    """The store has a text without its empty cells; a display has them as long as the field is not written."""
    terminal = Terminal(Form.show())
    terminal.type(NAME + 2, "abc")
    terminal.type(NAME + 6, "d")
    terminal.press(Aid.PF5, Form.show(message="x", erase=False, data_only=True))
    kept = terminal.shown(NAME)
    terminal.press(Aid.PF6, Form.show(name="abcd", erase=False, data_only=True))
    assert (kept, terminal.shown(NAME)) == ("  abc d ", "abcd    ")


@pytest.mark.parametrize("aid", [Aid.ENTER, Aid.PA1])
def test_an_entry_field_on_the_last_row_outlives_a_notice(aid: Aid) -> None:
    """The notice lies over the row above it, and the command can be corrected and sent."""
    terminal = Terminal(Full.show())
    terminal.type(COMMAND, "go")
    terminal.press(aid, "abend")
    assert terminal.space.row_text(22).rstrip() == " abend"
    assert {"command": "go"} == terminal.sent()


def test_only_what_is_needed_is_stored() -> None:
    """An erased screen says nothing of the write, and one written whole names no fields."""
    terminal = Terminal(Form.show())
    first = terminal.stored
    terminal.press(Aid.PF5, Form.show(name="a", town="b", erase=False))
    assert "write" not in first
    assert '"write":{"panel":0,"texts":null,"cursor":true}' in terminal.stored

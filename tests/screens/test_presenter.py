"""Inputs are matched with screens, and screens are composed, exactly."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from monitor.ending import masked_input, secrets_of, without_secrets
from monitor.errors import RecordUnreadable
from monitor.exchange import Aid, Inbound, Presentation, Received, UnknownLayout
from screens.attributes import Color
from screens.errors import MapError
from screens.field import Entry, Look, Output
from screens.layout import Panel, Screen
from screens.map import Map
from screens.presenter import Presenter, panels_max, text_chars_max

MAPS: dict[str, type[Map]] = {}


class Form(Map, registry=MAPS):
    """A form with a field of each kind."""

    picture = """
     [name      ] [secret    ] [kept ]
     {owner     } {message            }
    """
    name = Entry(initial="Ann", cursor=True)
    secret = Entry(hidden=True)
    kept = Entry(modified=True)
    message = Output(carried=False)


class Window(Map, registry=MAPS):
    """A small map to lay over another."""

    picture = "\n\n\n\n [choice ]\n"


class Other(Map, registry=MAPS):
    """A map to lay over the form, with names that the form has too."""

    picture = "\n\n\n [name      ] [secret    ]\n {owner     }\n"
    name = Entry()


class Wide(Map, registry=MAPS):
    """A map of another size."""

    picture = " [choice ]\n"
    rows, columns = 27, 132


NAME, SECRET, KEPT, OWNER = (
    Form.layout.named[field].address + 1 for field in ("name", "secret", "kept", "owner")
)
NOTHING = Received(Aid.ENTER)
NONE: frozenset[str] = frozenset()


@pytest.fixture
def presenter() -> Presenter:
    """A presenter of the maps above."""
    return Presenter(MAPS)


def shown(presenter: Presenter, **values: Any) -> str:
    """The form, sent to a blank screen."""
    return presenter.compose(presenter.blank(), NOTHING, Form.show(**values))


def answer(*fields: tuple[int, str], aid: Aid = Aid.ENTER, cursor: int | None = 0, text: str = "") -> Inbound:
    """An input of the terminal."""
    return Inbound("T001", 1, 1, aid, cursor, fields, text)


def test_it_is_a_presentation(presenter: Presenter) -> None:
    """The engine takes it as it is."""
    presentation: Presentation = presenter
    assert presentation.blank() == "{}"


def test_only_what_differs_is_stored(presenter: Presenter) -> None:
    """A screen is small: initial texts live in the layout; a preset MDT is in `modified`."""
    screen = presenter.decode(shown(presenter, name="Ann", owner="Bob"))
    assert [Panel(Form.layout.id, {"owner": "Bob"}, {}, ["kept"])] == screen.panels
    assert screen.cursor == NAME


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("Jose\u0301", "Jos\u00e9"), ("\x07Jose\u0301", " Jos\u00e9"), ("a\u20ddb", "a\u20ddb")],
)
def test_an_accent_goes_into_the_cell_of_its_letter(presenter: Presenter, sent: str, stored: str) -> None:
    """A text is composed as far as that goes, in what is sent and in what is written over it."""
    screen = shown(presenter, owner=sent)
    over = presenter.compose(shown(presenter), NOTHING, Form.show(owner=sent, erase=False, data_only=True))
    for composed in (screen, over):
        assert stored == presenter.decode(composed).panels[0].values["owner"]


@pytest.mark.parametrize("stored", ["", "abc", "[]", '{"panels": 5}'])
def test_a_stored_screen_that_is_none_is_told_as_a_bad_record(presenter: Presenter, stored: str) -> None:
    """By whoever looks at it first: an attachment, or a step."""
    for look in (
        lambda: presenter.unknown(stored),
        lambda: presenter.receive(stored, Inbound("T", 1, 1, Aid.ENTER)),
    ):
        with pytest.raises(RecordUnreadable, match=r"a stored screen cannot be read .*; correct it with SQL"):
            look()


def test_an_initial_text_is_composed() -> None:
    """As what a program sends is."""
    assert Entry(initial="Jose\u0301").initial == "Jos\u00e9"


def test_input_lies_over_what_is_shown(presenter: Presenter) -> None:
    """Received values are what the operator sees; `modified` is what came."""
    received = presenter.receive(shown(presenter, owner="Bob"), answer((NAME, "Eve"), (KEPT, "")))
    assert received.values == {"name": "Eve", "secret": "", "kept": "", "owner": "Bob", "message": ""}
    assert {"name", "kept"} == received.modified


def test_values_are_in_the_order_of_the_screen(presenter: Presenter) -> None:
    """Whatever order they were sent in, or came in: the first that came is the first on the screen."""
    received = presenter.receive(shown(presenter, owner="Bob"), answer((KEPT, "b"), (NAME, "a")))
    assert ["name", "secret", "kept", "owner", "message"] == list(received.values)


def test_the_cursor_is_in_a_field(presenter: Presenter) -> None:
    """Any data position of a field is in it; the attribute byte and a short read's None are not."""
    screen = shown(presenter)
    places = [NAME, NAME + 9, NAME - 1, NAME + 10, None]
    fields = [presenter.receive(screen, answer(cursor=place)).cursor_field for place in places]
    assert fields == ["name", "name", "", "", ""]


@pytest.mark.parametrize("place", [-1, 1920, 10**9])
def test_a_cursor_off_the_screen_is_not_told(presenter: Presenter, place: int) -> None:
    """No program has to do with such an address, and the history has none; the last place is told."""
    for screen in (shown(presenter), presenter.blank(), over(presenter)[0]):
        inbound = answer(cursor=place)
        received = presenter.receive(screen, inbound)
        assert (received.cursor, received.cursor_field) == (None, "")
        assert '"cursor":null' in masked_input(inbound, received)
        assert presenter.receive(screen, answer(cursor=1919)).cursor == 1919


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        (NAME, "x" * 99, "x" * 10),
        (NAME, "a\0b\x07\ud800\u202e", "a b   "),
        (NAME, "\x1c\x1e", "\x1c\x1e"),
        (NAME + 1, "Eve", "Ann"),
        (-5, "Eve", "Ann"),
        (10**9, "Eve", "Ann"),
    ],
)
def test_hostile_input_is_tamed(presenter: Presenter, address: int, text: str, expected: str) -> None:
    """Too long is cut, controls become blanks (Dup and Field mark stay), unknown places are ignored."""
    received = presenter.receive(shown(presenter), answer((address, text)))
    assert expected == received.values["name"]


def test_protected_fields_keep_their_value(presenter: Presenter) -> None:
    """A terminal cannot change what it may not type in; a protected field with its MDT on only comes back."""
    screen = shown(presenter, owner="Bob")
    received = presenter.receive(screen, answer((OWNER, "Eve")))
    assert (received.values["owner"], received.modified) == ("Bob", NONE)
    tagged = shown(presenter, owner="Bob", attributes={"owner": {"modified": True}})
    received = presenter.receive(tagged, answer((OWNER, "Eve")))
    assert ("Bob", frozenset({"owner"})) == (received.values["owner"], received.modified)


def test_an_attribute_can_open_and_close_a_field(presenter: Presenter) -> None:
    """Per-send attributes decide what may be typed in."""
    looks: dict[str, Look] = {"name": {"protected": True}, "owner": {"protected": False}}
    screen = shown(presenter, attributes=looks)
    received = presenter.receive(screen, answer((NAME, "Eve"), (OWNER, "Eve")))
    assert (received.values["name"], received.values["owner"]) == ("Ann", "Eve")


def test_hidden_fields_are_named_and_never_stored(presenter: Presenter) -> None:
    """The program reads them in clear, and no screen holds them, whatever it sends."""
    screen = shown(presenter)
    received = presenter.receive(screen, answer((SECRET, "opensesame")))
    assert ("opensesame", frozenset({"secret"})) == (received.values["secret"], received.masked)
    for send in (Form.show(erase=False, data_only=True, message="x"), Form.show(secret="opensesame")):  # noqa: S106
        assert "opensesame" not in presenter.compose(screen, received, send)
    assert "opensesame" not in presenter.notice(screen, received, "abend")


def test_a_field_made_dark_is_hidden(presenter: Presenter) -> None:
    """Non-display by an attribute of one send counts as well."""
    screen = shown(presenter, attributes={"name": {"intensity": "dark"}}, name="Eve")
    received = presenter.receive(screen, answer((NAME, "opensesame")))
    assert {"secret", "name"} == received.masked
    assert "opensesame" not in presenter.notice(screen, received, "abend") and "Eve" not in screen


def test_data_only_leaves_the_rest(presenter: Presenter) -> None:
    """What the operator sent stays, with its MDT; attributes not sent stay."""
    screen = shown(presenter, owner="Bob", attributes={"owner": {"color": "red"}})
    received = presenter.receive(screen, answer((NAME, "Eve"), cursor=7))
    after = presenter.decode(
        presenter.compose(screen, received, Form.show(message="Hello", erase=False, data_only=True))
    )
    (panel,) = after.panels
    assert panel.values == {"owner": "Bob", "name": "Eve", "message": "Hello"}
    assert (panel.modified, panel.attributes["owner"].color) == (["kept", "name"], Color.RED)
    assert (after.cursor, after.write is None) == (7, False)


def test_data_only_finds_a_map_under_another(presenter: Presenter) -> None:
    """Its other fields stay, and so does what lies over it."""
    screen, received = over(presenter, (NAME, "Eve"))
    send = Form.show(message="Hello", erase=False, data_only=True)
    form, other = presenter.decode(presenter.compose(screen, received, send)).panels
    assert form.values == {"owner": "Bob", "name": "Eve", "message": "Hello"}
    assert (Other.layout.id, {"name": "Zoe"}) == (other.layout, other.values)


def test_without_erase_a_map_is_written_whole(presenter: Presenter) -> None:
    """Constants and initial texts come back, and MDTs are as the map has them."""
    screen = shown(presenter, owner="Bob")
    received = presenter.receive(screen, answer((NAME, "Eve")))
    (panel,) = presenter.decode(
        presenter.compose(screen, received, Form.show(message="x", erase=False))
    ).panels
    assert (panel.values, panel.modified) == ({"message": "x"}, ["kept"])


def test_reset_modified_turns_every_mdt_off(presenter: Presenter) -> None:
    """FRSET comes before what is sent sets its own."""
    screen = shown(presenter)
    received = presenter.receive(screen, answer((NAME, "Eve")))
    looks: dict[str, Look] = {"owner": {"modified": True}}
    send = Form.show(erase=False, data_only=True, reset_modified=True, attributes=looks)
    (panel,) = presenter.decode(presenter.compose(screen, received, send)).panels
    assert (panel.modified, panel.values["name"]) == (["owner"], "Eve")


def test_another_map_lies_over_the_first(presenter: Presenter) -> None:
    """Both are received; each keeps its own values."""
    screen = shown(presenter, owner="Bob")
    received = presenter.receive(screen, answer((NAME, "Eve")))
    screen = presenter.compose(screen, received, Window.show(erase=False))
    choice = Window.layout.named["choice"].address + 1
    received = presenter.receive(screen, answer((choice, "1"), (NAME, "Joe")))
    assert tuple(received.values[name] for name in ("choice", "name", "owner")) == ("1", "Joe", "Bob")
    first, second = presenter.decode(presenter.notice(screen, received, "x")).panels
    assert (first.values["name"], second.values) == ("Joe", {"choice": "1"})


def over(presenter: Presenter, *fields: tuple[int, str]) -> tuple[str, Received]:
    """The other map over the form, and an input that answers both."""
    screen = presenter.compose(shown(presenter, owner="Bob"), NOTHING, Other.show(name="Zoe", erase=False))
    return screen, presenter.receive(screen, answer(*fields))


def test_each_map_on_a_screen_has_its_own_fields(presenter: Presenter) -> None:
    """What is typed in one does not show up in the field of this name in the other."""
    screen, received = over(presenter, (NAME, "Eve"))
    form, other = Form.receive(received), Other.receive(received)
    assert ("Eve", frozenset({"name"}), "Zoe", NONE) == (form.name, form.modified, other.name, other.modified)
    assert (form.text("owner"), other.text("owner")) == ("Bob", "")
    after = presenter.compose(screen, received, Window.show(erase=False))
    assert ["Eve", "Zoe", None] == [panel.values.get("name") for panel in presenter.decode(after).panels]


def test_of_fields_with_one_name_a_program_sees_the_uppermost(presenter: Presenter) -> None:
    """Without a map to receive it, the input is one: values, what came, and where the cursor is."""
    _, received = over(presenter, (NAME, "Eve"), (KEPT, "k"))
    assert ("Zoe", frozenset({"kept"})) == (received.values["name"], received.modified)
    assert ["kept", "message", "name", "secret", "owner"] == list(received.values)
    assert received is received.of("Wide")


@pytest.mark.parametrize("below", [True, False])
def test_a_hidden_field_stays_hidden_under_another_of_its_name(presenter: Presenter, below: bool) -> None:
    """It is in no stored screen and in no input of the history, whichever of the two maps lies above."""
    first, second = (Form, Other) if below else (Other, Form)
    screen = presenter.compose(presenter.blank(), NOTHING, first.show())
    screen = presenter.compose(screen, NOTHING, second.show(erase=False))
    visible = Other.layout.named["secret"].address + 1
    inbound = answer((SECRET, "opensesame"), (visible, "plain"))
    received = presenter.receive(screen, inbound)
    assert ("opensesame", "plain") == (Form.receive(received).secret, Other.receive(received).text("secret"))
    again = presenter.compose(screen, received, Other.show(Form.receive(received), erase=False))
    for stored in (again, presenter.notice(screen, received, "x"), masked_input(inbound, received)):
        assert "opensesame" not in stored
    assert without_secrets("It is opensesame", secrets_of(received)) == "It is ********"
    names = ("secret", "Form.secret") if below else ("Other.secret", "secret")
    fields = msgspec.json.decode(masked_input(inbound, received))["fields"]
    assert dict(zip(names, ("plain", "********"), strict=True)) == fields


def test_a_hidden_field_is_not_shown_by_a_map_that_would_display_it(presenter: Presenter) -> None:
    """A form shown by another map, or received by one, leaves out what was not displayed."""
    received = presenter.receive(shown(presenter), answer((SECRET, "opensesame"), (NAME, "Eve")))
    for form in (Form.receive(received), Other.receive(received)):
        assert {"name": "Eve", "owner": ""} == Other.show(form).values


@pytest.mark.parametrize("data_only", [True, False])
def test_after_clear_a_map_is_written_on_an_empty_screen(presenter: Presenter, data_only: bool) -> None:
    """Clear erased the terminal's own screen: nothing of it comes back, and the map is written whole."""
    screen = shown(presenter, owner="Bob")
    received = presenter.receive(screen, answer(aid=Aid.CLEAR, cursor=None))
    for send in (Window.show(choice="1"), Form.show(message="Hello")):
        written = msgspec.structs.replace(send, erase=False, data_only=data_only)
        assert presenter.compose(presenter.blank(), received, send) == presenter.compose(
            screen, received, written
        )


def test_maps_on_a_screen_have_a_limit_and_a_size(presenter: Presenter) -> None:
    """The message says to erase first."""
    screen = shown(presenter)
    with pytest.raises(MapError, match="27x132 and the screen 24x80: send it with erase"):
        presenter.compose(screen, NOTHING, Wide.show(erase=False))
    for number in range(panels_max - 1):
        send = (Window if number % 2 == 0 else Form).show(erase=False)
        screen = presenter.compose(screen, NOTHING, send)
    with pytest.raises(MapError, match="16 maps lie on this screen"):
        presenter.compose(screen, NOTHING, Form.show(erase=False))


def test_the_cursor_goes_where_the_program_says(presenter: Presenter) -> None:
    """A field, an address, or the map's own place."""
    cursors = [
        presenter.decode(shown(presenter, cursor=cursor)).cursor for cursor in ("kept", 163, None, "owner", 0)
    ]
    assert cursors == [KEPT, 163, NAME, OWNER, 0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"cursor": "nmae"}, "no field nmae: the nearest is name"),
        ({"cursor": 1920}, "cursor 1920 is not on the screen: 0 to 1919"),
        ({"attributes": {"nmae": {}}}, "no field nmae: the nearest is name"),
        ({"attributes": {"name": {"colour": "red"}}}, "attributes of name: colour is not an attribute"),
        ({"attributes": {"name": {"color": "mauve"}}}, "mauve"),
    ],
)
def test_wrong_sends_are_map_errors(presenter: Presenter, words: dict[str, Any], says: str) -> None:
    """Each names the map, what is wrong and what is near."""
    with pytest.raises(MapError, match=says):
        presenter.compose(presenter.blank(), NOTHING, Form.show(**words))


def test_an_unknown_map_is_a_map_error(presenter: Presenter) -> None:
    """The nearest map is named."""
    with pytest.raises(MapError, match="map Fomr: not declared in this process: the nearest is Form"):
        presenter.compose(presenter.blank(), NOTHING, msgspec.structs.replace(Form.show(), map="Fomr"))


def test_a_screen_of_another_process_is_learnt(presenter: Presenter) -> None:
    """A process that never saw the map decodes the answer once it has read the layout."""
    screen = shown(presenter)
    other = Presenter({})
    assert [Form.layout.id] == list(other.unknown(screen))
    with pytest.raises(UnknownLayout):
        other.receive(screen, answer((NAME, "Eve")))
    other.learn(*next(pair for pair in presenter.layouts() if pair[0] == Form.layout.id))
    assert other.receive(screen, answer((NAME, "Eve"))).values["name"] == "Eve"
    assert list(other.unknown(screen)) == []
    assert Form.layout == other.layout(Form.layout.id)


def test_a_notice_leaves_the_screen_as_it_was(presenter: Presenter) -> None:
    """What the operator sent is kept under the line, which fits its row."""
    screen = shown(presenter)
    received = presenter.receive(screen, answer((NAME, "Eve"), cursor=9))
    after = presenter.decode(presenter.notice(screen, received, "abend\n" + "x" * 100))
    assert (after.panels[0].values["name"], after.cursor, len(after.notice)) == ("Eve", 9, 80)
    assert (
        presenter.decode(presenter.compose(presenter.notice(screen, None, "x"), NOTHING, Form.show())).notice
        == ""
    )


def test_unformatted_text_is_received(presenter: Presenter) -> None:
    """What is typed on a blank screen comes as text."""
    assert presenter.receive(presenter.blank(), answer(text="MENU\0")).text == "MENU "


def test_unformatted_text_past_its_limit_is_cut(presenter: Presenter) -> None:
    """More than any screen holds is not kept; as much as is allowed is."""
    typed = "M" * (text_chars_max - 1) + "XY"
    assert presenter.receive(presenter.blank(), answer(text=typed)).text == typed[:-1]
    assert presenter.receive(presenter.blank(), answer(text=typed[:-1])).text == typed[:-1]


def test_blank_is_the_blank_screen(presenter: Presenter) -> None:
    """It has no panel and the cursor at home."""
    assert Screen() == presenter.decode(presenter.blank())

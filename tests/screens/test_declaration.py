"""A map is checked when it is declared, and says what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from monitor.exchange import Aid, Received
from screens.errors import MapError
from screens.field import Entry, Output, Rows
from screens.map import Map


def declare(picture: str, **words: Any) -> type[Map]:
    """A map called DEMO01, outside the registry."""
    return type("DEMO01", (Map,), {"picture": picture + "\n", **words}, registry=None)


def test_a_declared_field_must_be_drawn() -> None:
    """The nearest name of the picture is named."""
    with pytest.raises(MapError, match="amuont is declared and not in the picture: the nearest is amount"):
        declare(" [amount ]", amuont=Entry())


def test_an_inherited_field_need_not_be_drawn() -> None:
    """A base of several maps may declare what only some of them draw."""
    base: type[Map] = type("Base", (Map,), {"message": Output(color="red")})
    made: type[Map] = type("DEMO01", (base,), {"picture": " [amount ]"}, registry=None)
    assert list(made.layout.named) == ["amount"]


def test_a_name_twice_on_a_row_is_a_mistake() -> None:
    """Only rows repeat a field."""
    with pytest.raises(MapError, match="row 1, column 9: a is twice on this row"):
        declare(" [a ]  [a ]")


def test_a_field_on_several_rows_is_declared_as_rows() -> None:
    """A plain declaration of a repeated field would be a list by surprise."""
    with pytest.raises(MapError, match=r"a is drawn 2 times: declare it Rows\(...\)"):
        declare(" [a ]\n [a ]", a=Entry())


def test_entry_and_output_agree_with_the_picture() -> None:
    """What is drawn as output cannot be declared as entry."""
    with pytest.raises(MapError, match=r"a is drawn as an output field, {...} and declared Entry"):
        declare(" {a }", a=Entry())


@pytest.mark.parametrize(
    ("rows", "columns", "says"),
    [
        (200, 132, "200 rows of 132 columns: a screen has 1 to 16,383 positions"),
        (0, 80, "0 rows of 80 columns"),
        (24, "80", "rows and columns are whole numbers, not 24 and '80'"),
    ],
)
def test_a_screen_has_a_size_that_terminals_can_have(rows: object, columns: object, says: str) -> None:
    """Every position has a 14-bit address."""
    with pytest.raises(MapError, match=says):
        declare(" [a ]", rows=rows, columns=columns)
    assert declare(" [a ]", rows=62, columns=160).layout.rows == 62


def test_an_edit_must_fit_its_field() -> None:
    """A mask wider than the field is found at once."""
    with pytest.raises(MapError, match="amount takes 9 positions and is drawn 8 wide"):
        declare(" [amount  ]", amount=Entry(Decimal, edit="ZZ,ZZ9.99"))


def test_the_words_of_a_map_are_not_names() -> None:
    """A field drawn under such a word gets another name by drawn_as."""
    with pytest.raises(MapError, match="text is a word of every map: declare another, drawn_as='text'"):
        declare(" [text ]")
    assert list(declare(" [text ]", note=Entry(drawn_as="text")).layout.named) == ["note"]


def test_one_field_claims_the_cursor() -> None:
    """Two claims are a mistake; none gives it to the first entry field."""
    with pytest.raises(MapError, match="a and b both claim the cursor"):
        declare(" [a ] [b ]", a=Entry(cursor=True), b=Entry(cursor=True))
    assert declare(" [a ] [b ]", b=Entry(cursor=True)).layout.cursor == 7
    assert declare("{x}\n [a ]").layout.cursor - 81 == 1


def test_an_attribute_must_exist() -> None:
    """A wrong colour is named where the field is drawn."""
    with pytest.raises(MapError, match=r"row 1, column 3: a: color cannot be 'purple': there are blue"):
        declare(" [a ]", a=Entry(color="purple"))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("kind", "words", "says"),
    [
        (str, {"upercase": True}, "upercase is not an attribute: the nearest is uppercase"),
        (str, {"highlight": "blnk"}, "highlight cannot be 'blnk': the nearest is blink"),
        (str, {"protected": "yes"}, r"Expected `bool`, got `str` - at `\$.protected`"),
        (str, {"minimum": 0}, "minimum is for numbers and dates: leave it out"),
        (str, {"edit": "ZZ9"}, "edit is for numbers and dates: leave it out"),
        (int, {"digits": 2}, "digits is for text: leave it out"),
        (int, {"minimum": 9, "maximum": 1}, "minimum 9 is more than maximum 1: change one of them"),
        (int, {"maximum": "9"}, "maximum is '9': give it a value of the type int"),
        (int, {"edit": "ZQ9"}, "ZQ9 is not an edit mask: write one such as"),
        (int, {"justify": "centre"}, "justify cannot be 'centre': there are left, right"),
        (int, {"justify": "lefd"}, "justify cannot be 'lefd': the nearest is left"),
        (str, {"justify": "left"}, "justify is for numbers: leave it out"),
        (date, {"justify": "right"}, "justify is for numbers: leave it out"),
        (float, {}, "a field holds str, int, Decimal or date, not float: declare one of them"),
        ("ZZ9", {}, "a field holds str, int, Decimal or date, not 'ZZ9': declare one of them"),
        (Decimal, {}, "a Decimal field needs an edit mask: write one such as ZZ,ZZ9.99"),
    ],
)
def test_a_mistake_in_a_field_is_told_where_it_is_drawn(kind: Any, words: dict[str, Any], says: str) -> None:
    """The map, the row and column, and the field come before what is wrong."""
    for made in (Entry(kind, **words), Rows(Entry(kind, **words))):
        picture = " [amount ]\n [amount ]" if isinstance(made, Rows) else " [amount ]"
        with pytest.raises(MapError, match=rf"^map DEMO01, row 1, column 3: amount(\.1)?: {says}"):
            declare(picture, amount=made)


def test_an_output_field_has_no_words_of_an_entry_field() -> None:
    """The nearest is one of its own."""
    with pytest.raises(MapError, match="a: uppercase is not an attribute: there are background"):
        declare(" {a }", a=Output(uppercase=True))  # type: ignore[call-overload]


@pytest.mark.parametrize(("name", "value"), [("pictur", " [a ]"), ("constant", {1: {}})])
def test_a_word_of_maps_misspelt_is_told(name: str, value: object) -> None:
    """Else the class would be a base, and the mistake be found when it is shown."""
    with pytest.raises(
        MapError, match=f"map DEMO01: {name} is not a word of maps: the nearest is {name[:6]}"
    ):
        type("DEMO01", (Map,), {name: value}, registry=None)


def test_a_base_of_maps_cannot_be_shown() -> None:
    """The message says what it lacks."""
    base: type[Map] = type("Base", (Map,), {"message": Output()})
    for use in (lambda: base.show(message="x"), lambda: base.receive(Received(Aid.ENTER)).errors):
        with pytest.raises(MapError, match="map Base: it has no picture: draw it"):
            use()


def test_constants_look_as_their_row_or_text_says() -> None:
    """A text that is not drawn is a mistake with the nearest one named."""
    made = declare(" Title  Code", constants={1: {"intensity": "bright"}, "Code": {"color": "red"}})
    title, code = made.layout.fields
    assert (
        title.attribute.intensity,
        title.attribute.color,
        code.attribute.intensity,
        code.attribute.color,
    ) == ("bright", "", "bright", "red")
    with pytest.raises(MapError, match="no constant 'Titel' in the picture: the nearest is Title"):
        declare(" Title", constants={"Titel": {}})


def test_two_maps_of_one_name_are_refused() -> None:
    """The registry names the module that has the other."""
    registry: dict[str, type[Map]] = {}
    type("DEMO01", (Map,), {"picture": " A"}, registry=registry)
    with pytest.raises(MapError, match="declares a map of this name too"):
        type("DEMO01", (Map,), {"picture": " B"}, registry=registry)


def test_repeated_fields_are_numbered_from_the_top() -> None:
    """One declaration places a field on every row it is drawn on."""
    made = declare(" [q ]\n [q ]", quantity=Rows(Entry(int, drawn_as="q")))
    assert {name: field.address for name, field in made.layout.named.items()} == {
        "quantity.1": 0 + 1,
        "quantity.2": 80 + 1,
    }


def test_a_map_has_any_size() -> None:
    """Rows and columns are class attributes."""
    made = declare(" " * 130 + "x", rows=27, columns=132)
    assert (made.layout.rows, made.layout.columns, made.layout.fields[0].address) == (27, 132, 129)

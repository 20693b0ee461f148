"""A map says what to show, and gives typed values back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from monitor.exchange import Aid, Received, Send
from screens.errors import MapError
from screens.field import Entry, Output, Rows
from screens.map import Map

M = TypeVar("M", bound=Map)


class Order(Map, registry=None):
    """A map with a field of each kind."""

    picture = """
     [customer] {name               }  [since     ]  [password]
     [qty ] [item      ]
     [qty ] [item      ]
     [amount       ]  {total        }
     {message                        }
    """
    customer = Entry(digits=8, required=True)
    since = Entry(date)
    password = Entry(hidden=True)
    quantity = Rows(Entry(int, drawn_as="qty"))
    item = Rows(Entry(uppercase=True))
    amount = Entry(Decimal, edit="ZZ,ZZZ,ZZ9.99", cursor=True, minimum=Decimal(1))
    total = Output(Decimal, edit="ZZ,ZZZ,ZZ9.99")
    message = Output(carried=False)


class Justified(Map, registry=None):
    """Numbers at either end of their fields."""

    picture = """
     [count ] {total        } [right ]
     [row ]
     [row ]
    """
    count = Entry(int, justify="left", minimum=1)
    total = Output(Decimal, edit="ZZ,ZZ9.99-", justify="left")
    right = Entry(int, justify="right")
    row = Rows(Entry(int, justify="left"))


class Bounded(Map, registry=None):
    """A map with bounds on its values."""

    picture = """
     [lev] [since     ]
     [qty]
     [qty]
    """
    level = Entry(int, drawn_as="lev", minimum=1, maximum=10)
    since = Entry(date, minimum=date(2020, 1, 1))
    quantity = Rows(Entry(int, drawn_as="qty", minimum=1))


def typed(map_class: type[M], aid: Aid = Aid.ENTER, /, **texts: str) -> M:
    """A form as if an operator had typed these texts; `_` before a row's number stands for the dot."""
    values = {name.replace("_", "."): text for name, text in texts.items()}
    blank = dict.fromkeys(map_class.layout.named, "")
    return map_class.receive(Received(aid, values=blank | values, modified=frozenset(values)))


def filled(send: Send) -> dict[str, str]:
    """The texts of a send that are not blank."""
    return {name: text for name, text in send.values.items() if text}


def test_values_are_typed() -> None:
    """Each field is of its declared type; what is blank is None, or an empty text."""
    form = typed(
        Order, customer=" 10020011", amount="1,204.33", since="2024-02-09", quantity_2="7", item_1="ab"
    )
    customer: str = form.customer
    amount: Decimal | None = form.amount
    since: date | None = form.since
    quantity: list[int | None] = form.quantity
    item: list[str] = form.item
    assert ("10020011", Decimal("1204.33"), date(2024, 2, 9)) == (customer, amount, since)
    assert (quantity, item) == ([None, 7], ["AB", ""])


def test_dup_and_field_mark_reach_the_program_and_are_shown_again() -> None:
    """They are characters of the field, not blanks around its text."""
    form = typed(Order, item_1="\x1c", item_2="a\x1e", customer="\x1c")
    assert (["\x1c", "A\x1e"], ["customer"]) == (form.item, list(form.errors))
    shown = Order.show(form).values
    assert ("\x1c", "A\x1e", "\x1c") == (shown["item.1"], shown["item.2"], shown["customer"])


def test_mistakes_are_sentences_in_tab_order() -> None:
    """The first is where the cursor goes; a wrong value is None, or the text as it was typed."""
    form = typed(Order, customer="12", amount="abc", quantity_2="x")
    assert form.errors == {
        "customer": "Customer must be 8 digits",
        "quantity.2": "Quantity must be a number such as 1204",
        "amount": "Amount must be a number such as 1,204.33",
    }
    assert (form.first_error, form.customer, form.amount) == ("customer", "12", None)


def test_required_and_smallest_are_checked() -> None:
    """Blank is a mistake where the declaration says so, and only there."""
    form = typed(Order, amount="0.5")
    assert list(form.errors.values()) == ["Customer must be 8 digits", "Amount must be at least 1.00"]


def test_a_value_out_of_bounds_is_none() -> None:
    """No program takes it for good; shown again it stands as it was typed, also in a list that was read."""
    form = typed(Bounded, level="11", since="2019-12-31", quantity_1="0", quantity_2="4")
    assert list(form.errors) == ["level", "since", "quantity.1"]
    assert (form.level, form.since, form.quantity) == (None, None, [None, 4])
    form.quantity[1] = 5
    assert Bounded.show(form).values == {
        "level": " 11",
        "since": "2019-12-31",
        "quantity.1": "  0",
        "quantity.2": "  5",
    }


def test_a_short_read_is_empty() -> None:
    """The answer to MAPFAIL is a property, not an exception."""
    assert typed(Order, Aid.CLEAR, customer="1").empty
    assert typed(Order).empty
    assert not typed(Order, customer="1").empty


def test_text_is_what_was_typed() -> None:
    """Raw text by name; a wrong name is an error that names the nearest."""
    assert typed(Order, amount=" abc").text("amount") == " abc"
    with pytest.raises(MapError, match="no field amonut: the nearest is amount"):
        typed(Order).text("amonut")


def test_show_edits_values() -> None:
    """Typed values are edited at the right of their field; a text is sent as it is."""
    send = Order.show(total=Decimal("1204.33"), amount="n/a", since=date(2024, 2, 9), quantity=[1])
    assert send.values == {
        "total": "     1,204.33",
        "amount": "n/a",
        "since": "2024-02-09",
        "quantity.1": "   1",
        "quantity.2": "",
    }


def test_a_number_may_stand_at_the_left() -> None:
    """What is typed over it begins where it does; shown again it stands there too."""
    send = Justified.show(count=7, total=Decimal("1204.5"), right=7, row=[12, None])
    assert {"count": "7", "total": "1,204.50", "right": "     7", "row.1": "12", "row.2": ""} == send.values
    form = typed(Justified, count=" 012", row_1="x", row_2="3")
    assert (12, [None, 3], ["row.1"]) == (form.count, form.row, list(form.errors))
    assert {"count": "12", "row.1": "x", "row.2": "3"} == filled(Justified.show(form))
    assert {"count": "Count must be at least 1"} == typed(Justified, count="0").errors


def test_show_takes_the_attributes_of_an_object() -> None:
    """Those called as fields are; keyword values go over them."""

    class Area:
        customer = "10020011"
        amount = Decimal(5)
        other = 1

    assert Order.show(Area(), customer="20030022").values == {
        "customer": "20030022",
        "amount": "         5.00",
    }


def test_what_is_said_is_not_read_from_the_source() -> None:
    """An attribute that is called as a field is and holds something else is no matter then."""

    class Report:
        quantity = 3
        total: object = ("a", "list")

        @property
        def since(self) -> date:
            raise LookupError("nobody asked")

    shown = Order.show(Report(), quantity=[1], total=Decimal(2), since=None)
    assert {"quantity.1": "   1", "total": "         2.00"} == filled(shown)
    form = typed(Order, amount="7", quantity_1="7")
    bad: Any = [1]
    form.amount, form.quantity, form.since = bad, [bad], bad
    assert form.errors
    shown = Order.show(form, quantity=[], since=date(2024, 2, 9), amount=None)
    assert {"since": "2024-02-09"} == filled(shown)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"total": [0, (1,), 0]}, r"map Order: total must be a number such as 1,204.33, not \[0, .*or None"),
        ({"total": (0, (1, 2), 0)}, "total must be a number"),
        ({"amount": [1]}, "amount must be a number"),
        ({"amount": object()}, "amount must be a number such as 1,204.33, not <object"),
        ({"quantity": [1, {}]}, r"map Order: quantity.2 must be a number such as 1204, not {}"),
        ({"since": 5}, "since must be a date such as 2031-12-24, not 5: give a value of its type"),
    ],
)
def test_a_value_that_is_not_of_the_type_is_refused(values: dict[str, Any], says: str) -> None:
    """Map, field and value are named, wherever the value comes from."""
    for source, said in (
        (None, values),
        (type("Source", (), values)(), {}),
        (typed(Order, amount="7", quantity_1="8"), values),
    ):
        with pytest.raises(MapError, match=says):
            Order.show(source, **said)


def test_a_bad_value_in_a_list_of_a_form_is_refused() -> None:
    """It came in by a way of its own."""
    form = typed(Order, quantity_1="8")
    bad: Any = [1]
    form.quantity[1] = bad
    with pytest.raises(MapError, match=r"quantity.2 must be a number such as 1204, not \[1\]"):
        Order.show(form)
    with pytest.raises(MapError, match=r"quantity.1 must be a number"):
        Order.show(None, **{"quantity.1": bad})


def test_show_of_a_form_writes_what_was_typed_as_the_map_does() -> None:
    """Mistakes stay as they were typed; the message line and the password do not come back."""
    not_shown = {"message": "old", "password": "secret"}
    form = typed(Order, customer="12", amount="5", item_1="ab", since="soon", **not_shown)
    assert filled(Order.show(form)) == {
        "customer": "12",
        "amount": "         5.00",
        "item.1": "AB",
        "since": "soon",
    }
    assert Order.show(form).values.keys().isdisjoint(not_shown)


def test_a_form_may_be_changed_before_it_is_shown() -> None:
    """Values a program puts in a form, also in a list of rows, are shown."""
    form = typed(Order, quantity_1="x", quantity_2="2", amount="x")
    form.amount = Decimal(3)
    form.quantity[1] = 9
    form.item = ["PEN"]
    shown = Order.show(form).values
    assert (
        shown["quantity.1"],
        shown["quantity.2"],
        shown["amount"],
        shown["item.1"],
        shown["item.2"],
    ) == ("x", "   9", "         3.00", "PEN", "")
    assert Decimal(3) == form.amount


def test_a_value_for_a_field_that_is_none_is_told() -> None:
    """A slip of the pen would be shown nowhere."""
    form: Any = typed(Order)
    with pytest.raises(MapError, match="no field amuont: the nearest is amount"):
        form.amuont = 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"amuont": 1}, "no field amuont: the nearest is amount"),
        ({"item": ["a", "b", "c"]}, "item has 2 rows, not 3"),
        ({"item": "ab"}, "give a list"),
    ],
)
def test_show_refuses_what_the_map_has_not(values: dict[str, object], says: str) -> None:
    """The task that does this ends with ABM0 and a message one can act on."""
    with pytest.raises(MapError, match=says) as error:
        Order.show(**values)  # type: ignore[arg-type]
    assert error.value.abend_code == "ABM0"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("10020011", "map Order: a text cannot fill it: '10020011'; say which field it is for"),
        ({"customer": "10020011"}, r"map Order: a dict cannot fill it: write Order.show\(\*\*values\)"),
    ],
)
def test_show_refuses_what_has_no_such_attributes(source: object, says: str) -> None:
    """An empty screen would say nothing of the slip."""
    with pytest.raises(MapError, match=says):
        Order.show(source)


def test_hidden_fields_are_never_filled() -> None:
    """A password is read, not shown."""
    assert Order.show(password="secret").values == {}  # noqa: S106


def test_the_class_is_receivable() -> None:
    """What a task receives by a map is of the map's own type, also for a type checker."""
    form: Order = Order.receive(Received(Aid.ENTER))
    assert isinstance(form, Order)


def test_a_list_that_is_given_takes_the_place_of_a_mistake() -> None:
    """As a value that is given does in a single field: what was typed and is no value is gone."""
    form = typed(Order, customer="x", quantity_1="xx", quantity_2="yy", since="soon")
    form.since = None
    form.quantity = [None, 4]
    shown = Order.show(form).values
    assert [shown[name] for name in ("customer", "since", "quantity.1", "quantity.2")] == [
        "x",
        "",
        "",
        "   4",
    ]
    form.quantity[1] = 5
    assert Order.show(form).values["quantity.2"] == "   5"

"""Maps of any shape: fields never overlap, and what is shown comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.exchange import Aid, Inbound, Received
from screens.errors import MapError
from screens.field import Entry, Output
from screens.map import Map
from screens.picture import parse
from screens.presenter import Presenter

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=7)


class Typed(Map, registry=None):
    """A field of each type."""

    picture = """
     [code    ] [price         ] [count   ] [note           ]
     {total         }
    """
    code = Entry(digits=8)
    price = Entry(Decimal, edit="ZZ,ZZZ,ZZ9.99-")
    count = Entry(int)
    total = Output(Decimal, edit="ZZ,ZZZ,ZZ9.99-")


PRESENTER = Presenter({"Typed": Typed})
amounts = st.none() | st.integers(-999_999_99, 999_999_99).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def drawn_rows(draw: st.DrawFn) -> str:
    """A row of fields and constants."""
    row = " "
    for _ in range(draw(st.integers(0, 5))):
        width = draw(st.integers(1, 9))
        kind = draw(st.sampled_from(["[]", "{}", "text"]))
        name = draw(st.text("abcdefgh", min_size=1, max_size=width))
        piece = name if kind == "text" else kind[0] + name.ljust(width) + kind[1]
        row += piece + " " * draw(st.integers(0, 3))
    return row.rstrip()


@given(st.lists(drawn_rows(), max_size=24))
def test_fields_never_overlap(rows: list[str]) -> None:
    """Every cell belongs to one field at most, and lies where the picture shows it."""
    pieces = parse("M", "\n".join([*rows, ""]))
    cells = [(piece.address + offset) % 1920 for piece in pieces for offset in range(piece.length + 1)]
    assert len(cells) == len(set(cells))


@given(st.text("[]{}ab \n\t日_-=F3", max_size=200))
def test_any_picture_is_read_or_refused(picture: str) -> None:
    """There is no picture that breaks the parser."""
    try:
        parse("M", picture)
    except MapError as error:
        assert "map M" in str(error)


@given(
    code=st.from_regex("[0-9]{8}", fullmatch=True) | st.just(""),
    price=amounts,
    total=amounts,
    count=st.none() | st.integers(0, 99_999_999),
    note=texts,
)
def test_what_is_shown_is_received(**values: Any) -> None:
    """`receive(show(v)) == v`, through the stored screen, with every field sent back or none."""
    screen = PRESENTER.compose(PRESENTER.blank(), Received(Aid.ENTER), Typed.show(**values))
    shown = PRESENTER.receive(screen, Inbound("T", 1, 1, Aid.ENTER)).values
    back = tuple((field.address + 1, shown[name]) for name, field in Typed.layout.named.items())
    for fields in ((), back):
        form = Typed.receive(PRESENTER.receive(screen, Inbound("T", 1, 1, Aid.ENTER, 0, fields)))
        received = {
            "code": form.code,
            "price": form.price,
            "total": form.total,
            "count": form.count,
            "note": form.text("note"),
        }
        assert (values, {}) == (received, form.errors)


@given(
    fields=st.lists(st.tuples(st.integers(-3000, 3000), st.text(max_size=30)), max_size=9),
    cursor=st.none() | st.integers(-5000, 5000),
    text=st.text(max_size=30),
)
def test_any_input_is_received(fields: list[tuple[int, str]], cursor: int | None, text: str) -> None:
    """No input breaks a step: it is received, shown again and stored."""
    screen = PRESENTER.compose(PRESENTER.blank(), Received(Aid.ENTER), Typed.show())
    received = PRESENTER.receive(screen, Inbound("T", 1, 1, Aid.ENTER, cursor, tuple(fields), text))
    form = Typed.receive(received)
    assert form.first_error in ("", *form.errors)
    PRESENTER.decode(PRESENTER.compose(screen, received, Typed.show(form, erase=False, data_only=True)))
    PRESENTER.decode(PRESENTER.notice(screen, received, text))

"""The conversation area: read back as it was saved, upgraded, or refused in words that help."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import Area, upgrade
from monitor.area import decode_area, encode_area, fault_of
from monitor.errors import AreaError, LimitExceeded, MonitorError


class Order(Area):
    """An area with one of each kind."""

    text: str = ""
    number: int = 0
    amount: Decimal = Decimal(0)
    day: date | None = None
    lines: dict[int, list[str]] = msgspec.field(default_factory=dict)
    weight: float = 0.0


class Old(Area):
    """What an application had once."""

    version = 1
    a: int = 0


class Grown(Area):
    """An area that went through two changes."""

    version = 3
    total: int = 0
    names: dict[int, str] = msgspec.field(default_factory=dict)


@upgrade(Grown, 1)
def _(fields: dict[str, object]) -> dict[str, object]:
    return {"sum": fields["a"]}


@upgrade(Grown, 2)
def _(fields: dict[str, object]) -> dict[str, object]:
    return {"total": fields["sum"], "names": {"7": "seven"}}


class Late(Area):
    """An area whose first version was given up."""

    version = 3
    total: int = 0


@upgrade(Late, 2)
def _(fields: dict[str, object]) -> dict[str, object]:
    return {"total": fields["sum"]}


class Gap(Area):
    """An area with an upgrade that leads nowhere."""

    version = 5


for step in (1, 3):
    upgrade(Gap, step)(dict)


class Line(Area):
    """A line with a version of its own."""

    version = 2
    item: str = ""


class Reversed(Area):
    """A line with upgrades that lead to its first version."""


upgrade(Reversed, 0)(dict)


class Plain(Area):
    """A line that leaves versions to the area it is in."""

    under: tuple[Plain, ...] = ()


class Receipt(Area):
    """An area with lines."""

    lines: tuple[Line, ...] = ()


class Folder(Area):
    """An area with lines, deep in it."""

    version = 2
    receipts: dict[str, tuple[Reversed, ...]] | None = None


class Bare(Area):
    """An area with one in it that has no default."""

    late: Late


class Bundle(Area):
    """An area with lines that are all right, and one whose default is made anew."""

    first: Plain = msgspec.field(default_factory=Plain)

    lines: list[Plain] | None = None


texts = st.text(st.characters(exclude_categories=["Cs"]))
orders = st.builds(
    Order,
    text=texts,
    number=st.integers(),
    amount=st.decimals(allow_nan=False, allow_infinity=False),
    day=st.none() | st.dates(),
    lines=st.dictionaries(st.integers(-(2**63), 2**63 - 1), st.lists(texts, max_size=3), max_size=3),
    weight=st.floats(allow_nan=False, allow_infinity=False),
)


@given(orders)
def test_area_comes_back_as_it_was(order: Order) -> None:
    """Whatever an area holds is the same on the next step, in any process."""
    assert decode_area(Order, "Order", 1, encode_area(order, 1_000_000)) == order


@pytest.mark.parametrize("characters", ["a", "\N{EURO SIGN}", "\N{GRINNING FACE}"])
def test_limit_is_exact_in_bytes(characters: str) -> None:
    """An area of exactly the limit is kept; one of one byte more is refused with both figures."""
    area = Order(text=characters * 20)
    size = len(encode_area(area, 1_000_000).encode())
    assert encode_area(area, size)
    with pytest.raises(LimitExceeded, match=f"area_bytes_max is {size - 1}, this task came to {size}"):
        encode_area(area, size - 1)


@pytest.mark.parametrize(
    "area",
    [
        Order(text=object()),  # type: ignore[arg-type]
        Order(text="\ud800"),
        Order(number="one"),  # type: ignore[arg-type]
        Order(weight=float("nan")),
        Order(lines={"x": ["y"]}),  # type: ignore[dict-item]
        Order(day="today"),  # type: ignore[arg-type]
    ],
    ids=["object", "half a character", "wrong type", "not a number", "wrong key", "no date"],
)
def test_area_that_could_not_be_read_back_is_refused_when_it_is_saved(area: Order) -> None:
    """What the next step could not read is an error of this one, while the last good state is there."""
    with pytest.raises(AreaError) as raised:
        encode_area(area, 1_000_000)
    assert raised.value.abend_code == "EARE"
    assert "Order" in raised.value.message


def test_old_area_is_upgraded_step_by_step() -> None:
    """Each upgrade leads one version on; what comes out is read by the type of today."""
    assert decode_area(Grown, "Grown", 1, '{"a": 5}') == Grown(total=5, names={7: "seven"})
    assert decode_area(Grown, "Grown", 2, '{"sum": 6}') == Grown(total=6, names={7: "seven"})
    assert decode_area(Grown, "Grown", 3, '{"total": 7}') == Grown(total=7)


@pytest.mark.parametrize(
    ("stored", "version", "code", "words"),
    [
        ("Grown", 0, "EARV", ("version 0", "version 3")),
        ("Grown", 4, "EARV", ("version 4", "version 3")),
        ("Old", 1, "EART", ("Old", "Grown")),
        ("Grown", 3, "EARD", ("Grown", "version 3")),
    ],
)
def test_area_nobody_can_read_is_refused_by_name(
    stored: str, version: int, code: str, words: tuple[str, str]
) -> None:
    """The message names the types, or both versions, and the stored area is left alone."""
    with pytest.raises(AreaError) as raised:
        decode_area(Grown, stored, version, '{"total": "x"}')
    assert raised.value.abend_code == code
    assert all(word in raised.value.message for word in words)


@pytest.mark.parametrize("area_type", [Old, Grown, Late, Plain, Bundle])
def test_areas_may_be_nested_and_old_versions_given_up(area_type: type[Area]) -> None:
    """A conversation can begin with each."""
    assert fault_of(area_type) == ""


@pytest.mark.parametrize(
    ("area_type", "said"),
    [
        (
            Gap,
            "area Gap is at version 5, and no upgrade leads there from 1: write @upgrade(Gap, 2) and @upgrade(Gap, 4)",
        ),
        (
            Bare,
            "area Bare cannot be made with its fields' defaults (Missing required argument 'late'); each needs one, "
            "as late: Late = msgspec.field(default_factory=Late)",
        ),
        (
            Receipt,
            "area Receipt has Line in it, whose own version and upgrades are never used: take them out of Line, "
            "and raise the version of Receipt when Line changes",
        ),
        (
            Folder,
            "area Folder has Reversed in it, whose own version and upgrades are never used: take them out of "
            "Reversed, and raise the version of Folder when Reversed changes",
        ),
    ],
)
def test_an_area_that_cannot_begin_or_go_on_is_told(area_type: type[Area], said: str) -> None:
    """Before there is a stored area that needs it, with what to write."""
    assert fault_of(area_type) == said


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (
            3,
            r"@upgrade\(Grown, 3\) leads past version 3, at which Grown is: raise it to version = 4, or .* "
            r"@upgrade\(Grown, 2\)",
        ),
        (7, r"raise it to version = 8"),
        (1, r"@upgrade\(Grown, 1\) stands before two functions: write one, or give the other the version"),
    ],
)
def test_an_upgrade_that_would_not_count_is_refused(version: int, said: str) -> None:
    """Where it is declared."""
    with pytest.raises(MonitorError, match=said):
        upgrade(Grown, version)


def test_upgrades_belong_to_their_own_type() -> None:
    """An area type does not inherit the upgrades of another."""
    assert Old.upgrades == {}
    assert set(Grown.upgrades) == {1, 2}

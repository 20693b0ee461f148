"""A stored screen, drawn: panels, values, tags, notice, and what the operator had typed."""

from __future__ import annotations

import pytest

from monitor.errors import StartupError
from monitor.exchange import Aid
from screens.attributes import Attribute, Color, Intensity
from screens.drawing import decoder_of, draw
from screens.keys import type_text
from screens.layout import LaidField, Layout, Panel, Screen, Write
from screens.presentation_space import PresentationSpace
from screens.presenter import Presenter

SKIP = Attribute(protected=True, numeric=True)
FORM = Layout(
    map="FORM",
    fields=(
        LaidField(0, 8, SKIP, text="Name . ."),
        LaidField(9, 10, Attribute(modified=True), name="name"),
        LaidField(20, 0, SKIP),
        LaidField(80, 10, Attribute(), name="town", text="Delft"),
        LaidField(91, 0, SKIP),
    ),
    cursor=10,
)
LAYOUTS = {FORM.id: FORM}


def screen(**values: str) -> Screen:
    """The form with some values, as a stored screen."""
    return Screen(panels=[Panel(FORM.id, values=values)], cursor=10)


def shown(space: PresentationSpace) -> tuple[str, str]:
    """The two entry fields."""
    return space.text(0, 10, 10).rstrip(), space.text(1, 1, 10).rstrip()


def test_values_replace_the_initial_texts() -> None:
    """A field without a value keeps the layout's text."""
    space = PresentationSpace()
    draw(space, screen(name="Ann"), LAYOUTS)
    assert (shown(space), space.cursor) == (("Ann", "Delft"), 10)


def test_the_tag_is_on_for_the_modified_fields_only() -> None:
    """`Panel.modified` alone decides what an untouched screen sends."""
    space = PresentationSpace()
    draw(space, Screen(panels=[Panel(FORM.id, modified=["town"])]), LAYOUTS.__getitem__)
    assert space.read_modified(Aid.ENTER).fields == ((81, "Delft"),)


def test_a_panels_attribute_replaces_the_layouts() -> None:
    """As the program that sent it changed it."""
    space = PresentationSpace()
    red = Attribute(protected=True, color=Color.RED)
    draw(space, Screen(panels=[Panel(FORM.id, attributes={"town": red})]), LAYOUTS)
    assert red == space.attribute_at(81)


def test_a_later_panel_lies_over_an_earlier_one() -> None:
    """Panels are written oldest first."""
    over = Layout(map="OVER", fields=(LaidField(80, 10, SKIP, text="over"),))
    space = PresentationSpace()
    panels = [Panel(FORM.id), Panel(over.id)]
    draw(space, Screen(panels=panels), LAYOUTS | {over.id: over})
    assert (shown(space)[1], space.attribute_at(81).protected) == ("over", True)


def test_the_notice_is_a_protected_bright_red_field_on_the_last_row() -> None:
    """The monitor's line does not depend on the map."""
    space = PresentationSpace()
    draw(space, Screen(panels=[Panel(FORM.id)], notice="ABEND ASRA"), LAYOUTS)
    cell = space.cell(23 * 80 + 1)
    assert (cell.char, cell.attribute.color, cell.attribute.intensity) == ("A", Color.RED, Intensity.BRIGHT)
    assert cell.attribute.protected


def test_a_notice_leaves_the_attribute_byte_behind_it() -> None:
    """A constant in row 1, column 1 begins in the last cell of the screen."""
    title = Layout(map="TITLE", fields=(LaidField(1919, 5, SKIP, text="TITLE"), LaidField(5, 0, SKIP)))
    space = PresentationSpace()
    draw(space, Screen(panels=[Panel(title.id)], notice="x" * 80), {title.id: title})
    assert SKIP == space.attribute_at(0)
    assert space.row_text(23) == " " + "x" * 78 + " "


def test_a_screen_of_entry_fields_has_its_notice_on_the_last_row() -> None:
    """There is no row without one; what goes on behind the notice is still a field to type in."""
    full = Layout(map="FULL", fields=(LaidField(0, 1919, Attribute(), name="text"),))
    space = PresentationSpace()
    draw(space, Screen(panels=[Panel(full.id)], notice="abend"), {full.id: full})
    assert space.row_text(23).rstrip() == " abend"
    assert not space.attribute_at(1919).protected


def test_a_screen_too_large_to_draw_is_told() -> None:
    """A stored one may come from an older version: the terminal stays usable, and draws what comes next."""
    space, large = PresentationSpace(), Screen(panels=[Panel(FORM.id)], rows=200, columns=132, cursor=9999)
    draw(space, large, LAYOUTS)
    assert (space.size, space.row_text(23).rstrip()) == (
        1920,
        " No terminal can show a screen of 200x132: press Clear.",
    )
    draw(space, Screen(panels=[Panel(FORM.id)], write=Write()), LAYOUTS, large)
    assert shown(space)[1] == "Delft"


def test_a_code_can_be_typed_on_a_blank_screen_with_a_notice() -> None:
    """After a notice on a blank screen the first position takes a code, and the notice is not sent."""
    space = PresentationSpace()
    draw(space, Screen(notice="unknown transaction"), LAYOUTS)
    type_text(space, "MENU")
    assert space.row_text(23).strip() == "unknown transaction"
    assert space.read_modified(Aid.ENTER).fields == ((0, "MENU"),)


def test_text_that_was_not_sent_survives_a_write_without_erase() -> None:
    """After PA1 the host's next write leaves the fields it did not change, tag and all."""
    before = screen()
    space = PresentationSpace()
    draw(space, before, LAYOUTS)
    type_text(space, "Ann")
    after = Screen(panels=[Panel(FORM.id, values={"town": "Gouda"})], write=Write(0, ["town"]))
    draw(space, after, LAYOUTS, before, unsent=True)
    assert (shown(space), space.read_modified(Aid.ENTER).fields) == (("Ann", "Gouda"), ((10, "Ann"),))


def test_a_field_the_host_changed_is_the_hosts() -> None:
    """The host's new value wins over what was typed and not sent."""
    before = screen()
    space = PresentationSpace()
    draw(space, before, LAYOUTS)
    type_text(space, "Ann")
    draw(
        space,
        Screen(panels=[Panel(FORM.id, values={"name": "Bob"})], write=Write(0, None)),
        LAYOUTS,
        before,
        unsent=True,
    )
    assert shown(space)[0] == "Bob"


def test_an_erased_screen_keeps_nothing() -> None:
    """A write with erase takes everything typed away."""
    before = screen()
    space = PresentationSpace()
    draw(space, before, LAYOUTS)
    type_text(space, "Ann")
    draw(space, screen(), LAYOUTS, before, unsent=True)
    assert shown(space)[0] == ""


def test_a_dark_field_outlives_a_write_without_erase() -> None:
    """A password no screen stores stays on the display after Enter, to be sent again; other fields are the host's."""
    secret = Layout(
        map="SECRET",
        fields=(
            LaidField(0, 8, Attribute(intensity=Intensity.DARK), name="password"),
            LaidField(9, 8, Attribute(), name="user"),
            LaidField(18, 0, SKIP),
        ),
    )
    space, layouts = PresentationSpace(), {secret.id: secret}
    before = Screen(panels=[Panel(secret.id)], cursor=1)
    draw(space, before, layouts)
    type_text(space, "pass")
    after = Screen(panels=[Panel(secret.id, modified=["password"])], notice="try again", write=Write())
    draw(space, after, layouts, before)
    assert space.read_modified(Aid.ENTER).fields == ((1, "pass"),)


def test_a_smaller_layout_on_a_larger_screen_keeps_rows_and_columns() -> None:
    """A 24x80 map on a 27x132 screen stands in the upper left corner."""
    space = PresentationSpace()
    draw(space, Screen(panels=[Panel(FORM.id)], rows=27, columns=132), LAYOUTS)
    assert (space.size, space.text(1, 1, 5)) == (27 * 132, "Delft")


def test_a_presentation_without_screens_of_ours_is_refused() -> None:
    """A terminal that cannot draw says so before it opens, and what to do."""
    presenter = Presenter()
    assert decoder_of(presenter) is presenter
    with pytest.raises(StartupError, match="correct `presentation` in the settings"):
        decoder_of(object())

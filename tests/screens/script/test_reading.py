"""What `Ascii` and `ReadBuffer` print, compared with what s3270 printed for the same display."""

from __future__ import annotations

import pytest

from screens.attributes import Attribute, Color, Highlight, Intensity
from screens.presentation_space import PresentationSpace
from screens.script.fault import Fault
from screens.script.reading import ascii_text, field_text, read_buffer

SKIP = Attribute(protected=True, numeric=True)


@pytest.fixture
def space() -> PresentationSpace:
    """The display of the probe that the real program was run against."""
    space = PresentationSpace()
    title = Attribute(protected=True, numeric=True, intensity=Intensity.BRIGHT)
    space.write_field(0, 239, title, "FORM01  A FORM")
    space.write_field(240, 18, SKIP, " Name")
    space.write_field(259, 10, Attribute())
    space.write_field(270, 49, SKIP)
    space.write_field(339, 8, Attribute(numeric=True))
    space.write_field(348, 51, SKIP)
    space.write_field(419, 8, Attribute(intensity=Intensity.DARK), "abc")
    space.write_field(428, 71, SKIP)
    red = Attribute(color=Color.RED, highlight=Highlight.UNDERSCORE)
    space.write_field(500, 9, red, "C'\u00e9\\")
    space.write_field(510, 49, Attribute(protected=True))
    space.set_cursor(260)
    return space


def test_ascii_reads_every_row_in_full(space: PresentationSpace) -> None:
    """Its blanks at the end as well."""
    lines = ascii_text(space, ())
    assert (24, " FORM01  A FORM".ljust(80), " " * 80) == (len(lines), lines[0], lines[5])


def test_dark_text_is_blank_in_ascii_and_there_in_the_buffer(space: PresentationSpace) -> None:
    """As in s3270: `Ascii` is what a person sees, `ReadBuffer` what is in the cells."""
    assert ascii_text(space, ("5", "18", "10")) == [" " * 10]
    assert "SF(c0=cc) 61 62 63 00 00 00 00 00 SF(c0=f0)" in read_buffer(space, ("Ascii",))[5]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (("0", "0", "10"), [" FORM01  A"]),
        (("0", "0", "5", "0"), [""]),
        (("0", "0", "2", "10"), [" FORM01  A", " " * 10]),
        (("0", "0", "81"), [" FORM01  A FORM".ljust(80), " "]),
        (("0", "79", "2"), [" ", " "]),
        (("5",), ["     "]),
        (("0",), [""]),
        (("0", "0", "0", "0"), [""]),
    ],
)
def test_ascii_reads_a_length_or_a_rectangle(
    space: PresentationSpace, arguments: tuple[str, ...], lines: list[str]
) -> None:
    """A length runs over the end of a row; a rectangle does not."""
    assert lines == ascii_text(space, arguments)


def test_ascii1_counts_from_one(space: PresentationSpace) -> None:
    """Rows and columns both."""
    assert ascii_text(space, ("1", "1", "10"), 1, "Ascii1") == [" FORM01  A"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("0", "0"), "Ascii requires 0, 1, 3 or 4 arguments"),
        (("0", "0", "99", "99"), "Ascii: Invalid argument"),
        (("99", "99", "1"), "Ascii: Invalid argument"),
        (("0", "79", "1", "2"), "Ascii: Invalid argument"),
        (("23", "0", "2", "1"), "Ascii: Invalid argument"),
        (("-1",), "Ascii: Invalid argument"),
        (("x",), "Ascii: Invalid argument"),
        (("3000",), "Ascii: Invalid argument"),
    ],
)
def test_ascii_refuses_what_is_not_on_the_display(
    space: PresentationSpace, arguments: tuple[str, ...], words: str
) -> None:
    """What is not on the display cannot be read."""
    with pytest.raises(Fault) as caught:
        ascii_text(space, arguments)
    assert (words,) == caught.value.lines


def test_the_buffer_is_read_with_all_attributes(space: PresentationSpace) -> None:
    """Attribute bytes with their bits and extended attributes, characters as UTF-8 in hexadecimal."""
    lines = read_buffer(space, ())
    assert lines[0].startswith("SF(c0=f8) 46 4f 52 4d 30 31 20 20 41 20 46 4f 52 4d 00")
    assert " SF(c0=c0) 00 00 00 00 00 00 00 00 00 00 SF(c0=f0) 00" in lines[3]
    assert " SF(c0=d0) 00 00 00 00 00 00 00 00 SF(c0=f0) 00" in lines[4]
    assert " SF(c0=c0,42=f2,41=f4) 43 27 c3a9 5c 00 00 00 00 00 SF(c0=e0) 00" in lines[6]
    assert {80} == {len(line.split(" ")) for line in lines}


def test_what_was_typed_is_read_with_its_mdt(space: PresentationSpace) -> None:
    """Typing turns the MDT on; a field mark and a dup read as what they look like."""
    space.field_mark()
    space.dup()
    space.set_cursor(260)
    assert read_buffer(space, ("Field",)) == [
        "Start1: 4 20",
        "StartOffset: 259",
        "Cursor1: 4 21",
        "CursorOffset: 260",
        "Contents: SF(c0=c1) 3b 2a 00 00 00 00 00 00 00 00",
    ]


@pytest.mark.parametrize(
    ("mode", "cells"), [("Unicode", "0043 0027 00e9 005c 0000"), ("Ebcdic", "c3 7d 51 e0 00")]
)
def test_the_buffer_is_read_in_other_codes(space: PresentationSpace, mode: str, cells: str) -> None:
    """Code points, or EBCDIC."""
    assert f"SF(c0=c0,42=f2,41=f4) {cells}" in read_buffer(space, (mode,))[6]


def test_ebcdic_is_that_of_s3270() -> None:
    """Its default code page has the brackets where most hosts do; what it lacks is a question mark."""
    display = PresentationSpace()
    display.write_text(0, "[]\u00dd\u00a8^\u00ac\u20ac\x1c")
    assert read_buffer(display, ("ebcdic",))[0].startswith("ad bd ba bb b0 5f 6f 1c 00")


def test_the_buffer_is_not_read_in_an_unknown_way_or_without_a_field(space: PresentationSpace) -> None:
    """An unknown way of reading, and a field where there is none."""
    with pytest.raises(Fault, match="Parameter must be ascii, ebcdic, unicode or field"):
        read_buffer(space, ("foo",))
    with pytest.raises(Fault, match="no field"):
        read_buffer(PresentationSpace(), ("Field",))


def test_the_text_of_a_field_is_without_its_attribute_byte(space: PresentationSpace) -> None:
    """Of the field under the cursor."""
    space.set_cursor(501)
    assert field_text(space) == ["C'\u00e9\\     "]

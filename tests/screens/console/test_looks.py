"""What a person sees, without a window: places, colours, hints, paper."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment

from screens.attributes import Attribute, Color, Highlight, Intensity, Outline
from screens.console.geometry import place
from screens.console.hints import hint_at
from screens.console.painting import Rectangle, paint_row, restyled, with_cursor
from screens.console.printing import Paper, kept, print_screen
from screens.console.themes import THEMES, CursorShape, has_colors
from screens.drawing import draw
from screens.keys import Key
from screens.layout import Panel, Screen
from screens.presentation_space import PresentationSpace
from tests.screens.console.fakes import form

LABEL = Attribute(protected=True)
THEME = THEMES["3279"]


def shown(**values: str) -> PresentationSpace:
    """The form on a display."""
    space = PresentationSpace()
    layout = form()
    draw(space, Screen(panels=[Panel(layout.id, values=values)], cursor=layout.cursor), {layout.id: layout})
    return space


@given(st.integers(1, 200), st.integers(1, 100), st.sampled_from([(24, 80), (43, 132), (62, 160)]))
def test_nothing_overlaps_and_nothing_is_outside(width: int, height: int, size: tuple[int, int]) -> None:
    """In a window of any size: display, status line, rule and hints have rows of their own, or it does not fit."""
    rows, columns = size
    geometry = place(width, height, rows, columns)
    if not geometry.fits:
        assert width < columns or height < rows
        return
    own = [geometry.rule, geometry.hints, None if geometry.overlaid else geometry.status]
    taken = [*range(geometry.top, geometry.top + rows), *(row for row in own if row is not None)]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(range(height))
    assert 0 <= geometry.left <= width - columns


@pytest.mark.parametrize("height", [24, 25, 26, 27, 50])
def test_the_status_line_is_under_the_display(height: int) -> None:
    """At 24 rows it lies over the last one; then on its own; then with a rule and hints."""
    geometry = place(80, height, 24, 80)
    assert geometry.overlaid == (height == 24)
    assert geometry.status == {24: 23, 25: 24, 26: 25}.get(height, geometry.top + 25)
    assert (geometry.hints is not None) == (height >= 27)


def test_a_painted_row_is_the_row() -> None:
    """Painting changes no character."""
    space = shown(name="ann")
    for row in range(space.rows):
        assert "".join(segment.text for segment in paint_row(space, row, THEME)) == space.row_text(row)


def test_a_dark_field_is_never_painted() -> None:
    """Neither on the window nor on paper."""
    space = shown()
    space.set_cursor(5 * 80 + 20)
    for char in "secret":
        space.type(char)
    painted = "".join(segment.text for row in range(24) for segment in paint_row(space, row, THEME))
    papers = [print_screen(space, THEME, paper) for paper in Paper]
    assert [text for text in (painted, *papers) if "secret" in text] == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_an_empty_entry_field_is_seen(theme: object) -> None:
    """In every look, on every depth of colour, it differs from the background."""
    for depth in ColorSystem:
        look = THEMES[getattr(theme, "name", "")].on(depth)
        entry, blank = look.style(Attribute()), look.plain()
        tint, ground = (  # without the name, which a colour keeps when it becomes another
            style.bgcolor.downgrade(depth)[1:] if style.bgcolor else None for style in (entry, blank)
        )
        assert entry.underline or tint != ground


@pytest.mark.parametrize(
    ("theme", "names"),
    [
        (
            "3279",
            {"blue": 12, "red": 9, "pink": 13, "green": 10, "turquoise": 14, "yellow": 11, "neutral": 15},
        ),
        ("contrast", {"blue": 12, "red": 9, "pink": 13, "green": 10, "turquoise": 14, "yellow": 11}),
        ("paper", {"blue": 4, "red": 1, "pink": 5, "green": 2, "turquoise": 6, "yellow": 3, "neutral": 0}),
        ("amber", {"blue": 3, "neutral": 11}),
    ],
)
def test_sixteen_colours_keep_their_hues(theme: str, names: dict[str, int]) -> None:
    """By ANSI's numbers; none of them turns into a grey."""
    look = THEMES[theme].on(ColorSystem.STANDARD)
    found = {}
    for name in names:
        color = look.style(Attribute(protected=True, color=Color(name))).color
        assert color is not None
        found[name] = color.downgrade(ColorSystem.STANDARD).number
    assert names == found


@pytest.mark.parametrize(
    ("environment", "colors"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux", "NO_COLOR": ""}, True),
        ({"TERM": "linux", "NO_COLOR": "1"}, False),
        ({"TERM": "vt100"}, False),
        ({"TERM": "xterm-mono"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, True),
        ({}, True),
    ],
)
def test_a_terminal_without_colours_is_known(environment: dict[str, str], colors: bool) -> None:
    """By NO_COLOR, and by TERM unless COLORTERM says better."""
    assert has_colors(environment) is colors


def test_fields_without_a_colour_look_as_on_a_3279() -> None:
    """Fields without a colour: green, red, blue, white."""
    styles = [
        THEME.style(Attribute(protected=protected, intensity=intensity)).color
        for protected, intensity in itertools.product((False, True), (Intensity.NORMAL, Intensity.BRIGHT))
    ]
    names = [Color.GREEN, Color.RED, Color.BLUE, Color.NEUTRAL]
    assert [THEME.style(Attribute(color=name)).color for name in names] == styles


def test_highlights_and_outlines_are_drawn() -> None:
    """Reverse, blink, underscore; lines under, over and beside a field."""
    style = THEME.style(
        Attribute(protected=True, highlight=Highlight.REVERSE, outline=Outline.UNDER | Outline.OVER)
    )
    assert (style.reverse, style.underline, style.overline) == (True, True, True)
    space = PresentationSpace()
    space.write_field(0, 3, Attribute(protected=True, outline=Outline.LEFT | Outline.RIGHT), "box")
    space.write_field(4, 3, LABEL)
    assert "".join(s.text for s in paint_row(space, 0, THEME))[:5] == "▕box▏"


def test_no_colour_uses_none() -> None:
    """The look for NO_COLOR has no colour anywhere, and still tells entry fields and bright ones."""
    mono = THEMES["mono"]
    bright = mono.style(Attribute(protected=True, intensity=Intensity.BRIGHT, color=Color.RED))
    assert (bright.color, bright.bgcolor, bright.bold) == (None, None, True)


@pytest.mark.parametrize("shape", list(CursorShape))
def test_every_cursor_shape_marks_its_place(shape: CursorShape) -> None:
    """The cursor's cell looks unlike its neighbour, and the text stays."""
    space = shown(name="ann")
    row, column = divmod(space.cursor, 80)
    segments = list(with_cursor(paint_row(space, row, THEME), space, row, THEME, shape))
    cells = [(char, segment.style) for segment in segments for char in segment.text]
    assert "".join(char for char, _ in cells) == space.row_text(row)
    assert cells[column][1] != cells[column + 1][1]


@given(st.lists(st.text("ab", min_size=1, max_size=5), max_size=6), st.integers(0, 30), st.integers(0, 30))
def test_restyling_keeps_the_text(pieces: list[str], start: int, end: int) -> None:
    """A style laid over any columns changes no character."""
    restyled_pieces = restyled([Segment(piece, THEME.plain()) for piece in pieces], start, end, THEME.plain())
    assert "".join(segment.text for segment in restyled_pieces) == "".join(pieces)


def test_hints_are_read_from_the_map() -> None:
    """Keys named in protected fields, each with its words; a place on one presses it."""
    space = shown()
    found = [hint_at(space, 23 * 80 + column) for column in range(80)]
    texts = [hint.text for hint in dict.fromkeys(found) if hint]
    assert texts == ["Enter=Check", "F3=Exit", "F5=Post", "F12=Cancel"]
    assert found[16] is not None
    assert (found[16].key, found[70]) == (Key.PF3, None)


def test_what_an_operator_types_is_no_hint() -> None:
    """`F3=x` in an entry field presses nothing."""
    assert hint_at(shown(name="F3=x"), 3 * 80 + 21) is None


def test_a_block_is_copied_without_the_blanks_at_the_ends() -> None:
    """Rows of a block, each as a person reads it."""
    block = Rectangle.between(5 * 80 + 17, 3 * 80 + 2, 80)
    assert block.text(shown()) == "Name . . . . . .\nAmount . . . . .\nPassword . . . ."


def test_a_printed_screen_has_the_words_of_its_rows() -> None:
    """Text is the rows; HTML and SVG are well formed and hold the words escaped."""
    from xml.etree import ElementTree

    space = shown(name="<a&b>", message="done")
    assert print_screen(space, THEME, Paper.TEXT).splitlines()[3].split()[-1] == "<a&b>"
    assert "&lt;a&amp;b&gt;" in print_screen(space, THEME, Paper.HTML)
    assert ElementTree.fromstring(print_screen(space, THEME, Paper.SVG)).tag.endswith("svg")  # noqa: S314  ours


@pytest.mark.parametrize("paper", [Paper.HTML, Paper.SVG])
def test_outlines_are_printed(paper: Paper) -> None:
    """Lines under, over and beside a field."""
    box = Outline.UNDER | Outline.OVER | Outline.LEFT | Outline.RIGHT
    space = PresentationSpace()
    space.write_field(0, 3, Attribute(protected=True, outline=box), "box")
    space.write_field(4, 3, LABEL)
    printed = print_screen(space, THEME, paper)
    assert [mark in printed for mark in ("underline overline", "▕", "▏")] == [True] * 3


def test_two_prints_of_one_second_are_two_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The second has a number after its name."""
    monkeypatch.chdir(tmp_path)
    paths = [kept(text, "screen", Paper.TEXT) for text in ("one", "two", "three")]
    assert [(path.name, path.read_text()) for path in paths] == [
        ("screen.txt", "one"),
        ("screen-2.txt", "two"),
        ("screen-3.txt", "three"),
    ]

"""What a step showed beside what it should show."""

from __future__ import annotations

from screens.replay.comparison import Seen, changed_cells, differences, side_by_side
from screens.replay.rendering import Place, digest
from screens.replay.scenario import Expected
from screens.replay.telling import report_lines
from tests.replay.scenarios import played, scenario_text

SEEN = Seen(
    rows=("", " Name  ann__", " Said  hello", ""),
    columns=20,
    cursor="name",
    attributes="2,8 5 name unprotected normal\n",
    fields={"name": "ann", "said": "hello"},
    places={"name": Place(27, 5), "said": Place(47, 5)},
    counts={"ledger": 2},
)
SCREEN = "\n Name  ann__\n Said  hello\n"


def told(expected: Expected, *volatile: str, seen: Seen = SEEN) -> list[str]:
    """The differences in words."""
    return [str(difference) for difference in differences(expected, seen, volatile)]


def test_the_same_is_no_difference() -> None:
    """Trailing blanks and rows do not count."""
    expected = Expected(
        screen=SCREEN.replace("ann__", "ann__   "),
        cursor="name",
        attributes=digest(SEEN.attributes),
        contains=("hell",),
        fields={"said": "hello"},
        rows={"ledger": 2},
        abend="",
    )
    assert told(expected) == []


def test_each_difference_is_told() -> None:
    """What, what was expected, what was found."""
    expected = Expected(
        screen=SCREEN.replace("hello", "hallo"),
        cursor="said",
        attributes="2,8 5 name protected normal\n",
        contains=("bye",),
        fields={"said": "bye", "sad": ""},
        rows={"ledger": 1},
        abend="ASRA",
    )
    assert told(expected) == [
        "screen: expected the screen in the file, found 1 cell changed in row 3",
        "cursor: expected said, found name",
        "attributes: expected 2,8 5 name protected normal, found 2,8 5 name unprotected normal",
        "contains: expected 'bye', found no such text on the screen",
        "field said: expected 'bye', found 'hello'",
        "field sad: expected '', found no such field, did you mean said?",
        "rows ledger: expected 1, found 2",
        "abend: expected ASRA, found none",
    ]


def test_volatile_fields_are_not_compared() -> None:
    """Neither on the screen nor by name; a repeated field is meant with all its rows."""
    expected = Expected(screen=SCREEN.replace("hello", "12:00"), fields={"said": "12:00"})
    assert told(expected, "said") == []
    rows = Seen(rows=("aa",), columns=20, cursor="", attributes="", places={"day.1": Place(0, 2)})
    assert changed_cells("bb\n", rows, ("day",)) == set()


def test_an_abend_nobody_expects_is_a_difference() -> None:
    """Unless a whole screen is expected, which shows it."""
    seen = Seen(rows=(), columns=80, cursor="", attributes="", code="ASRA")
    assert told(Expected(), seen=seen) == ["abend: expected none, found ASRA"]
    assert told(Expected(abend="ASRA"), seen=seen) == []


def test_a_bound_fails_only_when_asked() -> None:
    """Times are reported otherwise."""
    slow = Seen(rows=(), columns=80, cursor="", attributes="", elapsed_ms=12.0)
    expected = Expected(within_ms=5)
    assert differences(expected, slow) == []
    assert [one.what for one in differences(expected, slow, strict_time=True)] == ["time"]


def test_two_screens_are_shown_side_by_side() -> None:
    """Changed rows have a sign, changed cells a mark under them."""
    cells = changed_cells("one\ntwo\n", Seen(("one", "tWo"), 20, "", ""))
    assert side_by_side("one\ntwo\n", ("one", "tWo"), cells, 40, ("was", "is")) == [
        "  was   is",
        "  one | one",
        "! two # tWo",
        "   ^  |  ^",
    ]


def test_two_screens_are_shown_one_over_the_other_without_room() -> None:
    """Where there is no room, only rows that changed are shown."""
    cells = changed_cells("one\ntwo\n", Seen(("one", "tWo"), 20, "", ""))
    assert side_by_side("one\ntwo\n", ("one", "tWo"), cells, 8, ("was", "is")) == [
        "  - was",
        "  + is",
        "  2 - two",
        "    + tWo",
        "       ^",
    ]


def test_a_name_under_volatile_that_no_step_shows_is_told() -> None:
    """It fails nothing; of a scenario that was not played to its end nothing is said."""
    header = 'volatile = ["moment", "momnet"]'
    report = played(scenario_text("SIGN", "", header=header))
    assert (report.verdict, report.unseen) == (0, ("momnet",))
    assert "  volatile: no step shows a field 'momnet'" in list(report_lines(report, 80))
    stopped = played(scenario_text("SIGN", "do = 'cursor nobody'", header=header))
    assert (stopped.verdict, stopped.unseen) == (2, ())


def test_a_report_is_of_as_many_lines_as_it_says() -> None:
    """No text of a scenario begins one of its own."""
    forged = r'"x\nPASS  x.replay.toml via core: 9 steps\u001b[2J"'
    steps = (f"note = {forged}", f"cursor = {forged}\nscreen = {forged}", f"fields = {{ {forged} = '' }}")
    lines = list(report_lines(played(scenario_text("SIGN", *steps)), 200))
    assert all(line.isprintable() for line in lines)

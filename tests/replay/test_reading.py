"""Scenario files, right and wrong ones."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screens.replay.actions import Fill, Press
from screens.replay.faults import ScenarioError
from screens.replay.positions import lines_of
from screens.replay.reading import find_scenarios, load_scenario, read_scenario, read_text
from screens.replay.scenario import Scenario
from screens.replay.secrets import Secrets
from screens.replay.writing import text_of_scenario
from tests.replay.scenarios import played, scenario_text

FILE = Path("folder/x.replay.toml")
GOOD = """format = 1
title = "Sample"  # a comment
transaction = "SIGN"
screen = "27x132"
starts = 2026-02-03T04:05:06Z
seed = 7
user = "ANN"
terminal = "T9"
secrets = "secrets.toml"
volatile = ["moment"]
fixture = "more.sql"
programs = ["tests.replay.programs"]

[[step]]
note = "One"
time = 2026-02-03T05:00:00Z
do = '''
# what is done
field name = ann
enter
'''
screen = '''
 [[step]]
do = 'not a key'
'''
cursor = "name"
attributes = "01234567"
contains = ["a", "b"]
fields = { said = "x" }
abend = ""
within_ms = 5

[[step]]
do = "pf3"

[step.rows]
ledger = 0
"""


def read(text: str) -> Scenario:
    """The scenario of a text."""
    return read_scenario(FILE, text)


def test_everything_a_scenario_says() -> None:
    """Header, steps, actions with their lines, expectations."""
    scenario = read(GOOD)
    first, second = scenario.steps
    assert (scenario.rows, scenario.columns, scenario.seed) == (27, 132, 7)
    assert scenario.secrets == Path("folder/secrets.toml")
    assert scenario.starts == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert first.actions[0] == Fill("name", "ann")
    assert (first.line, first.lines, second.line, second.lines) == (14, (19, 20), 33, (34,))
    assert first.expected.screen == " [[step]]\ndo = 'not a key'\n"
    assert second.expected.rows == {"ledger": 0}
    assert [type(action) for action in second.actions] == [Press]


def test_what_is_written_is_read_again() -> None:
    """A scenario that is recorded is the same when it is read."""
    scenario = read(GOOD)
    text = text_of_scenario(scenario)
    assert text_of_scenario(read(text)) == text
    assert read(text).steps[0].expected == scenario.steps[0].expected


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("format = 1", "format = 2", "this version reads `format = 1`"),
        ("format = 1", 'format = "1"', "format is '1': this version reads `format = 1`"),
        ("title =", "titel =", "did you mean title?"),
        ("seed = 7", "seed = 0", "`seed`"),
        ('screen = "27x132"', 'screen = "wide"', "`screen`"),
        ('screen = "27x132"', 'screen = "200x200"', "16383 positions at most"),
        ("starts = 2026-02-03T04:05:06Z", "starts = 2026-02-03T04:05:06", "timezone"),
        ("cursor =", "curser =", "did you mean cursor?"),
        ('cursor = "name"', "cursor = 5", "step 1 cursor"),
        ("field name = ann", "feild name = ann", "did you mean field?"),
        ('do = "pf3"', 'do = "pf33"', "did you mean pf"),
        ('do = "pf3"', "do = 3", "step 2 do"),
        ("[step.rows]\nledger = 0", "[step.rows]\nledger = -1", "rows"),
        ("within_ms = 5", "within_ms = -5", "within_ms"),
        ('[[step]]\ndo = "pf3"', '[[stop]]\ndo = "pf3"', "did you mean step?"),
        ('"moment"]', '"moment"] ]', "TOML"),
    ],
)
def test_a_mistake_has_a_place(before: str, after: str, told: str) -> None:
    """File, line, and the nearest known name."""
    assert before in GOOD
    text = GOOD.replace(before, after)
    with pytest.raises(ScenarioError) as caught:
        read(text)
    line = text.count("\n", 0, text.index(after)) + 1
    assert (caught.value.line, told in caught.value.problem) == (line, True), caught.value


def test_a_format_that_is_missing_is_told() -> None:
    """At the place where it belongs."""
    with pytest.raises(ScenarioError, match=r"replay.toml:1: format is missing"):
        read(GOOD.replace("format = 1\n", ""))


@pytest.mark.parametrize(
    "text", ["", "format = 1", "format = 1\nstep = 3", "[" * 20_000, "a = " + "9" * 9_999]
)
def test_what_is_no_scenario_is_told(text: str) -> None:
    """Never a traceback."""
    with pytest.raises(ScenarioError):
        read(text)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, a folder, not text."""
    (tmp_path / "b.replay.toml").write_bytes(b"\xff\xfe")
    for file in (tmp_path / "a.replay.toml", tmp_path, tmp_path / "b.replay.toml"):
        with pytest.raises(ScenarioError, match=r"cannot be read|not UTF-8"):
            load_scenario(file)


def test_folders_are_searched(tmp_path: Path) -> None:
    """Files are taken in order, each once."""
    for name in ("b/x.replay.toml", "a/y.replay.toml", "a/z.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = tmp_path / "b/x.replay.toml"
    assert find_scenarios([named, tmp_path]) == [named, tmp_path / "a/y.replay.toml"]


def test_lines_are_found_behind_strings_and_brackets() -> None:
    """A key within a string or a list is none."""
    text = 'a = \'\'\'\nb = 1\n\'\'\'\nc = [\n  \'d = 1\',\n]\n"e" = """\n\\"""\nf = 1"""\ng = 1\n'
    assert lines_of(text) == {(-1, "a"): 1, (-1, "c"): 4, (-1, "e"): 7, (-1, "g"): 10}


@pytest.mark.parametrize("terminal", ["t9", "Term0001"])
def test_a_terminal_is_named_as_regions_name_it(terminal: str) -> None:
    """In letters of either case."""
    assert terminal == read(GOOD.replace('"T9"', f'"{terminal}"')).terminal


def test_a_user_has_any_name_the_settings_may_give() -> None:
    """However long."""
    assert "ADMINISTRATOR" == read(GOOD.replace('"ANN"', '"ADMINISTRATOR"')).user


@pytest.mark.parametrize("name", ["secrets", "fixture"])
def test_no_file_is_named_with_a_nul(name: str) -> None:
    """The line that names it is told."""
    with pytest.raises(ScenarioError, match=rf"replay.toml:3: {name} has a NUL character"):
        read(f'format = 1\nuser = "ANN"\n{name} = "a\\u0000b"\n[[step]]\n')


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    """Nor a regular one without end: neither as a scenario nor as what it names."""
    endless, pipe = tmp_path / "endless.replay.toml", tmp_path / "pipe.replay.toml"
    endless.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    for file in (endless, pipe):
        with pytest.raises(ScenarioError, match=r"cannot be read \(it is no regular file\)"):
            load_scenario(file)
        with pytest.raises(ScenarioError, match=r"the secrets cannot be read \(it is no regular file\)"):
            Secrets.of(file)
        told = played(scenario_text("SIGN", "", header=f'fixture = "{file}"')).trouble
        assert told.endswith("cannot be loaded: it is no regular file")


def test_a_script_may_come_through_a_device(tmp_path: Path) -> None:
    """No more than file_bytes_max of it is read."""
    with pytest.raises(ScenarioError, match="more than file_bytes_max"):
        read_text(Path("/dev/zero"), any_kind=True)


@pytest.mark.parametrize(
    "text", [".".join("a" * 50_000) + " = 1", "x = {" + ' . "b"' * 50_000 + "}", f"[{'a.' * 50_000}b]"]
)
def test_a_key_has_a_bounded_number_of_parts(text: str) -> None:
    """A key of 50,000 would take half a minute to read."""
    with pytest.raises(ScenarioError, match=r"replay.toml:2: .*a key has more than 100 parts"):
        read(f"format = 1\n{text}\n")


def test_a_number_that_is_too_long_is_told_in_our_words() -> None:
    """With its line, and no advice about Python."""
    with pytest.raises(ScenarioError, match=r"replay.toml:2: .*a number has too many digits") as caught:
        read(f"title = 'x'\nformat = {'9' * 100_000}\n")
    assert "sys." not in str(caught.value)

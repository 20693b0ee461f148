"""Whatever becomes of a scenario file: a clear error or a clean verdict, never a traceback, never a hang."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.settings import Settings
from screens.replay.approving import approved
from screens.replay.faults import ScenarioError
from screens.replay.foreign import from_s3270, from_wsim
from screens.replay.playing import Report, Way, report_on
from screens.replay.reading import read_scenario
from screens.replay.scenario import Scenario
from screens.replay.writing import text_of_scenario

FILE = Path("x.replay.toml")
SOURCES = [
    path.read_text()
    for path in sorted((Path(__file__).parents[2] / "transactions").rglob("*.replay.toml"))
    if path.stat().st_size < 6_000
]
PIECES = [
    *["'''", '"""', "'", '"', "[[step]]", "[", "]", "{", "}", "=", "\n", "\r\n", "\0", "#", "$X", "$", "\\"],
    *["\u2028", "é", "enter\n", "kill\n", "reset\n", "cursor 24,80\n", "cursor 1,1\n", "wait 9d\n"],
    *["type $HOME\n", "insert\n", "disconnect\n", "do = ''", "screen = ''", "seed = 99999999999999999999"],
    *["programs = ['x']", "terminal = 'T!'", "time = 1979-05-27", "volatile = ['']", "fixture = '.'"],
    *["secrets = '.'", "transaction = 'NONE'", "screen = '999x999'", "rows = {a-b = 1}"],
]
VALUES = [
    "1",
    "-1",
    "1e300",
    "nan",
    "true",
    "'x'",
    "[]",
    "{}",
    "[1]",
    "{ a = 1 }",
    "''",
    "1979-05-27T07:32:00Z",
]


def verdict(text: str) -> str:
    """What comes of a text: `error` told with its file, or the verdict of a run that ended."""
    try:
        scenario = read_scenario(FILE, text)
    except ScenarioError as error:
        assert str(error).startswith("x.replay.toml:")
        return "error"
    report: Report = asyncio.run(asyncio.wait_for(report_on(scenario, Way(Settings())), 20))
    assert report.verdict in (0, 1, 2)
    assert (report.verdict == 2) <= bool(report.trouble)
    if report.verdict == 1:
        approved(text, report.played)
    return ("same", "different", "could not run")[report.verdict]


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_scenario_runs_or_is_told(data: st.DataObject) -> None:
    """Pieces put in, taken out, doubled and exchanged, anywhere."""
    text = data.draw(st.sampled_from(SOURCES))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        piece = data.draw(
            st.one_of(st.sampled_from(PIECES), st.just(text[start:end] * 2), st.text(max_size=5))
        )
        text = text[:start] + piece + text[end:]
    verdict(text)


@settings(max_examples=60)
@given(st.data())
def test_a_scenario_with_lines_gone_or_elsewhere_runs_or_is_told(data: st.DataObject) -> None:
    """Whole lines, so that more of what comes out is still a scenario."""
    lines = data.draw(st.sampled_from(SOURCES)).splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        moved = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        if data.draw(st.booleans()) and lines:
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), moved)
    verdict("".join(lines))


@settings(max_examples=60)
@given(st.data())
def test_a_scenario_with_any_other_value_runs_or_is_told(data: st.DataObject) -> None:
    """Of the keys a scenario has, with values of every kind."""
    text = data.draw(st.sampled_from(SOURCES))
    keys = list(re.finditer(r"(?m)^(\w+) = ([^'\n].*)$", text))
    found = data.draw(st.sampled_from(keys))
    value = data.draw(st.sampled_from(VALUES))
    verdict(text[: found.start(2)] + value + text[found.end(2) :])


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_any_text_is_told_as_no_scenario(text: str) -> None:
    """Most texts are no scenarios."""
    assert verdict(text) == "error"


PIECES_OF_SCRIPTS = [
    *["Enter()", "PF(3)", 'String("a\\tb")', "MoveCursor(1,2)", "MoveCursor1(99,999)", "Wait(1e9,seconds)"],
    *["Type 'x'", "Transmit using PF3", "Cursor(1,1)", "Erase EOF", "/*", "*/", "Key(x)", "Key(0x)", "PA(9)"],
    *[
        "Wait(nan,seconds)",
        "Wait(1e-7,seconds)",
        'String("\\ud800")',
        "MoveCursor(-3,5000)",
        "Delay(0.0000001)",
    ],
]
SCRIPTS = st.lists(st.one_of(st.sampled_from(PIECES_OF_SCRIPTS), st.text(max_size=12)), max_size=8).map(
    "\n".join
)


@settings(max_examples=150)
@given(SCRIPTS, st.sampled_from([from_s3270, from_wsim]))
def test_a_script_of_another_terminal_becomes_a_scenario_or_is_told(
    text: str, read: Callable[[Path, str], Scenario]
) -> None:
    """Is a scenario that can be written and read again, or it is told why not."""
    try:
        scenario = read(FILE, text)
        again = read_scenario(FILE, text_of_scenario(scenario))
    except ScenarioError:
        return
    assert [step.actions for step in again.steps] == [step.actions for step in scenario.steps]

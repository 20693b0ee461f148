"""A scenario as a load: what it begins with, what it compares, and what it varies."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.settings import Settings
from monitor.startup import open_region
from screens.replay import loading, playing
from screens.replay.drivers.ground import region_settings
from screens.replay.loading import Load, Plan, terminal_names
from screens.replay.reading import read_scenario
from tests.replay.scenarios import scenario_text

ROOT = Path(__file__).parents[2]
BRIEFLY = ("--sessions", 1, "--seconds", 0.1)


def replay(*arguments: object) -> Result:
    """`entracte replay`, in this process."""
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a scenario is written."""
    return tmp_path / "x.replay.toml"


FIXED = """format = 1
transaction = "ACCT"
fixture = "more.sql"
[[step]]
[[step]]
do = '''
field number = 77777770
enter
'''
fields = { owner = "NEW ONE" }
"""


def test_it_begins_with_the_fixture(file: Path) -> None:
    """On a store of its own, and in a bench; a store that is there is taken as it is, and that is told."""
    (file.parent / "more.sql").write_text("INSERT INTO account VALUES ('77777770', 'NEW ONE', 100000, 1);")
    file.write_text(FIXED)
    assert replay("load", file, *BRIEFLY).exit_code == 0
    told = replay("load", file, *BRIEFLY, "--on-store", "--store", file.parent / "own.db")
    assert told.exit_code == 1
    assert "its fixture is not loaded" in told.stderr
    assert "field owner: expected 'NEW ONE', found ''" in told.stdout
    assert "4 the same" in replay("bench", file, "--seconds", 0.1, "--steps", 4).output


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("abend = 'ASRA'", " 0 errors"),
        ("abend = 'ASRA'\ncontains = ['Enter abends']\nscreen = 'not compared'", " 0 errors"),
        ("screen = '''\n\n BOOM abend ASRA: step backed out'''", " 0 errors"),
        ("abend = 'AICA'", "BOOM abend ASRA, expected AICA"),
        ("", "BOOM abend ASRA, expected none"),
        ("abend = 'ASRA'\ncontains = ['gone']", "contains: expected 'gone', found no such text"),
    ],
)
def test_what_holds_for_every_terminal_is_compared(file: Path, expected: str, told: str) -> None:
    """Abends, texts and fields; not whole screens, which name the terminal."""
    step = f"do = '''\nenter\npf1\n'''\n{expected}"
    file.write_text(scenario_text("BOOM", "", step, "do = 'disconnect'\nabend = ''"))
    assert told in replay("load", file, *BRIEFLY).output


def test_an_abend_counts_whatever_comes_after_it(file: Path) -> None:
    """In the same step, when its notice is not on the screen any more."""
    file.write_text(scenario_text("BOOM", "", "do = '''\nenter\nclear\n'''\nabend = 'ASRA'"))
    assert " 0 errors" in replay("load", file, *BRIEFLY).output


def test_an_abend_that_does_not_happen_is_an_error(file: Path) -> None:
    """If the step expects it."""
    file.write_text(scenario_text("SIGN", "", "do = 'enter'\nabend = 'ASRA'"))
    assert "no abend, expected ASRA" in replay("load", file, *BRIEFLY).output


def test_texts_may_be_left_unchecked(file: Path) -> None:
    """An abend is an error nevertheless."""
    file.write_text(scenario_text("BOOM", "contains = ['gone']\nfields = { said = 'gone' }"))
    assert replay("load", file, *BRIEFLY, "--unchecked").exit_code == 0
    file.write_text(scenario_text("BOOM", "contains = ['gone']", "do = 'enter'"))
    assert "BOOM abend ASRA" in replay("load", file, *BRIEFLY, "--unchecked").output


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("field password = $SECRET", "password"),
        ("field password = $SECRET", "SECRET"),
        ("cursor password\ntype $SECRET", "SECRET"),
        ("field password =", "password"),
    ],
)
def test_what_is_not_displayed_varies(
    file: Path, monkeypatch: pytest.MonkeyPatch, typed: str, column: str
) -> None:
    """By its field, or by its `$NAME`; a field that varies is not compared with what the file says."""
    monkeypatch.delenv("SECRET", raising=False)
    step = f"do = '''\nfield name = ann\n{typed}\nenter\n'''\nfields = {{ name = 'ann' }}\n"
    file.write_text(scenario_text("SIGN", "", f"{step}contains = ['right, 1']"))
    vary = file.parent / "v.csv"
    vary.write_text(f"name,{column}\n$bob,open\n")
    result = replay("load", file, *BRIEFLY, "--vary", vary)
    assert result.exit_code == 0, result.output


def test_a_pause_is_not_part_of_the_steps_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one within it nor the one before it, by a clock on which nothing else takes time."""
    now_s = 100.0

    async def pass_time(_: Load, seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    monkeypatch.setattr(Load, "_pause", pass_time)
    for module in (loading, playing):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now_s))
    pausing = "do = '''\nenter\nwait 400ms\n'''"
    steps = [f"time = 2026-01-02T03:04:{second}Z\n{pausing}" for second in ("05", "09")]
    scenario = read_scenario(file, scenario_text("SIGN", *steps, header="starts = 2026-01-02T03:04:05Z"))
    settings = region_settings(scenario, Settings(store=str(file.with_name("x.db"))))

    async def run() -> Load:
        async with open_region(settings) as region:
            made = Load(scenario, region, Plan(sessions=1, ramp_s=0, seconds=1, think=1))
            await made.repeat(1)
            return made

    figures = asyncio.run(run()).figures
    assert [] == [text for errors in figures.errors for text in errors]
    assert [0, 0] == [round(elapsed_ms, 6) for measured in figures.elapsed_ms for elapsed_ms in measured]
    assert now_s > 104


def test_a_value_that_is_too_long_is_told(file: Path) -> None:
    """With its line."""
    file.write_text(scenario_text("SIGN", "do = 'field name = ann'"))
    vary = file.parent / "v.csv"
    vary.write_text(f"name\n{'1' * 200_000}\n")
    told = replay("load", file, "--vary", vary).output
    assert f"{vary}:2: this row cannot be read (field larger than field limit" in told


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_what_was_measured(file: Path, ends: signal.Signals) -> None:
    """The figures are told, and nothing is left behind."""
    file.write_text(scenario_text("SIGN", "do = 'enter'"))
    started = "from monitor.cli import main; main()"
    arguments = ["replay", "load", str(file), "--seconds", "60", "--sessions", "2", "--json", "-"]
    with subprocess.Popen(
        [sys.executable, "-c", started, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(file.parent)},
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first line of progress
        process.send_signal(ends)
        told, said = process.communicate(timeout=30)
    assert process.returncode == 128 + ends
    assert json.loads(told)["steps"] > 0
    assert f"ended early by {ends.name}" in said
    assert list(file.parent.glob("entracte-load-*")) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--seconds", "nan"), "nan is not a number"),
        (("--ramp", "nan"), "nan is not a number"),
        (("--think", "inf"), "inf is not a number"),
        (("--ramp", 5, "--seconds", 0.3), "some sessions would never begin"),
    ],
)
def test_a_time_that_is_none_is_refused(file: Path, arguments: tuple[object, ...], told: str) -> None:
    """Before anything is run."""
    file.write_text(scenario_text("SIGN", ""))
    result = replay("load", file, *arguments)
    assert (result.exit_code, told in result.output) == (2, True), result.output


def test_figures_are_printed(file: Path) -> None:
    """As JSON or CSV, and nothing else with them."""
    file.write_text(scenario_text("SIGN", "note = 'First'"))
    assert json.loads(replay("load", file, *BRIEFLY, "--json", "-").stdout)["errors"] == 0
    (row,) = csv.DictReader(io.StringIO(replay("load", file, *BRIEFLY, "--csv", "-").stdout))
    assert (row["step"], row["note"]) == ("1", "First")


def test_no_terminal_is_used_twice() -> None:
    """However many regions there were."""
    regions = [1, 36, 1295, 1296, 1297, 46_655, 46_656, 36**5 - 1]
    names = [name for region in regions for name in islice(terminal_names(region), 40)]
    assert all(re.fullmatch("[L-Q][0-9A-Z]{7}", name) for name in names)
    assert len(set(names)) == len(names)

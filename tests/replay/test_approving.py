"""Approval writes what differs, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.settings import Settings
from screens.replay.approving import approved, literal
from screens.replay.commands.approve import approve_file
from screens.replay.running import run_file
from tests.replay.scenarios import played, scenario_text

ROOT = Path(__file__).parents[2]


def replay(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`entracte replay` on the applications of a folder."""
    return subprocess.run(
        [sys.executable, "-c", "from monitor.cli import main; main()", "replay", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
    )


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ between two texts of as many lines."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(one, other) for one, other in pairs if one != other]


def test_one_literal_of_a_map_changed(tmp_path: Path) -> None:
    """The steps that show it fail, and no others; once approved they pass, and only its lines were written."""
    shutil.copytree(ROOT / "transactions", tmp_path / "transactions")
    maps = tmp_path / "transactions" / "bank" / "maps.py"
    source = maps.read_text()
    assert "Reference  . . ." in source
    maps.write_text(source.replace("Reference  . . .", "Reminders  . . ."))
    scenarios = sorted((tmp_path / "transactions" / "bank" / "scenarios").glob("*.replay.toml"))
    before = {file: file.read_text() for file in scenarios}

    run = replay(tmp_path, "run", "transactions/bank/scenarios", "--json", "-")
    assert run.returncode == 1, run.stderr
    for report in json.loads(run.stdout):
        text = before[tmp_path / report["file"]]
        shows = ["Reference  . . ." in step for step in re.split(r"(?m)^\[\[step\]\]$", text)[1:]]
        assert [bool(step["differences"]) for step in report["played"]] == shows

    told = replay(tmp_path, "run", "transactions/bank/scenarios/transfer.replay.toml").stdout
    assert "! " in told and " Reminders  . . ." in told and "^^^" in told

    assert replay(tmp_path, "approve", "transactions/bank/scenarios").returncode == 0
    assert replay(tmp_path, "run", "transactions/bank/scenarios").returncode == 0
    for file, text in before.items():
        for was, now in changed(text, file.read_text()):
            assert was.replace("Reference  . . .", "Reminders  . . .") == now


TEXT = scenario_text(
    "SIGN",
    "# first\nnote = 'One'   # kept\nscreen = '''\nold\n'''   # after the screen\ncursor = 'said'  # where",
    "do = 'enter' # go\n\nfields = { said = 'x', name = '' } # fields\nattributes = \"00000000\"\nrows = {step=9}",
    header="# a comment\nseed = 3   # of old",
)


def test_comments_and_order_stay(tmp_path: Path) -> None:
    """Whatever a person wrote around the values."""
    file = tmp_path / "x.replay.toml"
    file.write_text(TEXT)
    assert approve_file(file, Settings()) == 0
    after = file.read_text()
    assert run_file(file, Settings(), "core").verdict == 0
    assert re.findall("#.*", after) == re.findall("#.*", TEXT)
    assert re.findall(r"(?m)^\w+ =", after) == re.findall(r"(?m)^\w+ =", TEXT)
    assert approve_file(file, Settings()) == 0
    assert file.read_text() == after


def test_attributes_in_full_stay_in_full(tmp_path: Path) -> None:
    """A line a field, so that the difference says which one."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "attributes = '''\n1,1 1 - protected normal\n'''"))
    assert approve_file(file, Settings()) == 0
    assert " 8 password unprotected dark\n" in file.read_text()
    assert run_file(file, Settings(), "core").verdict == 0


def test_lines_end_as_they_did(tmp_path: Path) -> None:
    """Those that are written as well, where all end with carriage return and line feed."""
    file, plain = tmp_path / "x.replay.toml", tmp_path / "y.replay.toml"
    plain.write_text(TEXT)
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert (approve_file(plain, Settings()), approve_file(file, Settings())) == (0, 0)
    assert plain.read_bytes().replace(b"\n", b"\r\n") == file.read_bytes()
    assert run_file(file, Settings(), "core").verdict == 0


def test_what_passes_is_not_touched(tmp_path: Path) -> None:
    """Neither its text nor its file."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "cursor   =   'name'"))
    stood = file.stat()
    assert approve_file(file, Settings()) == 0
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (stood.st_mtime_ns, stood.st_ino)


def test_one_step_is_approved_and_the_others_stay(tmp_path: Path) -> None:
    """The others stay as they are."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "cursor = 'said'", "do = 'enter'\ncursor = 'said'"))
    approve_file(file, Settings(), only=(2,))
    assert [line for line in file.read_text().splitlines() if "cursor" in line] == [
        "cursor = 'said'",
        'cursor = "name"',
    ]


def test_what_only_a_person_can_change_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A text that is not on the screen any more, and a program that cannot be replayed."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("CLOC", "contains = ['gone']"))
    assert approve_file(file, Settings()) == 1
    told = capsys.readouterr().err
    assert "contains" in told and "determinism" in told
    assert "gone" in file.read_text()


def test_screens_of_new_steps_are_filled_in() -> None:
    """Where nothing of the screen is expected yet."""
    text = scenario_text("SIGN", "", "do = 'enter'\nrows = { step = 2 }", "contains = ['wrong']")
    after, left = approved(text, played(text).played, fill=True)
    assert (after.count("screen = '''"), left) == (2, [])
    assert played(after).verdict == 0


@pytest.mark.parametrize("text", ["", "a\n", "it's\n", "'''\n", '\\ """ \\\n', "\x1b\n", "ends with '"])
def test_any_text_can_be_written(text: str) -> None:
    """As a literal where that is possible."""
    import tomllib

    assert tomllib.loads(f"x = {literal(text).as_string()}") == {"x": text}


def approve(*arguments: object) -> Result:
    """`entracte replay approve`, in this process."""
    return CliRunner().invoke(main, ["replay", "approve", *map(str, arguments)])


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it names is written."""
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / "x.replay.toml", tmp_path / "y.replay.toml"
    file.write_text(scenario_text("SIGN", "cursor = 'said'"))
    link.symlink_to(file)
    assert approve_file(link, Settings()) == 0
    assert link.is_symlink()
    assert 'cursor = "name"' in file.read_text()


def test_a_file_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    """It is told, and the exit code is 2."""
    bad, good = tmp_path / "bad.replay.toml", tmp_path / "good.replay.toml"
    bad.write_text("format = 2")
    good.write_text(scenario_text("SIGN", "cursor = 'said'"))
    result = approve(bad, good)
    assert result.exit_code == 2
    assert f"ERROR {bad}:1: format is 2" in result.stderr
    assert 'cursor = "name"' in good.read_text()


def test_a_scenario_that_cannot_run_shows_no_difference_and_no_sameness(tmp_path: Path) -> None:
    """Not at all, or not to its end: both are told with what is wrong, and the exit code is 2."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("NOPE", ""))
    result = approve(file)
    assert (result.exit_code, result.stdout) == (2, f"{file}: could not run, nothing written\n")
    assert f"ERROR {file}:3: there is no transaction 'NOPE': " in result.stderr
    file.write_text(scenario_text("SIGN", "do = 'enter'", "do = 'field nowhere = x'"))
    result = approve(file)
    assert result.exit_code == 2
    assert result.stdout == f"{file}: no differences in the first 1 of 2, nothing written\n"


def test_a_step_that_is_not_there_is_told(tmp_path: Path) -> None:
    """And a folder without a scenario."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "cursor = 'said'"))
    result = approve(file, "--step", 1, "--step", 99)
    assert (result.exit_code, "there is no step 99, it has 1" in result.stderr) == (2, True)
    assert "cursor = 'said'" in file.read_text()
    (tmp_path / "empty").mkdir()
    result = approve(tmp_path / "empty")
    assert (result.exit_code, "no *.replay.toml file there" in result.stderr) == (2, True)

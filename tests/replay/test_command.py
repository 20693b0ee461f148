"""The commands, as a person or a build calls them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from screens.map import MAPS
from screens.replay.actions import write
from screens.replay.commands.drawn import is_drawn
from screens.replay.faults import ScenarioError
from screens.replay.foreign import from_s3270, from_wsim, kind_of
from tests.replay.scenarios import scenario_text

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "transactions" / "bank" / "scenarios"


def replay(*arguments: object) -> Result:
    """`entracte replay`, in this process."""
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Three scenarios: one that passes, one that differs, one that cannot be run."""
    (tmp_path / "a.replay.toml").write_text(scenario_text("SIGN", "note = 'First'\ncursor = 'name'"))
    (tmp_path / "b.replay.toml").write_text(scenario_text("SIGN", "", "do = 'enter'\nscreen = '''\nold\n'''"))
    (tmp_path / "c.replay.toml").write_text(scenario_text("SIGN", "do = 'entr'"))
    return tmp_path


@pytest.mark.parametrize(("name", "code"), [("a", 0), ("b", 1), ("c", 2), ("missing", 2)])
def test_the_exit_code_is_the_verdict(files: Path, name: str, code: int) -> None:
    """0 the same, 1 different, 2 could not run."""
    assert replay("run", files / f"{name}.replay.toml").exit_code == code


def test_a_folder_is_run(files: Path) -> None:
    """A line a step, the first difference as screens, a line a scenario and one for all; the worst verdict counts."""
    result = replay("run", files)
    assert result.exit_code == 2
    assert "PASS  step 1 (line 6)  First" in result.output
    assert "expected" in result.output and "^^^" in result.output
    assert f"ERROR {files / 'c.replay.toml'}:7: unknown action 'entr': did you mean enter?" in result.output
    assert result.output.endswith("3 scenarios, 3 steps: 1 same, 1 different, 1 could not run\n")


def test_attributes_are_shown_on_request(tmp_path: Path) -> None:
    """Otherwise the digest only."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "attributes = '00000000'"))
    assert "password" not in replay("run", file).output
    assert " 8 password unprotected dark" in replay("run", file, "--attributes").output


def test_reports_for_programs(files: Path) -> None:
    """JUnit with a case a step; JSON with everything seen; several processes."""
    junit, report = files / "r.xml", files / "r.json"
    replay("run", files, "--junit", junit, "--json", report, "--jobs", 2)
    suites = ElementTree.parse(junit).getroot()  # noqa: S314 our own file
    counts = [[suite.get(name) for name in ("tests", "failures", "errors")] for suite in suites]
    assert counts == [["1", "0", "0"], ["2", "1", "0"], ["0", "0", "1"]]
    assert suites[1].find("testcase/failure") is not None
    verdicts = [one["verdict"] for one in json.loads(report.read_bytes())]
    assert verdicts == [0, 1, 2]
    assert (
        json.loads(replay("run", files / "a.replay.toml", "--json", "-").output)[0]["played"][0]["number"]
        == 1
    )


def test_a_report_is_printed_or_written_over_what_is_there(files: Path) -> None:
    """Every run makes it anew; one at a time is printed, and no scenario is written over."""
    file, report = files / "a.replay.toml", files / "r"
    printed = replay("run", file, "--junit", "-").output
    assert "testsuites" == ElementTree.fromstring(printed).tag  # noqa: S314 our own
    report.write_text("old")
    assert replay("run", file, "--json", report).exit_code == 0
    assert json.loads(report.read_bytes())[0]["verdict"] == 0
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("run", "a.replay.toml", "--json", "-", "--junit", "-"), "- cannot take two reports"),
        (("run", "a.replay.toml", "--json", "r", "--junit", "r"), "r cannot take two reports"),
        (("run", ".", "--junit", "b.replay.toml"), "b.replay.toml is the scenario itself"),
        (("run", "a.replay.toml", "--json", "-", "--speed", "step"), "name a file for the report"),
        (("run", "a.replay.toml", "--json", "nowhere/r"), "there is no folder nowhere"),
        (("load", "a.replay.toml", "--csv", "a.replay.toml"), "a.replay.toml is the scenario itself"),
        (("load", "a.replay.toml", "--json", "-", "--csv", "-"), "- cannot take two reports"),
        (("load", "a.replay.toml", "--csv", "nowhere/r"), "there is no folder nowhere"),
        (("record", "-", "--conversation", "1-1"), "a scenario is kept in a file: name one instead of -"),
        (("import", "a.replay.toml", "-"), "a scenario is kept in a file: name one instead of -"),
    ],
)
def test_a_file_that_is_no_place_for_it_is_refused_before_the_run(
    files: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    """Nothing is written, and nothing is lost."""
    monkeypatch.chdir(files)
    before = {file: file.read_bytes() for file in files.iterdir()}
    done = replay(*options)
    assert (2, True) == (done.exit_code, told in done.output), done.output
    assert before == {file: file.read_bytes() for file in files.iterdir()}


def test_why_an_application_cannot_be_loaded_is_told_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its maps are declared again at each try, and that is no mistake of theirs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    library = (
        'from screens.map import Map\n\nclass HALF01(Map):\n    picture = " [a ]"\n\nimport no_such_thing\n'
    )
    Path("half_there.py").write_text(library)
    for name in ("a", "b"):
        text = scenario_text("SIGN", "").replace("tests.replay.programs", "half_there")
        Path(f"{name}.replay.toml").write_text(text)
    told = [line for line in replay("run", ".").output.splitlines() if line.startswith("  ERROR")]
    assert 2 == len(told)
    assert "ModuleNotFoundError: No module named 'no_such_thing'" in told[0]
    assert told[0] == told[1]
    del MAPS["HALF01"]


def test_a_speed_keeps_the_waits_or_asks_after_each_step(files: Path) -> None:
    """1x keeps the waits, step asks after each one."""
    slow = files / "s.replay.toml"
    slow.write_text(scenario_text("SIGN", "do = 'wait 300ms'"))
    assert json.loads(replay("run", slow, "--speed", "1x", "--json", "-").output)[0]["elapsed_s"] >= 0.3
    assert json.loads(replay("run", slow, "--json", "-").output)[0]["elapsed_s"] < 0.3
    many = replay("run", slow, files / "a.replay.toml", "--speed", "1x", "--jobs", 2, "--json", "-")
    assert json.loads(many.output)[0]["elapsed_s"] >= 0.3
    result = CliRunner().invoke(main, ["replay", "run", str(slow), "--speed", "step"], input="\n")
    assert "Enter goes on" in result.output and "S I G N" in result.output
    assert (0, 2) == (result.exit_code, replay("run", slow, "--speed", "step", "--jobs", 2).exit_code)


def test_a_run_step_by_step_ends_with_its_input(files: Path) -> None:
    """It could not go on, which is no difference."""
    result = replay("run", files / "a.replay.toml", "--speed", "step")
    assert (2, True) == (result.exit_code, "stopped after step 1: no Enter came" in result.output)


def test_a_report_goes_where_it_can(tmp_path: Path) -> None:
    """JSON in UTF-8 whatever the terminal has, rows as far as they can be written, nothing to a closed stream."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("SIGN", "screen = '''\n€\n'''"))
    runner = CliRunner(charset="latin-1")
    printed = runner.invoke(main, ["replay", "run", str(file), "--json", "-"])
    assert "€" in json.loads(printed.stdout_bytes)[0]["played"][0]["step"]["expected"]["screen"]
    assert b"?" in runner.invoke(main, ["replay", "run", str(file)]).stdout_bytes
    assert not is_drawn(None)


def test_help_names_every_command() -> None:
    """And each of them has help of its own."""
    told = replay("--help").output
    for name in [
        "against",
        "approve",
        "bench",
        "diff",
        "export",
        "fork",
        "history",
        "import",
        "load",
        "record",
        "run",
        "show",
    ]:
        assert f"  {name} " in told
        assert replay(name, "--help").exit_code == 0


def test_two_scenarios_are_compared(files: Path) -> None:
    """Step by step; those that one has and the other has not count as well."""
    result = replay("diff", files / "a.replay.toml", files / "b.replay.toml")
    assert result.exit_code == 1
    assert f"step 2 differs: only {files / 'b.replay.toml'} has it" in result.output


def test_a_load_tells_throughput_percentiles_and_errors(tmp_path: Path) -> None:
    """Throughput, percentiles a step, errors; as text, as JSON, as CSV."""
    vary = tmp_path / "v.csv"
    vary.write_text("source,target,amount\n10020011,20030022,0.01\n20030022,10020011,0.01\n")
    report, table = tmp_path / "r.json", tmp_path / "r.csv"
    file = SCENARIOS / "transfer.replay.toml"
    result = replay(
        "load",
        file,
        "--sessions",
        8,
        "--ramp",
        0.1,
        "--seconds",
        0.5,
        "--vary",
        vary,
        "--json",
        report,
        "--csv",
        table,
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(report.read_bytes())
    assert figures["errors"] == 0 and figures["steps_per_s"] > 0
    assert figures["steps"] == sum(step["count"] for step in figures["by_step"])
    with table.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[0]["p50_ms"]) <= float(rows[0]["p99_ms"])


def test_what_goes_wrong_under_load_is_counted(tmp_path: Path) -> None:
    """By step, in the words of the terminal; a CSV must name fields the scenario fills."""
    file = tmp_path / "x.replay.toml"
    file.write_text(scenario_text("BOOM", "", "do = 'enter'"))
    result = replay("load", file, "--sessions", 2, "--seconds", 0.1)
    assert result.exit_code == 1
    assert "BOOM abend ASRA" in result.output
    (tmp_path / "v.csv").write_text("nobody\n1\n")
    assert "the scenario fills no field 'nobody'" in replay("load", file, "--vary", tmp_path / "v.csv").output


def test_an_s3270_script_goes_out_and_comes_back(tmp_path: Path) -> None:
    """What is imported again shows the same screens."""
    exported = replay("export", "--s3270", SCENARIOS / "transfer.replay.toml", "--screens")
    assert 'MoveCursor1(6,19)\nDeleteField()\nString("10020011")' in exported.output
    script, again = tmp_path / "x.s3270", tmp_path / "x.replay.toml"
    script.write_text(exported.output)
    assert replay("import", script, again, "--transaction", "XFER").exit_code == 0
    assert replay("run", again).exit_code == 0
    assert "5.25 posted from 10020011 to 20030022" in again.read_text()


WSIM = """/* A transfer,
   as a script */
xfer: msgtxt
  Type 'XFER'
  Transmit using Enter
  Cursor(6,19) ; Erase EOF ; Type '10020011'
  Tab
  Type "20030022"
  Cursor(8,19)
  Type amount
  Transmit using ENTER and wait until onin
  Delay(2)
  Transmit using PF5
endtxt
"""


def test_a_wsim_script_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type, Cursor, Erase EOF, Transmit using a key; a name becomes `$NAME`."""
    monkeypatch.setenv("AMOUNT", "7.25")
    script, file = tmp_path / "x.wsim", tmp_path / "x.replay.toml"
    script.write_text(WSIM)
    assert replay("import", script, file).exit_code == 0
    assert "type $AMOUNT" in file.read_text()
    assert "7.25 posted from 10020011 to 20030022" in file.read_text()
    assert replay("import", script, file).exit_code == 2


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("Enter()\nEntr()\n", 2, "did you mean enter?"),
        ('String("x"\n', 1, "expected"),
        ("PF(25)\n", 1, "its arguments are not understood"),
        ("Type 'x'\nTransmit using PF33\n", 2, "unknown key 'PF33'"),
        ("Transmit\nErase EOG\n", 2, "did you mean erase eof?"),
        ("Ascii()\n", 0, "nothing in it that is done at a terminal"),
    ],
)
def test_a_script_that_is_not_understood_is_told(text: str, line: int, told: str) -> None:
    """With its line."""
    read = from_wsim if kind_of(text) == "wsim" else from_s3270
    with pytest.raises(ScenarioError) as caught:
        read(Path("x"), text)
    assert (caught.value.line, told in caught.value.problem) == (line, True), caught.value


def test_strings_of_a_script_are_taken_apart() -> None:
    """Keys within a string, and characters that mean something in a scenario."""
    scenario = from_s3270(
        Path("x"), r'String("a\tb$\n") PA(2) Wait(2,seconds) String("$NAME") MoveCursor(0,5) Enter'
    )
    told = [[write(action) for action in step.actions] for step in scenario.steps]
    assert told == [
        [],
        ["type a", "tab", "type b$", "enter"],
        ["pa2"],
        ["wait 2s", "type $$NAME", "cursor 1,6", "enter"],
    ]


def test_the_bench_measures(tmp_path: Path) -> None:
    """Steps a second of core and store, and of against with its memory."""
    result = replay("bench", SCENARIOS / "inquiry-mistakes.replay.toml", "--seconds", 0.1, "--steps", 50)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["run --via core", "run --via store", "against"]
    assert "60 of 60 stored steps" in lines[2] and "60 the same" in lines[2] and "MiB" in lines[2]


def pytest_on(folder: Path, *arguments: str, within: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A run of pytest on a folder of scenarios, `within` the current folder."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-q",
            "-c",
            os.devnull,
            *arguments,
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=within,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_the_plugin_collects_and_updates(files: Path) -> None:
    """A test a driver, the screen difference as its failure, and --replay-update to take over what differs."""
    (files / "c.replay.toml").unlink()
    run = pytest_on(files, "--replay-via", "core", "--replay-via", "store")
    assert run.returncode == 1
    assert "2 failed, 2 passed" in run.stdout
    assert "b.replay.toml via core" in run.stdout and "^^^" in run.stdout and "Traceback" not in run.stdout
    assert "2 passed" in pytest_on(files, "--replay-update").stdout
    assert "2 passed" in pytest_on(files).stdout


OWN = """from monitor import Finish, Outcome, Task, transaction


@transaction("OWN1")
async def own(task: Task[None]) -> Outcome:
    return Finish()
"""


def test_the_plugin_finds_programs_beside_the_settings(tmp_path: Path) -> None:
    """Those of the current folder, or those that are named; settings that are not there are told in a line."""
    (tmp_path / "own_programs.py").write_text(OWN)
    settings = tmp_path / "entracte.toml"
    settings.write_text('programs = ["own_programs"]')
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "x.replay.toml").write_text('format = 1\ntransaction = "OWN1"\n[[step]]\nabend = ""\n')
    for run in (pytest_on(folder, within=tmp_path), pytest_on(folder, "--replay-settings", str(settings))):
        assert "1 passed" in run.stdout, run.stdout
    told = pytest_on(folder, "--replay-settings", str(tmp_path / "none.toml")).stdout
    assert "none.toml cannot be read" in told and "Traceback" not in told and "load_settings" not in told


@pytest.mark.parametrize("command", [("show",), ("export", "--s3270")])
def test_a_file_that_is_there_is_written_over_only_when_told(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """And the scenario itself never, by whatever name."""
    file, link, output = (tmp_path / name for name in ("x.replay.toml", "link", "out"))
    text = scenario_text("SIGN", "")
    file.write_text(text)
    link.symlink_to(file)
    output.write_text("kept")
    told = replay(*command, file, "--output", output)
    assert (told.exit_code, "is there already; --force writes over it" in told.output) == (2, True)
    assert "kept" == output.read_text()
    for itself in (file, link):
        told = replay(*command, file, "--force", "--output", itself)
        assert (told.exit_code, "is the scenario itself" in told.output) == (2, True)
    assert text == file.read_text()
    assert replay(*command, file, "--force", "--output", output).exit_code == 0
    assert "kept" != output.read_text()
    assert replay(*command, file, "--output", "/dev/null").exit_code == 0
    assert replay(*command, file, "--output", "-").output == replay(*command, file).output
    assert not Path("-").exists()

"""Scripts of other terminals: what becomes of their actions, and what is told of those that become nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.settings import Settings
from screens.replay.actions import Type, write
from screens.replay.exporting import to_s3270
from screens.replay.faults import ScenarioError
from screens.replay.foreign import from_s3270, from_wsim, kind_of, script_string
from screens.replay.reading import load_scenario, read_scenario
from screens.replay.scenario import Scenario
from tests.replay.scenarios import scenario_text

SCRIPT = Path("x.script")


def read(text: str) -> Scenario:
    """The scenario of a script in the language it seems to be in."""
    return (from_wsim if kind_of(text) == "wsim" else from_s3270)(SCRIPT, text)


@pytest.mark.parametrize(
    ("script", "written"),
    [
        ("MoveCursor(100)", "cursor 2,21"),
        ("MoveCursor(-3,5)", "cursor 1,6"),
        ("MoveCursor1(1000,5)", "cursor 24,5"),
        ("Mov(3,4)", None),
        ("MoveCursor1(3,4)", "cursor 3,4"),
        ("Key(space)", 'type " "'),
        ("Key(0x41)", "type A"),
        ("ToggleInsert", "insert"),
        ("ToggleI", "insert"),
        ("PF(03)", "pf3"),
        ("Wait(0.0000001,seconds)", "wait 0s"),
        ("Wait(1.5,Seconds)", "wait 1.5s"),
        ("Wait(5,Output) Tab", "tab"),
        ("Delay(0.0000001)\nTransmit", "wait 0s"),
        ("Type 'a /* not a comment */ b'\nTransmit", "type a /* not a comment */ b"),
        ("/* it's\n */ Type \"it's /* x\" /* one */\nTransmit", "type it's /* x"),
    ],
)
def test_an_action_is_what_it_means_there(script: str, written: str | None) -> None:
    """As the scripted terminal and WSim take it; names may be cut short while they are not ambiguous."""
    if written is None:
        with pytest.raises(ScenarioError, match="ambiguous action 'Mov': movecursor, movecursor1"):
            read(script)
    else:
        assert write(read(script).steps[1].actions[0]) == written


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("Wait(inf,seconds)", "inf is not a time"),
        ("Wait(nan,seconds)", "nan is not a time"),
        ("Wait(-5,seconds)", "-5 is not a time"),
        ("Wait(1e12,seconds)", "1e12 is not a time"),
        ("Delay(99999999999)\nTransmit", "99999999999 is not a time"),
        ('String("\\ud800")', "Invalid character \\ud800"),
        ("Key(U+110000)", "invalid name: U+110000"),
        ("MoveCursor(1920)", "1920 is not on a display"),
        ("PF(\uff11)", "its arguments are not understood"),
        ("MoveCursor(1_0)", "is not a number in the digits 0 to 9"),
        ("Wait(\uff11,seconds)", "is not a number in the digits 0 to 9"),
        ("Delay(\uff11)\nTransmit", "unknown statement"),
        ("Cursor(1000,5)\nTransmit", "1000,5 is not on a display"),
        ("Cursor(0,5)\nTransmit", "0,5 is not on a display"),
    ],
)
def test_what_no_scenario_can_do_is_told(script: str, told: str) -> None:
    """With the script's line."""
    with pytest.raises(ScenarioError) as caught:
        read(f"\n{script}")
    assert (caught.value.file, caught.value.line) == (SCRIPT, 2)
    assert told in caught.value.problem


def imported(folder: Path, script: str, *options: str) -> Result:
    """`entracte replay import` of a script, on the tests' programs."""
    (folder / "x.script").write_text(script, "utf-8")
    (folder / "entracte.toml").write_text('programs = ["tests.replay.programs"]')
    files = (str(folder / "x.script"), str(folder / "x.replay.toml"))
    settings = ("--settings", str(folder / "entracte.toml"))
    return CliRunner().invoke(main, ["replay", "import", *files, *settings, *options])


def test_nothing_is_left_of_a_script_that_cannot_be_played(tmp_path: Path) -> None:
    """What it types into a hidden field is not written; the script's line is told."""
    result = imported(tmp_path, 'String("ann\\tsecret")\nEnter', "--transaction", "sign")
    assert result.exit_code == 2
    assert f"{tmp_path / 'x.script'}:1: what is typed here is not displayed" in result.output
    assert not (tmp_path / "x.replay.toml").exists()


def test_it_is_written_unplayed_when_asked_for(tmp_path: Path) -> None:
    """As it stands."""
    assert imported(tmp_path, 'String("ann\\tsecret")\nEnter', "--empty").exit_code == 0
    assert "secret" in (tmp_path / "x.replay.toml").read_text()


def test_a_transaction_that_is_none_is_refused(tmp_path: Path) -> None:
    """Before anything is written."""
    assert "is not a transaction id" in imported(tmp_path, "Enter", "--transaction", "toolong").output
    assert not (tmp_path / "x.replay.toml").exists()


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """Neither of a script nor of a scenario."""
    assert imported(tmp_path, "\ufeffEnter()", "--transaction", "SIGN").exit_code == 0
    file = tmp_path / "x.replay.toml"
    file.write_text("\ufeff" + file.read_text())
    assert len(load_scenario(file).steps) == 2


def test_a_comment_of_a_script_is_one_line() -> None:
    """Whatever a title or a note has in it; and a long wait is written in full."""
    header = 'title = "One\\nEnter()"\nuser = "A\\nB"'
    text = scenario_text("SIGN", 'note = "Two\\nClear()"\ndo = "wait 1234567.25s"', header=header)
    script = asyncio.run(to_s3270(read_scenario(SCRIPT, text), Settings()))
    assert script.splitlines() == [
        "# One Enter()",
        "# terminal T001, user A B",
        "# step 1: Two Clear()",
        "Wait(1234567.25,seconds)",
    ]


@pytest.mark.parametrize("text", ["x\\", 'a\\"b', "a\\b", '"', "\\u0041", "\\\\", 'it"s', "café"])
def test_any_text_goes_out_and_comes_back(text: str) -> None:
    """Backslashes and quotes, wherever they stand."""
    assert write(read(script_string(text)).steps[1].actions[0]) == write(Type(text))


def test_a_string_is_one_line() -> None:
    """Of a text that no terminal takes either."""
    assert script_string("a\nEnter()") == r'String("a\u000aEnter()")'

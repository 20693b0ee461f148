"""Sessions become scenarios: stored ones, and those worked now."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.clock import VirtualClock
from monitor.recall import Filter, conversations, steps_of
from monitor.settings import Settings
from monitor.startup import open_region
from monitor.units import unit_name
from screens.keys import Key
from screens.replay.actions import parse
from screens.replay.commands.record import live
from screens.replay.loading import RegionDriver
from screens.replay.playing import Player
from screens.replay.running import run_file
from screens.replay.scenario import Scenario
from screens.replay.secrets import Secrets
from screens.replay.writing import check_writable, text_of_scenario

PROGRAMS = ("tests.replay.programs", "transactions.bank", "transactions.diagnostic")
LONG_AGO = datetime(2011, 12, 13, 14, 15, 16, 171000, tzinfo=UTC)


async def work(region: Any, _: Any, terminal: str, lines: Sequence[str] = ()) -> None:
    """Do actions at a terminal of a region."""
    driver = RegionDriver(region, terminal, 24, 80)
    await driver.open()
    player = Player(Scenario(Path("x"), ()), driver, Secrets({"PASSWORD": "open", "LONG": "longlong"}))
    for line in lines:
        await player.perform(parse(line))


def store_with(
    folder: Path, *lines: str, transid: str = "SIGN", terminal: str = "T001", moment: datetime = LONG_AGO
) -> Settings:
    """A store in which a terminal did something, on a day of the past."""
    settings = Settings(
        store=str(folder / "x.db"), programs=PROGRAMS, good_morning_transid=transid, user="ANN"
    )

    async def run() -> None:
        async with open_region(settings, clock=VirtualClock(moment)) as region:
            await work(region, None, terminal, lines)

    asyncio.run(run())
    return settings


def entracte(settings: Settings, *arguments: str) -> Result:
    """The console command on a store."""
    return CliRunner(
        env={"ENTRACTE_PROGRAMS": ",".join(PROGRAMS), "ENTRACTE_GOOD_MORNING_TRANSID": "SIGN"}
    ).invoke(main, ["replay", *arguments, "--store", settings.store])


def only_conversation(settings: Settings) -> str:
    """The name of the conversation of a store that has one."""
    with closing(sqlite3.connect(settings.store)) as database:
        (found,) = conversations(database, Filter())
    return unit_name(found.id)


SESSION = (
    "field name = ann",
    "field password = $PASSWORD",
    "enter",
    "pa1",
    "type xy",
    "cursor 5,5",
    "enter",
    "field name =",
    "pf12",
    "pf3",
)


def test_a_stored_conversation_becomes_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It plays back the same today, and no secret is in it."""
    settings = store_with(tmp_path, *SESSION)
    file = tmp_path / "x.replay.toml"
    monkeypatch.setenv("PASSWORD", "open")
    result = entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    assert result.output.endswith("6 steps recorded\n  it plays back the same\n"), result.output
    text = file.read_text()
    assert "field password = $PASSWORD" in text
    assert "open" not in text.replace("$PASSWORD", "")
    assert "starts = 2011-12-13T14:15:16" in text
    for via in ("core", "store"):
        assert run_file(file, settings, via).verdict == 0


def test_the_cursor_after_a_hidden_field_is_written(tmp_path: Path) -> None:
    """How long the text was is not stored, so where it left the cursor cannot be known."""
    settings = store_with(tmp_path, "field password = $PASSWORD", "enter", "field password = $LONG", "enter")
    file = tmp_path / "x.replay.toml"
    entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    typed = "field password = $PASSWORD\n"
    assert f"{typed}cursor 4,23\nenter" in file.read_text()
    assert f"{typed}cursor name\nenter" in file.read_text()


def test_a_hidden_field_that_was_emptied_is_emptied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it had nothing in it is no secret; the one typed before is not sent in its place."""
    settings = store_with(tmp_path, "field password = $PASSWORD", "enter", "field password =", "enter")
    file = tmp_path / "x.replay.toml"
    monkeypatch.setenv("PASSWORD", "open")
    result = entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    assert "it plays back the same" in result.output
    assert 1 == file.read_text().count("$PASSWORD")


@pytest.mark.parametrize(
    ("worked", "written"),
    [
        (("cursor trigger", "type 100200111000"), ("field trigger = 100200111000",)),
        (("cursor trigger", "type 10", "tab"), ("field trigger = 10", "cursor plain", "enter")),
        (
            ("field trigger = 10", "cursor plain", "pf5", "field plain = x", "cursor trigger", "pf5"),
            ("field plain = x", "cursor trigger", "pf5"),
        ),
        (
            ("cursor plain", "type x", "cursor trigger", "type 100200111000"),
            ("field plain = x", "field trigger = 100200111000"),
        ),
    ],
    ids=["full", "left", "passed by", "last"],
)
def test_a_trigger_field_sends_once(
    tmp_path: Path, worked: tuple[str, ...], written: tuple[str, ...]
) -> None:
    """What sent by itself does so when it is played, and nothing else sends."""
    settings = store_with(tmp_path, *worked, transid="DIAG")
    file = tmp_path / "x.replay.toml"
    result = entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    assert "it plays back the same" in result.output
    assert (
        "".join(f"{line}\n" for line in written) == file.read_text().rsplit("do = '''\n")[-1].split("'''")[0]
    )


def test_input_that_was_erased_is_erased_again(tmp_path: Path) -> None:
    """Fields that were modified on the screen are not sent in its place."""
    settings = store_with(tmp_path, "eraseinput", "field must_enter = x", "enter", transid="DIAG")
    file = tmp_path / "x.replay.toml"
    result = entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    assert "it plays back the same" in result.output
    assert "do = '''\neraseinput\nfield must_enter = x\nenter\n'''" in file.read_text()


def test_a_wide_session_is_recorded_as_one(tmp_path: Path) -> None:
    """The display has room for its largest screen; so it plays in a window."""
    settings = store_with(tmp_path, "field code = x", "enter", transid="WIDE")
    file = tmp_path / "x.replay.toml"
    entracte(settings, "record", str(file), "--conversation", only_conversation(settings))
    assert 'screen = "27x132"\n' in file.read_text()
    assert (0, "") == ((report := run_file(file, settings, "ui")).verdict, report.trouble)


def test_a_conversation_that_began_on_a_screen_begins_with_its_code(tmp_path: Path) -> None:
    """What else was typed there cannot be played, and is told."""
    settings = store_with(tmp_path, "enter", "field code = wide 7", "enter", "enter", transid="WIDE")
    with closing(sqlite3.connect(settings.store)) as database:
        name = unit_name(max(one.id for one in conversations(database, Filter())))
    file = tmp_path / "x.replay.toml"
    told = entracte(settings, "record", str(file), "--conversation", name).output
    assert "it began on a screen with fields" in told and "it plays back the same" in told
    assert "do = '''\ntype wide 7\nenter\n'''" in file.read_text()


def test_a_session_worked_now_becomes_a_scenario(tmp_path: Path) -> None:
    """On a store of its own, over several conversations, with the time of every step."""

    async def console(region: Any, decoder: Any, terminal: str) -> None:
        await work(
            region, decoder, terminal, ["enter", "pf3", "type xfer", "enter", "field amount = 1", "enter"]
        )

    settings = Settings(programs=PROGRAMS, good_morning_transid="SIGN")
    file = tmp_path / "x.replay.toml"
    scenario = live(settings, "T7", file, console)
    file.write_text(text_of_scenario(scenario))
    report = run_file(file, settings, "core")
    assert (report.verdict, len(report.played)) == (0, 5)
    assert (scenario.transaction, scenario.terminal) == ("SIGN", "T7")


def test_what_had_begun_before_the_recording_is_left_out(tmp_path: Path) -> None:
    """On a store in use, the scenario begins with the first conversation that began meanwhile."""
    settings = store_with(tmp_path, "enter")

    async def console(region: Any, decoder: Any, terminal: str) -> None:
        await work(region, decoder, terminal, ["enter", "pf3", "type boom", "enter"])

    scenario = live(settings, "T001", tmp_path / "x.replay.toml", console, on_store=True)
    assert [step.note for step in scenario.steps] == ["BOOM: converse"]
    assert scenario.transaction == ""


@pytest.mark.parametrize("options", [(), ("--conversation", "1-3")], ids=["now", "stored"])
@pytest.mark.parametrize("folder", ["nowhere", "x.db"])
def test_a_file_that_cannot_be_written_is_told_before_the_session(
    tmp_path: Path, folder: str, options: tuple[str, ...]
) -> None:
    """Nothing is worked through in vain; what is there stays as it is."""
    settings = store_with(tmp_path, "enter")
    told = entracte(settings, "record", str(tmp_path / folder / "x.replay.toml"), *options)
    assert (2, True) == (told.exit_code, "x.replay.toml cannot be written (" in told.output)
    assert "in a folder that is there" in told.output


def test_a_check_that_a_file_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Neither the file nor another."""
    check_writable(tmp_path / "x.replay.toml")
    assert [] == list(tmp_path.iterdir())


def test_the_history_is_listed_and_filtered(tmp_path: Path) -> None:
    """Conversations with their last step; the steps of one with what came in."""
    settings = store_with(tmp_path, *SESSION)
    store_with(tmp_path, "enter", transid="BOOM", terminal="T002")
    assert [line.split()[3] for line in entracte(settings, "history").output.splitlines()] == ["T002", "T001"]
    assert entracte(settings, "history", "--abended").output.split()[3] == "T002"
    assert entracte(settings, "history", "--state", "ended").output.split()[3] == "T001"
    assert entracte(settings, "history", "--terminal", "T9").output == "no conversations\n"
    one = entracte(settings, "history", "--terminal", "T001").output.split()[0]
    steps = entracte(settings, "history", one).output
    assert len(steps.splitlines()) == 6
    assert "password='********'" in steps
    assert "is not a conversation" in entracte(settings, "history", "x").output
    assert "there is no conversation 9-9" in entracte(settings, "history", "9-9").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", "1-99999999999999999999"),
        ("show", "1-9999999999999999999"),
        ("fork", "1-9999999999999999999", "9"),
        ("record", "new.replay.toml", "--conversation", "99999999999-1"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_number_no_region_gives_is_no_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """It is told as such, however large it is."""
    settings = store_with(tmp_path, "enter")
    monkeypatch.chdir(tmp_path)
    told = entracte(settings, *arguments)
    assert (2, True) == (told.exit_code, "is not a conversation" in told.output)


@pytest.mark.parametrize(
    ("since", "listed"),
    [("2011-12-13", 1), ("2011-12-13T14:15:16", 1), ("2011-12-13T15:15:16+01:00", 1), ("2011-12-14", 0)],
)
def test_the_history_is_listed_since_a_time(tmp_path: Path, since: str, listed: int) -> None:
    """A day, a moment, or one somewhere else; in UTC if it does not say."""
    told = entracte(store_with(tmp_path, "enter"), "history", "--since", since).output
    assert listed == told.count("T001")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "2026-99-99"), "--since 2026-99-99 is no time"),
        (("--since", "0001-01-01T00:00+05:00"), "is no time"),
        (("1-1", "--user", "X"), "leave out its id, or the filters"),
        (("--last", "99999999999999999999"), "is not in the range"),
    ],
)
def test_a_filter_that_cannot_be_is_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """It is a mistake, not a history without conversations."""
    told = entracte(store_with(tmp_path, "enter"), "history", *arguments)
    assert (2, True) == (told.exit_code, words in told.output)


def test_a_fork_goes_on_from_an_earlier_step(tmp_path: Path) -> None:
    """A conversation of its own, with the area and the screen of then; the old one stays as it is."""
    settings = store_with(tmp_path, "enter", "enter", "enter", moment=datetime.now(UTC))
    name = only_conversation(settings)
    result = entracte(settings, "fork", name, "2", "--terminal", "T9")
    assert "stands after step 2 on terminal T9" in result.output

    async def go_on() -> str:
        async with open_region(settings) as region:
            driver = RegionDriver(region, "T9", 24, 80)
            await driver.open()
            await driver.press(Key.ENTER)
            return driver.space.row_text(4)

    assert ", 2, " in asyncio.run(go_on())
    with closing(sqlite3.connect(settings.store)) as database:
        found = conversations(database, Filter())
        assert [(one.terminal, one.steps) for one in found] == [("T9", 3), ("T001", 4)]
        assert [step.number for step in steps_of(database, found[0].id)] == [1, 2, 3]
    assert (
        "a conversation is open on terminal T9"
        in entracte(settings, "fork", name, "1", "--terminal", "T9").output
    )
    assert "has no step 7; kept are 1 to 4" in entracte(settings, "fork", name, "7").output


def test_a_fork_of_what_is_older_than_what_is_kept(tmp_path: Path) -> None:
    """The step is not deleted by the very command that asks for it."""
    old = datetime.now(UTC) - timedelta(days=200)
    settings = store_with(tmp_path, "enter", "enter", moment=old)
    result = entracte(settings, "fork", only_conversation(settings), "1", "--terminal", "T9")
    assert "stands after step 1 on terminal T9" in result.output


def test_screens_are_shown(tmp_path: Path) -> None:
    """A film strip of a file and of a stored conversation, as text, as a page, as a picture."""
    settings = store_with(tmp_path, *SESSION)
    name = only_conversation(settings)
    text = entracte(settings, "show", name, "--attributes").output
    assert text.count("== step ") == 6
    assert "> field password = $PASSWORD" in text
    assert "Password . . . . ********" in text
    assert "unprotected dark" in text
    html = entracte(settings, "show", name, "--html").output
    assert html.startswith("<!doctype html>") and html.count("<section>") == 6
    svg = entracte(settings, "show", name, "--svg").output
    assert svg.count("<svg ") == 7
    file = tmp_path / "x.replay.toml"
    entracte(settings, "record", str(file), "--conversation", name)
    assert "expected" not in entracte(settings, "show", str(file), "--expected").output
    assert entracte(settings, "diff", name, name).exit_code == 0

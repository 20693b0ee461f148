"""Scenarios played: actions, expectations, secrets, interruptions and time, through every driver."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.settings import Settings
from screens.replay.playing import Way, player_of
from screens.replay.reading import read_scenario
from tests.replay.scenarios import HEADER, played, problems, scenario_text

SIGN = "do = '''\nfield name = ann\nfield password = $PASSWORD\nenter\n'''"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "open")


@pytest.mark.parametrize("via", ["core", "store", "ui"])
def test_a_session_survives_whatever_happens_to_it(via: str) -> None:
    """Killed, restarted and disconnected, it goes on; the count in its area is right."""
    report = played(
        scenario_text(
            "SIGN",
            f"{SIGN}\ncursor = 'name'\nfields = {{ name = 'ann' }}\ncontains = ['right, 1']",
            "do = '''\nkill\nenter\n'''\ncontains = [', 2']",
            "do = '''\nrestart\nenter\nkill\n'''\ncontains = [', 3']",
            "do = '''\ndisconnect\nenter\n'''\ncontains = [', 4']\nrows = { step = 5 }\nabend = ''",
        ),
        via,
    )
    assert (problems(report), report.trouble, report.verdict) == ([], "", 0)


def test_all_drivers_show_the_same_screens() -> None:
    """Rows, attributes and cursor, random numbers and time included."""
    text = scenario_text(
        "SIGN",
        "",
        SIGN,
        "do = '''\nwait 90s\nkill\nenter\npa1\n'''",
        "do = 'enter'",
        "do = 'pf3'",
        header="seed = 5",
    )
    reports = [played(text, via) for via in ("core", "store", "ui")]
    looks = [
        [(step.seen.rows, step.seen.attributes, step.seen.cursor) for step in report.played]
        for report in reports
    ]
    assert looks[0] == looks[1] == looks[2]
    assert len(looks[0]) == 5


@pytest.mark.parametrize("via", ["core", "store", "ui"])
@pytest.mark.parametrize("text", ["€£¥×÷–—…", "°±“”’µß", "a b.c-_", "!#%&'()*", "{}[]~^`|", "<>=?@+/:"])
def test_every_driver_types_every_character(via: str, text: str) -> None:
    """Also those that keys have no names for."""
    step = f"do = '''\nfield name = {text}\nenter\n'''\nfields = {{ name = \"{text}\" }}"
    report = played(scenario_text("SIGN", step), via)
    assert (problems(report), report.trouble) == ([], "")


def test_the_clock_is_the_scenarios() -> None:
    """It begins when the file says, stands still, and moves by `wait` and `time`."""
    report = played(
        scenario_text(
            "SIGN",
            "do = 'enter'\nfields = { moment = '2030-01-01T00:00:00' }",
            "do = '''\nwait 1h\nenter\n'''\nfields = { moment = '2030-01-01T01:00:00' }",
            "time = 2030-01-05T00:00:00Z\ndo = 'enter'\nfields = { moment = '2030-01-05T00:00:00' }",
            header="starts = 2030-01-01T00:00:00Z",
        )
    )
    assert (problems(report), report.trouble) == ([], "")


def test_a_replay_draws_the_same_again() -> None:
    """Another seed draws something else."""
    text = scenario_text("SIGN", "do = 'enter'")
    said = [
        played(one).played[0].seen.fields["said"]
        for one in (text, text, text.replace("\n\n", "\nseed = 9\n\n", 1))
    ]
    assert said[0] == said[1] != said[2]


def test_a_dark_field_is_a_run_of_asterisks() -> None:
    """Of the field's length, whatever is in it."""
    seen = played(scenario_text("SIGN", SIGN)).played[0].seen
    assert seen.rows[3] == " Password . . . . ********"
    assert "open" not in str(seen)


@pytest.mark.parametrize("action", ["field password = open", "cursor password\ntype open"])
def test_a_dark_field_takes_only_a_name(action: str) -> None:
    """A secret is never written into a scenario."""
    report = played(scenario_text("SIGN", f"do = '''\n{action}\n'''"))
    assert "use `$NAME`" in report.trouble
    assert report.verdict == 2


def test_a_secret_without_a_value_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that wants it."""
    monkeypatch.delenv("PASSWORD")
    assert "x.replay.toml:9: $PASSWORD has no value" in played(scenario_text("SIGN", SIGN)).trouble


def test_secrets_are_in_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the scenario; the environment comes first."""
    (tmp_path / "secrets.toml").write_text('PASSWORD = "open"')
    text = scenario_text("SIGN", f"{SIGN}\ncontains = ['right']", header='secrets = "secrets.toml"')
    monkeypatch.delenv("PASSWORD")
    assert played(text, file=tmp_path / "x.replay.toml").verdict == 0
    monkeypatch.setenv("PASSWORD", "shut")
    assert played(text, file=tmp_path / "x.replay.toml").verdict == 1


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("field nam = x", "the screen has no field 'nam': did you mean name?"),
        ("cursor 25,1", "25,1 is not on a screen of 24 rows of 80"),
        ("field name = 123456789", "'123456789' has 9 characters, the field 8"),
        ("cursor 1,10\ntype x", "the keyboard is locked at 1,10: X Protected"),
        ("field password = $SECRET_NOBODY_SET", "$SECRET_NOBODY_SET has no value"),
    ],
)
def test_an_action_that_cannot_be_done_is_told(action: str, told: str) -> None:
    """With file and line; the rest is not run."""
    line = 7 + action.count("\n")
    report = played(scenario_text("SIGN", f"do = '''\n{action}\n'''", "do = 'enter'"))
    assert f"x.replay.toml:{line + 1}: {told}" in report.trouble
    assert (report.verdict, len(report.played)) == (2, 0)


@pytest.mark.parametrize("via", ["core", "store"])
def test_a_fixture_ends_its_transaction(tmp_path: Path, via: str) -> None:
    """One that does not is told, by every driver."""
    (tmp_path / "more.sql").write_text("BEGIN; DELETE FROM region;")
    text = scenario_text("SIGN", "", header='fixture = "more.sql"')
    told = played(text, via, tmp_path / "x.replay.toml").trouble
    assert "more.sql leaves a transaction open: end it with COMMIT" in told


def test_every_input_of_a_step_may_abend() -> None:
    """Not only the last one."""
    steps = "do = '''\nenter\nclear\n'''\nabend = ''", "abend = ''"
    assert problems(played(scenario_text("BOOM", "", *steps))) == ["2 abend: expected none, found ASRA"]


def test_the_clock_has_an_end() -> None:
    """A wait past it is told."""
    text = scenario_text("SIGN", "do = 'wait 1d'", header="starts = 9999-12-31T23:59:59Z")
    assert "x.replay.toml:7: the clock would go past the year 9999" in played(text).trouble


def test_a_wait_that_is_kept_does_not_count() -> None:
    """The limit of a step is for what it does."""
    limits: list[float | None] = []
    scenario = read_scenario(Path("x"), scenario_text("SIGN", "do = '''\nwait 1d\nenter\n'''"))

    async def play() -> None:
        async def pace(_: float) -> None:
            assert player._limit is not None
            limits.append(player._limit.when())

        async with player_of(scenario, Way(Settings(), pace=pace)) as player:
            await player.play(1, scenario.steps[0])

    asyncio.run(play())
    assert [None] == limits


@pytest.mark.parametrize("via", ["core", "ui"])
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("field trigger = 100200111000\nenter", "has sent Enter: take out `enter`"),
        ("cursor trigger\ntype 100200111000\nenter", "has sent Enter: take out `enter`"),
        ("field trigger = 10\nfield plain = x\nenter", "has sent Enter: fill that field last"),
    ],
)
def test_what_a_trigger_field_sends_is_not_sent_again(via: str, lines: str, told: str) -> None:
    """A scenario that would send twice without saying so is not played on."""
    programs = HEADER.replace("tests.replay.programs", "transactions.diagnostic")
    text = scenario_text("DIAG", "", f"do = '''\n{lines}\n'''").replace(HEADER, programs)
    assert told in played(text, via).trouble


def test_a_table_that_is_not_there_is_told() -> None:
    """With the nearest one."""
    report = played(scenario_text("SIGN", "rows = { stepp = 1 }"))
    assert "there is no table 'stepp': did you mean step?" in report.trouble


def test_the_rows_of_a_table_with_an_odd_name_are_counted(tmp_path: Path) -> None:
    """One that SQL has its own use for."""
    (tmp_path / "odd.sql").write_text('CREATE TABLE "order" (id);')
    text = scenario_text("SIGN", "rows = { order = 1 }", header='fixture = "odd.sql"')
    report = played(text, file=tmp_path / "x.replay.toml")
    assert (problems(report), report.trouble) == (["1 rows order: expected 1, found 0"], "")


@pytest.mark.parametrize("via", ["core", "store"])
def test_an_abend_is_expected_by_its_code(via: str) -> None:
    """The screen stays, with a line that says so."""
    report = played(
        scenario_text("BOOM", "", "do = 'enter'\nabend = 'ASRA'\ncontains = ['BOOM abend ASRA']"), via
    )
    assert (problems(report), report.trouble) == ([], "")
    assert problems(played(scenario_text("BOOM", "", "do = 'enter'"))) == [
        "2 abend: expected none, found ASRA"
    ]


def test_a_fixture_is_loaded(tmp_path: Path) -> None:
    """Through core and store."""
    (tmp_path / "more.sql").write_text("INSERT INTO region (started, process) VALUES ('then', 'them');")
    text = scenario_text("SIGN", "rows = { region = 1 }", header='fixture = "more.sql"')
    assert played(text, file=tmp_path / "x.replay.toml").verdict == 0
    stored = text.replace("region = 1", "region = 2")
    assert played(stored, "store", tmp_path / "x.replay.toml").verdict == 0
    (tmp_path / "more.sql").write_text("INSERT INTO nowhere VALUES (1);")
    assert "no such table: nowhere" in played(text, file=tmp_path / "x.replay.toml").trouble


def test_the_clock_never_goes_back() -> None:
    """A step at a time that is over cannot be run."""
    report = played(scenario_text("SIGN", "do = 'wait 1h'", "time = 2026-01-02T03:04:06Z"))
    assert "x.replay.toml:9: the clock says 2026-01-02T04:04:05+00:00 already" in report.trouble

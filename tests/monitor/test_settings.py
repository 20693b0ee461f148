"""Settings: one file, overrides from the environment, and every mistake told with what was meant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.limits import Limits
from monitor.settings import Settings, load_settings


def load(tmp_path: Path, text: str, **environment: str) -> Settings:
    """The settings of a file with this text."""
    file = tmp_path / "entracte.toml"
    file.write_text(text, "utf-8")
    return load_settings(file, {f"ENTRACTE_{name.upper()}": value for name, value in environment.items()})


def test_nothing_set_is_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file and without variables every setting has its default."""
    monkeypatch.chdir(tmp_path)
    assert load_settings(None, {}) == Settings()


def test_file_here_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`entracte.toml` in the current folder is the settings file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entracte.toml").write_text('user = "ME"', "utf-8")
    assert load_settings(None, {}).user == "ME"


def test_environment_overrides_the_file(tmp_path: Path) -> None:
    """A variable beats the file, for settings and for limits; programs are divided by commas."""
    settings = load(
        tmp_path,
        'user = "FILE"\nprograms = ["a"]\n[limits]\ntasks_max = 3\nwait_s_max = 2.5',
        user="ENV",
        tasks_max="7",
        programs="b,c",
    )
    assert (settings.user, settings.programs) == ("ENV", ("b", "c"))
    assert (settings.limits.tasks_max, settings.limits.wait_s_max) == (7, 2.5)


@pytest.mark.parametrize("text", ["a, b", " a,b ,", ",,a,,b"])
def test_programs_may_have_blanks_and_commas_around_them(tmp_path: Path, text: str) -> None:
    """As people write lists."""
    assert ("a", "b") == load(tmp_path, "", programs=text).programs


def test_files_may_have_names_that_the_locale_cannot_spell(tmp_path: Path) -> None:
    """With a system that takes every name for ASCII the file is the one that a person named, its bytes UTF-8."""
    (tmp_path / "entracte.toml").write_text('store = "Läger.db"\nlog = "Größe.log"', "utf-8")
    make = (
        "from pathlib import Path; from monitor.settings import load_settings; "
        "settings = load_settings(); Path(settings.store).touch(); Path(settings.log).touch()"
    )
    ascii_names = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    root = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", make],
        check=True,
        cwd=tmp_path,
        env={**os.environ, **ascii_names, "PYTHONPATH": root},
        timeout=30,
    )
    assert {"entracte.toml", "Läger.db", "Größe.log"} == {file.name for file in tmp_path.iterdir()}


def test_store_lies_beside_its_settings_file(tmp_path: Path) -> None:
    """A relative store path starts at the folder of the file that was named."""
    assert load(tmp_path, 'store = "bank.db"').store == str(tmp_path / "bank.db")
    assert load(tmp_path, 'store = "/x/bank.db"').store == "/x/bank.db"
    assert load(tmp_path, "").store == str(tmp_path / "entracte.db")


def test_variable_names_the_file(tmp_path: Path) -> None:
    """`ENTRACTE_SETTINGS` says where the file is."""
    (tmp_path / "other.toml").write_text('user = "ME"', "utf-8")
    assert load_settings(None, {"ENTRACTE_SETTINGS": str(tmp_path / "other.toml")}).user == "ME"


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        ("stor = 'x'", {}, ("setting stor", "did you mean store")),
        ("[limits]\ntask_max = 1", {}, ("limits.task_max", "did you mean tasks_max")),
        ("zzzzzz = 1", {}, ("zzzzzz", "known are")),
        ("", {"task_max": "1"}, ("ENTRACTE_TASK_MAX", "did you mean ENTRACTE_TASKS_MAX")),
        ("", {"limits": "1"}, ("ENTRACTE_LIMITS is a table", "as ENTRACTE_TASKS_MAX")),
        ("limits = 3", {}, ("[limits]",)),
        ("limits = 3", {"tasks_max": "1"}, ("[limits]",)),
        ("[limits]\ntasks_max = -1", {}, ("limits.tasks_max is -1", "more than 0")),
        ("[limits]\ntasks_max = 0", {}, ("limits.tasks_max is 0",)),
        ("[limits]\nrunaway_s_max = -1", {}, ("limits.runaway_s_max is -1", "a number of 0 or more")),
        ("[limits]\nstore_busy_s_max = 3e6", {}, ("store_busy_s_max", "at most 2147483")),
        ("[limits]\nparked_max = 20000", {}, ("parked_max is 20000", "browse_rows_max = 10000")),
        ("[limits]\nwait_s_max = nan", {}, ("limits.wait_s_max",)),
        ("[limits]\nrunaway_s_max = inf", {}, ("limits.runaway_s_max",)),
        ("[limits]\ntasks_max = 'many'", {}, ('limits.tasks_max is "many"', "a whole number")),
        ("[limits]\ntasks_max = true", {}, ("limits.tasks_max is true;",)),
        ("", {"wait_s_max": "soon"}, ('limits.wait_s_max is "soon"', "a number")),
        ("user = 5", {}, ("setting user is 5", "a text")),
        ("programs = 'MENU'", {}, ("setting programs", "a list of texts")),
        ("store = 5", {}, ("store",)),
        ("user =", {}, ("is not TOML",)),
    ],
)
def test_mistake_is_told_with_what_was_meant(
    tmp_path: Path, text: str, environment: dict[str, str], words: tuple[str, ...]
) -> None:
    """An unknown name, a wrong type or an impossible value is refused, and the message helps."""
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text, **environment)
    assert [word for word in words if word not in str(raised.value)] == []


def test_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    """A file that was named has to be there, and be TOML in UTF-8."""
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_settings(tmp_path / "bad.toml", {})


def test_runaway_may_be_off() -> None:
    """Zero means no limit for the one limit that says so."""
    assert load_settings(None, {"ENTRACTE_RUNAWAY_S_MAX": "0"}).limits == Limits(runaway_s_max=0)


def test_a_variable_is_text_unless_it_names_a_file(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused at the start; a file may have them in its name."""
    odd = os.fsdecode(b"caf\xe9")
    assert load(tmp_path, "", store=f"/x/{odd}").store == f"/x/{odd}"
    for name in ("user", "tasks_max"):
        with pytest.raises(
            SettingsError, match=rf"ENTRACTE_{name.upper()} is 'caf\\udce9', which is no UTF-8"
        ):
            load(tmp_path, "", **{name: odd})

"""What the console command makes of errors that no command has foreseen."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor import cli

DISK_FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DISK_FULL, "entracte: No space left on device; mend that, and try again\n"),
        (
            PermissionError(13, "Permission denied", "a.replay.toml"),
            "entracte: a.replay.toml: Permission denied; mend that, and try again\n",
        ),
    ],
)
def test_an_error_of_a_file_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    """And the exit code says that the command did not do its work."""

    @click.command()
    def fails() -> None:
        raise error

    monkeypatch.setitem(cli.COMMANDS, "fails", ("tests:fails", ""))
    monkeypatch.setattr(cli, "named", lambda name: fails)
    done = CliRunner().invoke(cli.main, ["fails"])
    assert (done.exit_code, done.output) == (2, told)


@pytest.mark.parametrize("name", ["run", "demo", "script"])
def test_a_terminal_id_that_cannot_be_one_is_told_in_a_line(name: str) -> None:
    """Before a window is drawn."""
    done = CliRunner().invoke(cli.main, [name, "--terminal", "a-1"])
    told = "entracte: terminal id 'a-1' must be 1 to 8 letters or digits\n"
    assert (done.exit_code, done.output) == (2, told)


@pytest.mark.parametrize("there", ["screens/__init__.py", "transactions.py"])
def test_a_package_named_as_one_of_ours_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """It would hide ours, or be hidden: nobody would find out why."""
    file = tmp_path / there
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.main, ["doctor"])
    name = there.partition("/")[0].removesuffix(".py")
    told = f"entracte: {file} has the name of a package of entracte's own, {name}; rename it\n"
    assert (done.exit_code, done.output) == (2, told)

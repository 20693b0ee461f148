"""What the console command makes of errors that no command has foreseen."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor import cli
from monitor.errors import MonitorError

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
    monkeypatch.setattr("monitor.command_table.named", lambda name: fails)
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


def test_a_terminal_that_fails_is_told_in_a_line_and_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With an exit code of its own; the log says where it was, and nothing that was typed."""

    async def fails(*_: object) -> None:
        raise MonitorError("the terminal ended") from KeyError("typed")

    monkeypatch.setattr(cli, "named", lambda name: fails)
    monkeypatch.setattr(cli, "_has_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    Path("entracte.toml").write_text('log = "region.log"\n')
    done = CliRunner().invoke(cli.main, ["run"])
    assert (done.exit_code, done.output) == (2, "entracte: the terminal ended\n")
    events = [json.loads(line) for line in Path("region.log").read_text().splitlines()]
    (failed,) = (event for event in events if event["event"] == "terminal failed")
    assert (failed["error"], failed["terminal"], "typed" in str(failed)) == ("KeyError", "T001", False)


@pytest.mark.parametrize("name", ["run", "keys"])
def test_without_a_standard_input_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`<&-` is told as `</dev/null` is."""
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(click.UsageError, match="needs a terminal"):
        command.main([], standalone_mode=False)

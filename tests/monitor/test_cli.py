"""What the console command makes of errors that no command has foreseen."""

from __future__ import annotations

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

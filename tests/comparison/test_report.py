"""The report of a comparison: it claims what was looked at, fails where it must, and is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from click.testing import Result as Invoked

from comparison.compare import command, text
from comparison.compare.findings import findings
from comparison.compare.page import page
from comparison.compare.results import Deploy, Neighbour, Result, Survival
from comparison.table import ENTRACTE
from tests.comparison.made import killed, result, speeds


def compared(monkeypatch: pytest.MonkeyPatch, found: Result, *options: str) -> Invoked:
    """The command, if that is what the run finds."""

    async def run(*_: Any) -> Result:
        return found

    monkeypatch.setattr(command, "run", run)
    return CliRunner().invoke(command.compare, options)


@pytest.mark.parametrize(
    "row",
    [
        killed(ENTRACTE, lost=1),
        killed(ENTRACTE, steps_lost=1),
        killed(ENTRACTE, doubled=1),
        killed(ENTRACTE, note="a terminal could not go on: refused"),
        killed(ENTRACTE, of=0),
    ],
)
def test_a_kill_that_costs_something_fails_the_command(
    row: Survival, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With one that saves it is a finding: on the screen, in the JSON, on the page, and in the exit code."""
    file = tmp_path / "r.json"
    done = compared(monkeypatch, result(survival=[row]), "--json", str(file))
    assert done.exit_code == 1
    assert "audit: FAILED\n  entracte, killed: " in done.output
    kept = msgspec.json.decode(file.read_bytes(), type=Result)
    assert len(kept.findings) == 1
    assert f'class="bad">{kept.findings[0]}' in page(kept)
    assert "Audited" not in page(kept)


def test_what_saves_nothing_may_lose_everything() -> None:
    """That is no finding."""
    assert findings(result(survival=[killed(ENTRACTE), killed("forgetful", lost=40, steps_lost=90)])) == []


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"deploy": [Deploy(ENTRACTE, True, "-")]}, "audit: none"),
        ({"speed": speeds(1, entracte=1.0)}, "audit: ok\n  after the timed steps"),
        ({"survival": [killed(ENTRACTE)]}, "audit: ok\n  after each kill"),
        ({"survival": [killed("forgetful", lost=40)]}, "audit: none"),
    ],
)
def test_an_audit_is_claimed_for_what_was_audited(parts: dict[str, Any], says: str) -> None:
    """A part that leaves no ledger is called neither sound nor unsound."""
    shown = "\n".join(text.lines(result(**parts)))
    assert says in shown
    assert ("Audited: " in page(result(**parts))) is ("audit: ok" in shown)


def test_the_head_says_how_it_was_run() -> None:
    """`--quick`, and slow commits."""
    shown = "\n".join(text.lines(result(quick=True, commit_delay_ms=5.0, speed=speeds(1, entracte=1.0))))
    assert "with --quick" in shown
    assert "every commit of every competitor was made 5 ms slower" in shown
    assert "slower" not in "\n".join(text.lines(result()))


def test_files_are_kept_even_if_nobody_reads_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They are written before the first line is shown."""
    files = tmp_path / "r.json", tmp_path / "r.html"

    def closed(_: Result) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(text, "lines", closed)
    compared(monkeypatch, result(), "--json", str(files[0]), "--html", str(files[1]))
    assert all(file.stat().st_size > 0 for file in files)


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_file_that_cannot_be_written_is_refused_at_once(option: str, tmp_path: Path) -> None:
    """Not after ten minutes."""
    done = CliRunner().invoke(command.compare, [option, str(tmp_path / "nowhere" / "file")])
    assert done.exit_code == 2
    assert "there is no folder" in done.output


def test_a_process_that_failed_is_on_the_page() -> None:
    """With no figures, and no bar."""
    failed = "failed: it ended with 1: boom"
    shown = page(result(neighbour=[Neighbour(ENTRACTE, "numpy", None, None, None, failed)]))
    assert failed in shown
    assert "<rect" not in shown


def test_a_wait_that_was_cut_short_is_drawn_as_the_least_it_was() -> None:
    """A bar would say that it ended there."""
    endless = Neighbour(ENTRACTE, "endless", 2.0, 7_000.0, 7_000.0, "killed", at_least=True)
    assert f"{ENTRACTE}: endless, at least" in page(result(neighbour=[endless]))

"""The tour is what it says: it runs in under a minute, fits 80 columns, and would notice a loss."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from transactions.bank import tour
from transactions.bank.tour_audit import audit, balances, reading
from transactions.bank.tour_terminal import ScriptProcess

TOUR = [sys.executable, "-c", "from monitor.cli import main; main()", "tour"]


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A tour's store, and what it printed."""
    store = tmp_path_factory.mktemp("tour") / "tour.db"
    done = subprocess.run([*TOUR, "--store", str(store)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return store, done.stdout


def test_the_tour_ends_with_the_figures(toured: tuple[Path, str]) -> None:
    """Steps, commits, the time to resume, and no duplicates."""
    _, text = toured
    figures = dict(re.findall(r"^   (\w+) +(\d+)(?: ms)?   ", text, re.MULTILINE))
    assert (figures["duplicates"], figures["lost"], figures["unexplained"]) == ("0", "0", "0")
    assert int(figures["commits"]) > int(figures["steps"]) > 0
    assert int(figures["resume"]) > 0


def test_the_tour_fits_a_terminal(toured: tuple[Path, str]) -> None:
    """No line is wider than 80 columns."""
    assert [line for line in toured[1].splitlines() if len(line) > 80] == []


def test_the_tour_shows_what_it_claims(toured: tuple[Path, str]) -> None:
    """The saved row, the same screen after the first kill, and each transfer once after the others."""
    text = toured[1]
    assert 'area      {"source":"10020011","target":"20030022"' in text
    assert "shows the same screen after" in text
    assert len(re.findall(r"^   (?:at once|after|once).* 1 time$", text, re.MULTILINE)) == 5


class OnADiskThatLies(tour.Tour):
    """A tour whose store is, after each kill, as it was before F5."""

    def _post_and_kill(self, process: ScriptProcess, *rest: Any) -> Any:
        self._before = sqlite3.connect(":memory:")
        with reading(self._store) as database:
            database.backup(self._before)
        return super()._post_and_kill(process, *rest)

    def _resume(self) -> ScriptProcess:
        if hasattr(self, "_before"):
            with closing(sqlite3.connect(self._store)) as database, closing(self._before):
                self._before.backup(database)
        return super()._resume()


def test_a_posting_that_is_forgotten_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stored before the kill, to be confirmed after it: that F5 posts it once in the end does not make it sound."""
    monkeypatch.setattr(tour, "KILLS", tour.KILLS[-1:])
    assert OnADiskThatLies(tmp_path / "tour.db").play() is False
    text = capsys.readouterr().out
    assert "FORGOTTEN, to confirm" in text
    assert "NOT SOUND" in text
    assert re.search(r"^   lost +1 ", text, re.MULTILINE)


def test_a_posting_that_is_not_stored_in_time_is_not_called_stored(
    toured: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, and given up."""
    monkeypatch.setattr(tour, "STORED_S_MAX", 0.0)
    with reading(toured[0]) as database:
        assert tour._until_stored(database, "TOUR-1")
        assert not tour._until_stored(database, "TOUR-99")


def test_an_interrupt_is_the_tours_alone(tmp_path: Path) -> None:
    """A child is in a session of its own, so that Ctrl+C does not reach it; and it may be killed twice."""
    process = ScriptProcess(tmp_path / "tour.db", "T001")
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    process.kill()
    process.kill()


def test_a_store_that_is_there_is_not_touched(tmp_path: Path) -> None:
    """The tour wants a file of its own."""
    store = tmp_path / "mine.db"
    store.write_text("precious")
    done = subprocess.run([*TOUR, "--store", str(store)], capture_output=True, text=True)
    assert (done.returncode, store.read_text()) == (2, "precious")
    assert "is there already" in done.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """In a sentence, before anything is started."""
    done = subprocess.run(
        [*TOUR, "--store", str(tmp_path / "no" / "tour.db")], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("SELECT 1", (0, 0, 0)),
        ("DELETE FROM ledger WHERE reference = 'TOUR-2'", (0, 1, 2500)),
        (
            "INSERT INTO ledger (source, target, amount, reference, posted_at, terminal) "
            "SELECT source, target, amount, reference, posted_at, terminal FROM ledger WHERE id = 1",
            (1, 0, 2500),
        ),
        ("UPDATE account SET balance = balance + 1 WHERE number = '20030022'", (0, 0, 1)),
        ("UPDATE step SET sequence = 2 WHERE sequence = 3", (1, 0, 0)),
    ],
)
def test_the_audit_notices(
    toured: tuple[Path, str], tmp_path: Path, change: str, found: tuple[int, int, int]
) -> None:
    """A posting lost or doubled, money from nowhere, a step run twice."""
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(copy)) as database:
        with reading(toured[0]) as original:
            original.backup(database)
        opening = balances(database)
        opening["10020011"] += 5 * 1250
        opening["20030022"] -= 5 * 1250
        database.execute(change)
        database.commit()
    with reading(copy) as database:
        figures = audit(database, opening, [f"TOUR-{number}" for number in range(1, 6)])
    assert (figures.duplicates, figures.lost, figures.unexplained) == found
    assert figures.sound is (found == (0, 0, 0))

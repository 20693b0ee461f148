"""`entracte tour`: a transfer, a process killed again and again, and the transfer posted exactly once."""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import NamedTuple

import click

from monitor.signals import exit_on_signals
from transactions.bank.tour_audit import LATEST_STEP, Figures, audit, balances, reading, times_posted
from transactions.bank.tour_terminal import ScriptError, ScriptProcess

WIDTH = 80
TERMINAL = "T001"
SOURCE, TARGET = "10020011", "20030022"
AMOUNT = "12.50"
STORED_S_MAX = 5.0
"""Seconds to wait for a posting to be in the store before the process is killed all the same."""
_ASCII = str.maketrans({"│": "|", "─": "-"})


class Kill(NamedTuple):
    """A kill between a key and its answer: after so many milliseconds, or once SQL sees the posting."""

    when: str
    after_ms: float | None


KILLS = (
    Kill("at once", 0.0),
    Kill("after 1 ms", 1.0),
    Kill("after 2 ms", 2.0),
    Kill("once it was stored", None),
    Kill("once it was stored", None),
)


@click.command()
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A new file to keep the tour's store in; else a temporary one.",
)
def tour(store: Path | None) -> None:
    """Show the point in under a minute, as text."""
    if store is not None and store.exists():
        raise click.UsageError(f"{store} is there already; name a new file.")
    if store is not None and not store.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder {store.parent}; make it, or name another file.")
    exit_on_signals()
    with tempfile.TemporaryDirectory(prefix="entracte-") as folder:
        try:
            sound = Tour((store or Path(folder, "tour.db")).absolute()).play()
        except ScriptError as error:
            click.echo(f"entracte: the tour cannot go on: {error}", err=True)
            sys.exit(1)
    sys.exit(0 if sound else 1)


class Tour:
    """The five acts, on one store and one terminal."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._resumes_ms: list[float] = []
        self._references: list[str] = []
        self._forgotten = 0
        """Times a new process did not know what had been answered or stored."""
        self._process: ScriptProcess | None = None

    def play(self) -> bool:
        """Play it all; False if anything was lost or doubled."""
        _title()
        try:
            return self._acts()
        finally:
            if self._process is not None:
                self._process.kill()

    def _acts(self) -> bool:
        first = self._process = ScriptProcess(self._store, TERMINAL)
        with reading(self._store) as database:
            opening = balances(database)
            self._type_transfer(first)
            _show_row(database)
            second = self._kill_between_screens(first)
            last = self._kill_before_the_answer(second, database)
            last.close()
            figures = audit(database, opening, self._references)
        figures = figures._replace(lost=figures.lost + self._forgotten)
        self._show_figures(figures)
        return figures.sound

    def _type_transfer(self, process: ScriptProcess) -> None:
        _act(1, "An operator types a transfer", f"process {process.pid}")
        self._check(process)
        _show_screen(process.screen())

    def _check(self, process: ScriptProcess) -> str:
        """Fill in the form and press Enter: the next key can post it."""
        reference = f"TOUR-{len(self._references) + 1}"
        self._references.append(reference)
        form = "\\t".join((SOURCE, TARGET, AMOUNT, reference))
        process.press("Clear", 'String("XFER")', "Enter", f'String("{form}")', "Enter")
        if not any("F5 to post" in row for row in process.screen()):
            raise ScriptError("Enter", [row.strip() for row in process.screen()[-2:]])
        return reference

    def _kill_between_screens(self, process: ScriptProcess) -> ScriptProcess:
        before = process.screen()
        _act(3, "The operator thinks; the process dies", f"kill -9 {process.pid}")
        process.kill()
        again = self._resume()
        self._forgotten += again.first_screen != before
        same = "ANOTHER screen" if self._forgotten else "the same screen"
        _say(
            f"A new process, {again.pid}, shows {same} after {again.ready_ms:.0f} ms, most of it Python "
            "starting. No process was needed while the operator was thinking."
        )
        return again

    def _resume(self) -> ScriptProcess:
        process = self._process = ScriptProcess(self._store, TERMINAL)
        self._resumes_ms.append(process.ready_ms)
        return process

    def _kill_before_the_answer(self, process: ScriptProcess, database: sqlite3.Connection) -> ScriptProcess:
        _act(4, "F5 posts it; the process dies before the answer is read", f"kill -9, {len(KILLS)} times")
        _row("killed", "answer", "the new process shows", "F5 again", "posted")
        for number, kill in enumerate(KILLS):
            reference = self._check(process) if number else self._references[-1]
            process, told = self._post_and_kill(process, database, reference, kill)
            count = times_posted(database, reference)
            _row(*told, f"{count} time{'' if count == 1 else 's'}")
        _line()
        _show_screen([row for row in process.screen() if "posted" in row])
        return process

    def _post_and_kill(
        self, process: ScriptProcess, database: sqlite3.Connection, reference: str, kill: Kill
    ) -> tuple[ScriptProcess, tuple[str, str, str, str]]:
        """Press F5 and kill: the new process; and when, if an answer was out, its screen, if F5 was needed again."""
        process.write("PF(5)")
        when = kill.when
        if kill.after_ms is not None:
            time.sleep(kill.after_ms / 1000)
        elif not _until_stored(database, reference):
            when = f"unstored after {STORED_S_MAX:g} s"
        answered = process.kill()
        settled = answered or times_posted(database, reference) > 0
        answer = "unread" if answered else "none"
        again = self._resume()
        if _is_posted(again.first_screen):
            return again, (when, answer, "the transfer, posted", "no")
        self._forgotten += settled
        again.press("PF(5)")
        return again, (
            when,
            answer,
            "FORGOTTEN, to confirm" if settled else "the transfer, to confirm",
            "yes",
        )

    def _show_figures(self, figures: Figures) -> None:
        _act(5, "The audit, by SQL alone", "sound" if figures.sound else "NOT SOUND")
        resume_ms = statistics.median(self._resumes_ms)
        for name, value, note in (
            ("kills", f"{len(self._resumes_ms)}", "SIGKILL, each followed by a new process"),
            ("steps", f"{figures.steps}", "rows of the history"),
            ("commits", f"{figures.commits}", "one a step, one an attachment"),
            ("resume", f"{resume_ms:.0f} ms", "median, from a new process to the screen"),
            ("duplicates", f"{figures.duplicates}", "of postings and of steps"),
            (
                "lost",
                f"{figures.lost}",
                f"of {len(self._references)} transfers, and of what was answered or stored",
            ),
            ("unexplained", f"{figures.unexplained}", "minor units between the ledger and the balances"),
        ):
            _line(f"   {name:<13}{value:>8}   {note}")
        _line()


def _row(when: str, answer: str, shown: str, pressed: str, posted: str) -> None:
    _line(f"   {when:<21}{answer:<9}{shown:<27}{pressed:<11}{posted}")


def _until_stored(database: sqlite3.Connection, reference: str) -> bool:
    """Wait for a posting to be in the store; False if it is not there in time."""
    deadline = time.monotonic() + STORED_S_MAX
    while not times_posted(database, reference):
        if time.monotonic() > deadline:
            return False
    return True


def _is_posted(screen: list[str]) -> bool:
    return any(" posted " in row for row in screen)


def _title() -> None:
    _line()
    _line("E N T R A C T E".center(WIDTH).rstrip(), bold=True)
    _line("the program has left the stage, the screen stays".center(WIDTH).rstrip())
    _line()


def _act(number: int, title: str, note: str) -> None:
    _line()
    _line(f" {number}  {title}".ljust(WIDTH - len(note) - 1) + note, bold=True)
    _line("─" * WIDTH)


def _say(text: str) -> None:
    for line in textwrap.wrap(text, WIDTH - 4):
        _line(f"   {line}")


def _show_screen(rows: list[str]) -> None:
    """The rows that have something on them; the first column of a screen is an attribute byte."""
    for row in rows:
        if row.strip():
            _line(f"│{row[1:].rstrip()}")


def _show_row(database: sqlite3.Connection) -> None:
    _act(2, "All there is of the conversation now", "one row")
    for line in LATEST_STEP.strip().splitlines():
        _line(f"   {line}", dim=True)
    _line()
    cursor = database.execute(LATEST_STEP)
    for column, value in zip(cursor.description, cursor.fetchone(), strict=True):
        parts = textwrap.wrap(str(value), WIDTH - 13)
        more = "" if len(parts) < 3 else f" ... {len(str(value))} characters"
        _line(f"   {column[0]:<9} {parts[0] if parts else ''}")
        for part in parts[1:2]:
            _line(f"             {part[: WIDTH - 13 - len(more)]}{more}")


def _line(text: str = "", *, bold: bool = False, dim: bool = False) -> None:
    if "utf" not in (sys.stdout.encoding or "").lower():
        text = text.translate(_ASCII)
    click.secho(text, bold=bold, dim=dim)

"""What must hold after any number of kills, asked of the store by SQL and of what the operators saw."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Seen(NamedTuple):
    """A line of a log: what happened at a terminal, as its operator saw it."""

    kind: str
    terminal: str
    sequence: int
    rest: str


def read_logs(folder: Path) -> list[Seen]:
    """All logs in the order their processes were started; a line the kill cut short does not count."""
    return [seen for path in sorted(folder.glob("*.log")) for seen in _read_log(path)]


def _read_log(path: Path) -> Iterator[Seen]:
    for line in path.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            kind, terminal, sequence, *rest = line.rstrip("\n").split(" ", 3)
            yield Seen(kind, terminal, int(sequence), "".join(rest))


def faults(database: sqlite3.Connection, opening: dict[str, int], seen: Iterable[Seen]) -> list[str]:
    """Everything that is not as promised; empty when all is well."""
    seen = list(seen)
    steps = _steps(database)
    return [
        *_soundness(database),
        *_money(database, opening),
        *_postings(database),
        *_history(steps, seen),
        *_resumed(steps, seen),
    ]


def _soundness(database: sqlite3.Connection) -> Iterator[str]:
    for (verdict,) in database.execute("PRAGMA integrity_check"):
        if verdict != "ok":
            yield f"SQLite says {verdict}"


def _money(database: sqlite3.Connection, opening: dict[str, int]) -> Iterator[str]:
    """All money is constant, and every balance is what the ledger makes of the opening one."""
    balances = dict(database.execute("SELECT number, balance FROM account"))
    if sum(balances.values()) != sum(opening.values()):
        yield f"money was {sum(opening.values())} and is {sum(balances.values())}"
    expected = Counter(opening)
    for source, target, amount in database.execute("SELECT source, target, amount FROM ledger"):
        expected[source] -= amount
        expected[target] += amount
    for number in balances.keys() | expected.keys():
        if balances.get(number) != expected[number]:
            yield f"account {number} has {balances.get(number)}, the ledger says {expected[number]}"


def _postings(database: sqlite3.Connection) -> Iterator[str]:
    """Each reference is posted once, and exactly by a step of the history that says so on its screen."""
    posted = Counter(reference for (reference,) in database.execute("SELECT reference FROM ledger"))
    yield from (f"{reference} is posted {count} times" for reference, count in posted.items() if count > 1)
    said = Counter(
        terminal
        for (terminal,) in database.execute(
            "SELECT terminal FROM step WHERE transid = 'XFER' AND screen LIKE '% posted from %'"
        )
    )
    done = Counter(terminal for (terminal,) in database.execute("SELECT terminal FROM ledger"))
    for terminal in said.keys() | done.keys():
        if said[terminal] != done[terminal]:
            yield f"{terminal} was told of {said[terminal]} postings, the ledger has {done[terminal]}"


def _steps(database: sqlite3.Connection) -> dict[tuple[str, int], list[str]]:
    """The screens the history has for every input."""
    steps: dict[tuple[str, int], list[str]] = {}
    for terminal, sequence, screen in database.execute("SELECT terminal, sequence, screen FROM step"):
        word = hashlib.blake2b(screen.encode(), digest_size=8).hexdigest()
        steps.setdefault((terminal, sequence), []).append(word)
    return steps


def _history(steps: dict[tuple[str, int], list[str]], seen: list[Seen]) -> Iterator[str]:
    """Every input has one step, without a gap, and every screen shown is in the history as it was shown."""
    yield from (f"{key} has {len(screens)} steps" for key, screens in steps.items() if len(screens) != 1)
    last: dict[str, int] = {}
    for terminal, sequence in steps:
        last[terminal] = max(sequence, last.get(terminal, 0))
    for terminal, sequence in last.items():
        missing = [number for number in range(1, sequence + 1) if (terminal, number) not in steps]
        if missing:
            yield f"{terminal} has no steps {missing}"
    for line in seen:
        if line.kind == "shown" and steps.get((line.terminal, line.sequence)) != [line.rest]:
            yield f"{line.terminal} was shown another answer to {line.sequence} than the history has"
        if line.kind == "BROKEN":
            yield f"{line.terminal} got another answer to a repeated {line.sequence}: {line.rest}"


def _resumed(steps: dict[tuple[str, int], list[str]], seen: list[Seen]) -> Iterator[str]:
    """A terminal comes back to the last screen it was shown, or to the answer that was under way."""
    shown: dict[str, int] = {}
    sent: dict[str, int] = {}
    for line in seen:
        if line.kind == "sent":
            sent[line.terminal] = line.sequence
        elif line.kind == "shown":
            shown[line.terminal] = line.sequence
        elif line.kind == "attached":
            last = shown.get(line.terminal)
            possible = {last, max(last or 0, sent.get(line.terminal, 0))}
            if last is not None and line.sequence not in possible:
                yield f"{line.terminal} came back at {line.sequence}, it was at {last}"
            if steps.get((line.terminal, line.sequence)) != [line.rest]:
                yield f"{line.terminal} came back to a screen that answer {line.sequence} is not"
            shown[line.terminal] = line.sequence

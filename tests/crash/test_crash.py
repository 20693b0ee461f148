"""Kill it at any instant: nothing shown is lost, nothing is applied twice, the terminal comes back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.exchange import Attachment
from monitor.settings import Settings
from monitor.startup import open_region
from tests.crash.audit import Seen, faults, read_logs
from tests.crash.campaign import Death, plan, run
from tests.crash.region import BEREFT, CROWDED, POINTS, digest

SEED = 20260101
SLOTS = [[f"A{number:03d}" for number in range(1, 9)], [f"B{number:03d}" for number in range(1, 9)]]


class Campaign(NamedTuple):
    """What is left after all the kills."""

    store: Path
    opening: dict[str, int]
    seen: list[Seen]
    died: list[Death]


async def make_store(path: Path) -> dict[str, int]:
    """A store nobody has worked at; the balances in it."""
    async with open_region(Settings(store=str(path))):
        pass
    with closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT number, balance FROM account"))


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Two regions of eight terminals each, killed at every named point and at random."""
    folder = tmp_path_factory.mktemp("crash")
    opening = asyncio.run(make_store(folder / "opening.db"))
    died = run(folder, SEED, plan(SEED, a_point=4, at_random=16), SLOTS)
    return Campaign(folder / "store.db", opening, read_logs(folder), died)


@pytest.fixture
def copy(campaign: Campaign, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The store, to tamper with."""
    with (
        closing(sqlite3.connect(campaign.store)) as original,
        closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as database,
    ):
        original.backup(database)
        yield database


def test_every_kill_was_one(campaign: Campaign) -> None:
    """Each named point was died at, and work was done between the kills."""
    points = Counter(death.point for death in campaign.died)
    assert points == {**dict.fromkeys((*POINTS, CROWDED, BEREFT), 4), "random": 16}
    kinds = Counter(seen.kind for seen in campaign.seen)
    assert kinds["shown"] > 1000
    assert kinds["attached"] > 100


def test_nothing_was_lost_or_doubled(campaign: Campaign, copy: sqlite3.Connection) -> None:
    """Money, ledger, history, and every screen an operator saw."""
    assert faults(copy, campaign.opening, campaign.seen) == []


async def test_every_terminal_comes_back_to_its_screen(campaign: Campaign) -> None:
    """A new region shows each terminal the answer the history has last."""
    with closing(sqlite3.connect(campaign.store)) as database:
        last = {
            terminal: digest(screen)
            for terminal, screen, _ in database.execute(
                "SELECT terminal, screen, max(sequence) FROM step GROUP BY terminal"
            )
        }
    async with open_region(Settings(store=str(campaign.store))) as region:
        for terminal in (terminal for slot in SLOTS for terminal in slot):
            attachment = await region.attach(terminal)
            assert isinstance(attachment, Attachment)
            assert digest(attachment.screen) == last[terminal]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM ledger WHERE id = (SELECT max(id) FROM ledger)", "the ledger says"),
        (
            "INSERT INTO ledger (source, target, amount, reference, posted_at, terminal) "
            "SELECT source, target, amount, reference, posted_at, terminal FROM ledger LIMIT 1",
            "is posted 2 times",
        ),
        ("UPDATE account SET balance = balance + 1 WHERE number = '10020011'", "money was"),
        (
            "UPDATE account SET balance = balance + CASE number WHEN '10020011' THEN 1 ELSE -1 END "
            "WHERE number IN ('10020011', '20030022')",
            "account 10020011 has",
        ),
        ("DELETE FROM step WHERE terminal = :terminal AND sequence = 2", "has no steps [2]"),
        ("UPDATE step SET sequence = 2 WHERE terminal = :terminal AND sequence = 3", ", 2) has 2 steps"),
        (
            "UPDATE step SET screen = '{}' WHERE terminal = :terminal AND sequence = :sequence",
            "was shown another answer",
        ),
        (
            "DELETE FROM step WHERE terminal = :terminal AND sequence >= :sequence",
            "was shown another answer",
        ),
        (
            "UPDATE step SET screen = replace(screen, 'posted', 'passed') WHERE terminal = :terminal",
            "was told of 0 postings",
        ),
    ],
)
def test_the_audit_notices(campaign: Campaign, copy: sqlite3.Connection, change: str, words: str) -> None:
    """The negative control: a posting or a step lost, doubled or changed is found."""
    last = next(seen for seen in reversed(campaign.seen) if seen.kind == "shown")
    copy.execute(change, {"terminal": last.terminal, "sequence": last.sequence} if ":" in change else {})
    assert words in " | ".join(faults(copy, campaign.opening, campaign.seen))


def test_the_audit_notices_a_terminal_that_lost_its_place(
    campaign: Campaign, copy: sqlite3.Connection
) -> None:
    """Coming back to a screen before the last one shown is a fault."""
    shown = next(seen for seen in campaign.seen if seen.kind == "shown" and seen.sequence > 5)
    back = shown._replace(kind="attached", sequence=shown.sequence - 3)
    assert f"came back at {back.sequence}" in " | ".join(faults(copy, campaign.opening, [shown, back]))

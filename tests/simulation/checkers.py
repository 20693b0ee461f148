"""What must be true of the database, whatever happened: SQL of the checkers' own, no code of the engine."""

from __future__ import annotations

from collections.abc import Iterable

from tests.monitor.bed import Disk
from tests.monitor.plain import shown
from tests.simulation.programs import ACCOUNTS, OPENING_BALANCE
from tests.simulation.world import Acknowledged


def check_money(disk: Disk) -> None:
    """All money is there, and the ledger explains every balance."""
    assert disk.one("SELECT sum(balance) FROM account") == ACCOUNTS * OPENING_BALANCE
    unexplained = disk.ask(
        "SELECT number, balance FROM account WHERE balance != ? "
        "+ (SELECT coalesce(sum(amount), 0) FROM ledger WHERE target = number) "
        "- (SELECT coalesce(sum(amount), 0) FROM ledger WHERE source = number)",
        OPENING_BALANCE,
    )
    assert unexplained == []


def check_history(disk: Disk, acknowledged: Iterable[Acknowledged]) -> None:
    """Every acknowledged step is in the history once, with the screen that was shown; and no gaps anywhere."""
    history = disk.ask("SELECT terminal, sequence, screen FROM step")
    assert len({row[:2] for row in history}) == len(history), "a step was applied twice"
    assert [step for step in acknowledged if tuple(step) not in set(history)] == []
    assert disk.ask("SELECT terminal FROM step GROUP BY terminal HAVING count(*) != max(sequence)") == []
    broken = disk.ask(
        "SELECT later.unit FROM step later LEFT JOIN step earlier ON earlier.unit = later.previous "
        "WHERE CASE later.number WHEN 1 THEN later.previous != 0 ELSE earlier.number IS NOT later.number - 1 "
        "OR earlier.conversation != later.conversation END"
    )
    assert broken == []
    assert disk.ask("SELECT id FROM conversation WHERE written_by NOT IN (SELECT unit FROM step)") == []


def check_postings(disk: Disk, acknowledged: Iterable[Acknowledged]) -> None:
    """What a screen called posted is in the ledger once, and the ledger has nothing else."""
    references = [reference for (reference,) in disk.ask("SELECT reference FROM ledger")]
    assert len(set(references)) == len(references)
    told = [text.split()[1] for text in texts(disk) if text.startswith("posted")]
    assert sorted(told) == sorted(references)
    assert {text.split()[1] for text in _texts(acknowledged) if text.startswith("posted")} <= set(references)


def check_audits(disk: Disk) -> None:
    """Every audit saw all the money, though it read the accounts one by one."""
    totals = {text for text in texts(disk) if text.startswith("total")}
    assert totals == {f"total {ACCOUNTS * OPENING_BALANCE}"}


def texts(disk: Disk) -> list[str]:
    """What the steps showed that were no abends."""
    rows = disk.ask("SELECT screen FROM step WHERE outcome != 'abend'")
    return [shown(screen).values.get("text", "") for (screen,) in rows]


def _texts(acknowledged: Iterable[Acknowledged]) -> list[str]:
    return [shown(step.screen).values.get("text", "") for step in acknowledged]

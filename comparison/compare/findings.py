"""What makes a run not count, and what was looked at before it is said that nothing does."""

from __future__ import annotations

from comparison.compare.results import Result, Survival


def findings(result: Result) -> list[str]:
    """What the audits found, and every kill after which one that saves was not as it must be."""
    saves = {one.name for one in result.about if one.saves}
    killed = [
        f"{row.name}, killed: {wrong}"
        for row in result.survival
        if row.name in saves and (wrong := wrong_after_kill(row))
    ]
    return list(dict.fromkeys([*result.findings, *killed]))


def wrong_after_kill(row: Survival) -> str:
    """What was lost, doubled or could not go on, or that nothing was measured; empty: all is as it was shown."""
    parts = []
    if not measured(row):
        parts.append("nothing was measured")
    if row.conversations_lost:
        parts.append(f"{row.conversations_lost} of {row.open_conversations} conversations lost")
    if row.steps_lost:
        parts.append(f"{row.steps_lost} of {row.steps_acknowledged} steps lost")
    if row.steps_doubled:
        parts.append(f"{row.steps_doubled} steps doubled")
    return "; ".join([*parts, *([row.note] if row.note else [])])


def sound(result: Result, row: Survival) -> bool:
    """Whether a kill cost nothing, and no audit found otherwise."""
    return not wrong_after_kill(row) and not any(
        finding.startswith(f"{row.name}, killed: ") for finding in result.findings
    )


def measured(row: Survival) -> bool:
    """Whether there was a conversation to lose, and a step."""
    return row.open_conversations > 0 and row.steps_acknowledged > 0


def audited(result: Result) -> list[str]:
    """What holds for this run if it has no findings; empty: no part of it leaves a ledger to look at."""
    said = []
    if result.speed or result.latency:
        said.append("after the timed steps each ledger had every posting once, and the money added up")
    saves = {one.name for one in result.about if one.saves}
    if any(row.name in saves for row in result.survival):
        said.append("after each kill those that save had lost and doubled nothing")
    return said

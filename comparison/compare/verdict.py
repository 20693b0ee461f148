"""When to use which: sentences that follow from the figures of one run, and say nothing these do not."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.compare.results import Neighbour, Result, Speed
from comparison.table import ENTRACTE

CLEAR = 1.25
"""A ratio below this, or its inverse, is called even."""


def sentences(result: Result) -> list[str]:
    """What this run says, for people who have to choose."""
    return [
        *_speed(result),
        *_one_terminal(result),
        *_unsaved(result),
        *_memory(result),
        *_survival(result),
        *_bad(result),
    ]


def _at(result: Result, terminals: int) -> dict[str, Speed]:
    return {row.name: row for row in result.speed if row.terminals == terminals and row.ratio is not None}


def _ratio(row: Speed) -> float:
    return row.ratio.median if row.ratio is not None else 0.0


def _saves(result: Result) -> dict[str, bool]:
    return {one.name: one.saves for one in result.about}


def _speed(result: Result) -> Iterator[str]:
    many = max(
        (row.terminals for row in result.speed if row.name == ENTRACTE and row.terminals <= 100), default=0
    )
    saves = _saves(result)
    rivals = [
        row for row in _at(result, many).values() if saves[row.name] and not row.name.startswith(ENTRACTE)
    ]
    if not rivals:
        return
    nearest = min(rivals, key=_ratio)
    ours = _at(result, many)[ENTRACTE]
    ratio = _ratio(nearest)
    if ratio >= CLEAR:
        yield (
            f"Many terminals, every step saved: {ENTRACTE} did {ours.steps_per_s.median:,.0f} steps a second at "
            f"{many}; the nearest that also saves each step, {nearest.name}, {nearest.steps_per_s.median:,.0f} "
            f"({ratio:.1f} times fewer). The more terminals share a commit, the more this counts."
        )
    else:
        yield (
            f"Many terminals, every step saved: {nearest.name} kept up with {ENTRACTE} here at {many} "
            f"({nearest.steps_per_s.median:,.0f} and {ours.steps_per_s.median:,.0f} steps a second): "
            "speed is no reason to choose between them."
        )


def _one_terminal(result: Result) -> Iterator[str]:
    rows, saves = _at(result, 1), _saves(result)
    rivals = [row for row in rows.values() if saves[row.name] and not row.name.startswith(ENTRACTE)]
    if ENTRACTE not in rows or not rivals:
        return
    best = min(rivals, key=_ratio)
    ratio = _ratio(best)
    if ratio < 1 / CLEAR:
        yield (
            f"One terminal: {best.name} was {1 / ratio:.1f} times as fast as {ENTRACTE}. With a single user "
            "nothing shares a commit, and a plain blocking program is the better choice for speed."
        )
    elif ratio < CLEAR:
        yield f"One terminal: {best.name} and {ENTRACTE} were even ({ratio:.2f}); choose by what else you need."
    else:
        yield f"One terminal: {ENTRACTE} was {ratio:.1f} times as fast as the next that saves, {best.name}."


def _unsaved(result: Result) -> Iterator[str]:
    rows, saves = _at(result, 100) or _at(result, 10), _saves(result)
    for row in rows.values():
        if saves[row.name]:
            continue
        ours = _reached_alike(result, rows, row)
        share = ours.steps_per_s.median / row.steps_per_s.median
        yield (
            f"Nothing needs to survive: {row.name} did {row.steps_per_s.median:,.0f} steps a second at "
            f"{row.terminals} terminals, {ours.name} {share:.0%} of that with every step on disk. A game, a chat or a "
            "cache wants the first; whatever somebody would be asked about afterwards wants the second."
        )


def _reached_alike(result: Result, rows: dict[str, Speed], row: Speed) -> Speed:
    """Ours over the same transport, if it was measured."""
    over = {one.name: one.over for one in result.about}
    alike = [one for name, one in rows.items() if name.startswith(ENTRACTE) and over[name] == over[row.name]]
    return alike[0] if alike else rows[ENTRACTE]


def _memory(result: Result) -> Iterator[str]:
    most = max((row.conversations for row in result.idle if row.bytes_each is not None), default=0)
    for conversations in sorted({row.conversations for row in result.idle}, reverse=True):
        rows = [
            row for row in result.idle if row.conversations == conversations and row.bytes_each is not None
        ]
        holding = [row for row in rows if (row.bytes_each or 0) > 1_000]
        free = [row.name for row in rows if (row.bytes_each or 0) <= 1_000]
        if not holding or not free:
            continue
        worst = max(holding, key=lambda row: row.bytes_each or 0)
        yield (
            f"People who think for minutes: with {conversations:,} idle conversations, {_and(free)} held "
            f"less than 1 KB for each in the process; {worst.name} held {(worst.bytes_each or 0) / 1000:.1f} KB. "
            f"The largest number reached here was {most:,}."
        )
        return


def _survival(result: Result) -> Iterator[str]:
    clean = [
        row.name for row in result.survival if not row.conversations_lost + row.steps_lost + row.steps_doubled
    ]
    lost = [row.name for row in result.survival if row.conversations_lost or row.steps_lost]
    doubled = [row.name for row in result.survival if row.steps_doubled]
    if clean:
        yield f"Killed in mid-conversation, nothing was lost or doubled by {_and(clean)}."
    if lost:
        yield f"Killed in mid-conversation, work that had been shown was lost by {_and(lost)}."
    if doubled:
        yield f"Money moved twice after a kill with {_and(doubled)}. Two commits a step leave a gap between them."


def _bad(result: Result) -> Iterator[str]:
    rows = {(row.name, row.kind): row for row in result.neighbour}
    endless = [row for (_, kind), row in rows.items() if kind == "endless"]
    for row in endless:
        yield f"A program that loops for ever, {row.name}: {row.became}; the others' p99 was {row.p99_ms or 0:,.0f} ms."
    for kind, what in (("numpy", "vectorised with NumPy"), ("processes", "handed to processes")):
        found = rows.get((ENTRACTE, kind))
        if found is not None and found.p99_ms and found.quiet_p99_ms:
            yield _beside(found, what, found.p99_ms, found.quiet_p99_ms)


def _beside(row: Neighbour, what: str, p99_ms: float, quiet_ms: float) -> str:
    times = p99_ms / quiet_ms
    judged = "hardly noticed" if times <= 2 else f"saw their p99 grow {times:.1f} times"
    return (
        f"A computation of 300 ms, {what}, in {row.name}: the other terminals {judged} "
        f"({quiet_ms:.1f} ms quiet, {p99_ms:.1f} ms beside it)."
    )


def _and(names: list[str]) -> str:
    """Names with commas of their own, told apart."""
    return "; ".join(names)

"""When to use which: sentences that follow from the figures of one run, and say nothing these do not."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TypeGuard

from comparison.compare.findings import measured, sound
from comparison.compare.results import About, Neighbour, Result, Speed
from comparison.table import ENTRACTE

CLEAR = 1.25
"""A ratio below this and above its inverse is called even."""
MANY_MAX = 100
"""Terminals that the sentences on many are about, if so many were measured; else the next fewer."""
QUIET_MS_MAX = 10.0
"""A p99 above this while nobody computes: the machine was busy with something else."""
COMMITS_A_STEP = 3
"""That a step may have to wait for, where commits are made slower."""
P99_INPUTS_MIN = 1_000
"""Of fewer, p95 is told."""
ALONE = "each step, "
"""How the durability of one begins that commits each step by itself."""


def sentences(result: Result) -> list[str]:
    """What this run says, for people who have to choose."""
    return [
        *_unfinished(result),
        *_speed(result),
        *_shared_commits(result),
        *_one_terminal(result),
        *_unsaved(result),
        *_memory(result),
        *_survival(result),
        *_bad(result),
    ]


def _about(result: Result) -> dict[str, About]:
    return {one.name: one for one in result.about}


def _ratio(row: Speed) -> float:
    return row.ratio.median if row.ratio is not None else 0.0


def _at(result: Result, terminals: int) -> dict[str, Speed]:
    """All that finished steps beside entracte at so many terminals, by name; none if entracte did not."""
    rows = {
        row.name: row
        for row in result.speed
        if row.terminals == terminals and row.ratio is not None and row.steps_per_s.median > 0
    }
    return rows if ENTRACTE in rows else {}


def _rivals(result: Result, terminals: int) -> list[Speed]:
    """Those of others that save each step, the fastest first."""
    about = _about(result)
    rows = _at(result, terminals).values()
    return sorted(
        (row for row in rows if about[row.name].saves and not row.name.startswith(ENTRACTE)), key=_ratio
    )


def _counts(result: Result) -> list[int]:
    return sorted({row.terminals for row in result.speed})


def _many(result: Result) -> int:
    return max((count for count in _counts(result) if 1 < count <= MANY_MAX), default=0)


def _named(result: Result, name: str) -> str:
    """Its name; with its transport, if that is not entracte's."""
    about = _about(result)
    over = about[name].over
    return name if over == about[ENTRACTE].over else f"{name} ({over})"


def _unfinished(result: Result) -> Iterator[str]:
    counts = [f"{count:,}" for count in _counts(result) if not _at(result, count)]
    if counts and ENTRACTE in _about(result):
        yield (
            f"{ENTRACTE} finished no step in the time it had, with {' and '.join(counts)} terminals: nothing is said "
            "of its speed there. Let it run longer, or make commits less slow."
        )


def _speed(result: Result) -> Iterator[str]:
    many = _many(result)
    rivals = _rivals(result, many)
    if not rivals:
        return
    nearest, ours = rivals[0], _at(result, many)[ENTRACTE]
    named, ratio = _named(result, nearest.name), _ratio(nearest)
    theirs_per_s, ours_per_s = nearest.steps_per_s.median, ours.steps_per_s.median
    if ratio >= CLEAR:
        said = (
            f"{ENTRACTE} did {ours_per_s:,.0f} steps a second at {many}, {ratio:.1f} times as many as the nearest that "
            f"also saves each step, {named} ({theirs_per_s:,.0f})."
        )
        if _alone(result, nearest):
            said += f" {nearest.name} commits each step by itself, {ENTRACTE} all steps that wait in one."
    elif ratio > 1 / CLEAR:
        said = (
            f"{named} and {ENTRACTE} were even at {many} ({theirs_per_s:,.0f} and {ours_per_s:,.0f} steps a second): "
            "speed at that load is no reason to choose between them."
        )
    else:
        said = f"{named} did {theirs_per_s:,.0f} steps a second at {many}, {_slower(ratio, ours)}."
    yield f"Many terminals, every step saved: {said}{_at_other_counts(result, many)}"


def _slower(ratio: float, ours: Speed) -> str:
    return (
        f"{1 / ratio:.1f} times as many as {ENTRACTE} ({ours.steps_per_s.median:,.0f}): "
        "for speed it is the better choice there"
    )


def _at_other_counts(result: Result, many: int) -> str:
    """How it was beside the fastest of the others with fewer terminals, and with more."""
    others = [count for count in _counts(result) if count not in {1, many}]
    found = {count: rivals[0] for count in others if (rivals := _rivals(result, count))}
    said = [f"{_ratio(row):.1f} times the steps of {row.name} at {count:,}" for count, row in found.items()]
    return f" Elsewhere {ENTRACTE} did {'; '.join(said)}." if said else ""


def _alone(result: Result, row: Speed) -> bool:
    return _about(result)[row.name].durability.startswith(ALONE)


def _shared_commits(result: Result) -> Iterator[str]:
    """If others share a commit as well, and all who do are clear of all who do not."""
    many = _many(result)
    about = _about(result)
    saving = [row for row in _at(result, many).values() if about[row.name].saves]
    alone = [row for row in saving if _alone(result, row)]
    shared = [row for row in saving if not _alone(result, row)]
    if not alone or all(row.name.startswith(ENTRACTE) for row in shared):
        return
    slowest = min(shared, key=lambda row: row.steps_per_s.median)
    fastest = max(alone, key=lambda row: row.steps_per_s.median)
    if slowest.steps_per_s.median >= CLEAR * fastest.steps_per_s.median:
        yield (
            f"The commit divides them: of those that commit all steps that wait in one, the slowest, "
            f"{slowest.name}, did {slowest.steps_per_s.median:,.0f} steps a second at {many}; of those that commit "
            f"each step by itself, the fastest, {fastest.name}, {fastest.steps_per_s.median:,.0f}."
        )


def _one_terminal(result: Result) -> Iterator[str]:
    rivals = _rivals(result, 1)
    if not rivals:
        return
    named, ratio = _named(result, rivals[0].name), _ratio(rivals[0])
    if ratio >= CLEAR:
        said = f"{ENTRACTE} was {ratio:.1f} times as fast as the next that saves, {named}."
    elif ratio > 1 / CLEAR:
        said = f"{named} and {ENTRACTE} were even ({ratio:.2f}); choose by what else you need."
    else:
        slower = _slower(ratio, _at(result, 1)[ENTRACTE])
        said = f"{named} did {rivals[0].steps_per_s.median:,.0f} steps a second, {slower}."
        if _alone(result, rivals[0]):
            said += " One step at a time leaves no commit to share."
    yield f"One terminal: {said}"


def _unsaved(result: Result) -> Iterator[str]:
    about, rows = _about(result), _at(result, _many(result))
    for row in rows.values():
        if about[row.name].saves:
            continue
        ours = _reached_alike(about, rows, row)
        if ours is None:
            continue
        share = ours.steps_per_s.median / row.steps_per_s.median
        said = (
            f"Nothing needs to survive: {row.name} did {row.steps_per_s.median:,.0f} steps a second at "
            f"{row.terminals} terminals, {ours.name} {share:.0%} of that with every step on disk."
        )
        if share > 1 / CLEAR:
            yield f"{said} Speed was no reason not to save here."
        else:
            yield (
                f"{said} A game, a chat or a cache wants the first; whatever somebody would be asked about afterwards "
                "wants the second."
            )


def _reached_alike(about: dict[str, About], rows: dict[str, Speed], row: Speed) -> Speed | None:
    """Ours over the same transport, if it was measured."""
    ours = (
        one
        for name, one in rows.items()
        if name.startswith(ENTRACTE) and about[name].over == about[row.name].over
    )
    return next(ours, None)


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
    rows = result.survival
    for start, found in (
        ("nothing was lost or doubled by", [row for row in rows if sound(result, row)]),
        (
            "work that had been shown was lost by",
            [row for row in rows if row.conversations_lost + row.steps_lost],
        ),
        ("money was moved twice by", [row for row in rows if row.steps_doubled]),
        ("nothing could be measured of", [row for row in rows if not measured(row)]),
    ):
        if found:
            yield f"Killed in mid-conversation, {start} {_and([row.name for row in found])}."
    for row in rows:
        if row.note:
            yield f"Killed in mid-conversation, {row.name}: {_start(row.note)}."


def _bad(result: Result) -> Iterator[str]:
    rows = {(row.name, row.kind): row for row in result.neighbour}
    quiet_ms_max = QUIET_MS_MAX + COMMITS_A_STEP * result.commit_delay_ms
    for row in rows.values():
        if row.kind == "endless":
            yield f"A program that loops for ever, {row.name}: {_endless(row)}."
    for kind, what in (("numpy", "vectorised with NumPy"), ("processes", "handed to processes")):
        found = rows.get((ENTRACTE, kind))
        if found is not None:
            yield (
                f"A computation of about 300 ms in plain Python, {what}, in {ENTRACTE}: {_others(found, quiet_ms_max)}."
            )


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is a figure."""
    return value is not None and isfinite(value)


def _endless(row: Neighbour) -> str:
    if not known(row.p99_ms) or row.became.startswith(("failed", "refused", "answered")):
        return f"not measured ({_start(row.became)})"
    least = "at least " if row.at_least else ""
    return f"{row.became}; the others' p99 was {least}{row.p99_ms:,.0f} ms"


def _others(row: Neighbour, quiet_ms_max: float) -> str:
    """What the other terminals saw, in milliseconds, if the bad one did what it should, on a quiet machine."""
    name, quiet_ms, beside_ms = "p99", row.quiet_p99_ms, row.p99_ms
    if row.inputs < P99_INPUTS_MIN and known(row.quiet_p95_ms) and known(row.p95_ms):
        name, quiet_ms, beside_ms = "p95", row.quiet_p95_ms, row.p95_ms
    if not row.became.startswith("answered") or not known(beside_ms):
        return f"not measured ({_start(row.became)})"
    if not known(quiet_ms):
        return f"it cannot be told what the others noticed, for their {name} before it began is not known"
    figures = f"{name} was {quiet_ms:.1f} ms before it began"
    if quiet_ms > quiet_ms_max:
        return f"it cannot be told what the others noticed, for their {figures}"
    figures += f", {'at least ' if row.at_least else ''}{beside_ms:.1f} ms beside it"
    if beside_ms < quiet_ms:
        return f"what the others noticed is too little to be told (their {figures})"
    return f"the others' {figures}"


def _start(became: str) -> str:
    """As far as it is a sentence: a screen may follow."""
    return became.partition('"')[0][:80]


def _and(names: list[str]) -> str:
    """Names with commas of their own, told apart."""
    return "; ".join(names)

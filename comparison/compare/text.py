"""The result as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.compare.findings import audited, findings
from comparison.compare.results import Idle, Result, Speed, Spread
from comparison.compare.verdict import known, sentences


def lines(result: Result) -> Iterator[str]:
    """The whole report."""
    yield from _head(result)
    yield from _competitors(result)
    for saves in (True, False):
        yield from _speed(result, saves)
    yield from _latency(result)
    yield from _idle(result)
    yield from _survival(result)
    yield from _neighbour(result)
    yield ""
    yield "When to use which, by the figures above"
    for sentence in sentences(result):
        yield from _wrapped(sentence)
    yield ""
    yield from _audit(result)


def _head(result: Result) -> Iterator[str]:
    yield f"Python {result.python}, SQLite {result.sqlite}, {result.system}, {result.cores} cores; {result.when}"
    drift = result.spin_after / result.spin_before
    yield (
        f"a small write reaches the disk in {result.fsync_ms:.2f} ms; "
        f"the machine's speed at the end was {drift:.2f} of that at the start"
    )
    if result.quick:
        yield "with --quick: fewer and shorter figures, trust the ratios less"
    if slowed := made_slower(result):
        yield slowed


def made_slower(result: Result) -> str:
    """What `--commit-delay-ms` did; empty: nothing."""
    if not result.commit_delay_ms:
        return ""
    return f"every commit of every competitor was made {result.commit_delay_ms:g} ms slower"


def _audit(result: Result) -> Iterator[str]:
    found, looked_at = findings(result), audited(result)
    if found:
        yield "audit: FAILED"
    else:
        yield "audit: ok" if looked_at else "audit: none, for no part of this run leaves a ledger to look at"
    for line in found or looked_at:
        yield f"  {line}"


def _competitors(result: Result) -> Iterator[str]:
    yield ""
    yield f"{'competitor':<20} {'lines':>5}  {'reached by':<25} durability"
    for one in result.about:
        if one.missing:
            yield f"{one.name:<20} {'-':>5}  {one.missing}"
        else:
            yield f"{one.name:<20} {one.lines:>5}  {one.over:<25} {one.durability}"


def _speed(result: Result, saves: bool) -> Iterator[str]:
    names = {one.name for one in result.about if one.saves is saves}
    rows = [row for row in result.speed if row.name in names]
    if not rows:
        return
    yield ""
    yield (
        "Steps a second, each on disk before its answer"
        if saves
        else "Steps a second, nothing saved: not to be ranked with the above"
    )
    yield (
        f"{'terminals':>9}  {'competitor':<20} {'steps/s':>8} {'[low..high]':>17} {'p50':>7} {'p95':>7} "
        f"{'p99 ms':>8} {'cpu us':>7}  entracte is"
    )
    for row in rows:
        yield _speed_line(row)


def _speed_line(row: Speed) -> str:
    speed = row.steps_per_s
    around = f"[{speed.low:,.0f}..{speed.high:,.0f}]"
    return (
        f"{row.terminals:>9}  {row.name:<20} {speed.median:>8,.0f} {around:>17} {row.p50_ms.median:>7.2f} "
        f"{row.p95_ms.median:>7.2f} {row.p99_ms.median:>8.2f} {row.cpu_us_per_step.median:>7.0f}  {_times(row.ratio)}"
    )


def _ms(value: float | None) -> str:
    return f"{value:>9.2f}" if known(value) else f"{'-':>9}"


def _times(ratio: Spread | None) -> str:
    if ratio is None:
        return "-"
    return f"x{ratio.median:.2f} [{ratio.low:.2f}..{ratio.high:.2f}]"


def _latency(result: Result) -> Iterator[str]:
    if not result.latency:
        return
    yield ""
    yield "Open loop: latency from when an input was due, ms"
    yield f"{'inputs/s':>9}  {'competitor':<20} {'p50':>9} {'p99':>9} {'max':>9}"
    for row in result.latency:
        end = "  saturated" if row.saturated else ""
        yield f"{row.rate:>9,}  {row.name:<20} {_ms(row.p50_ms)} {_ms(row.p99_ms)} {_ms(row.max_ms)}{end}"


def _idle(result: Result) -> Iterator[str]:
    if not result.idle:
        return
    yield ""
    yield "Idle conversations: memory for each, and the first answer of a new process that finds so many"
    yield f"{'idle':>9}  {'competitor':<20} {'bytes each':>10} {'first answer ms':>16}"
    for row in result.idle:
        yield f"{row.conversations:>9,}  {row.name:<20} {_bytes(row):>10} {_first(row):>16}  {row.note}".rstrip()


def _bytes(row: Idle) -> str:
    return "-" if row.bytes_each is None else f"{row.bytes_each:,.0f}"


def _first(row: Idle) -> str:
    return "-" if row.first_answer_ms is None else f"{row.first_answer_ms:,.0f}"


def _survival(result: Result) -> Iterator[str]:
    if result.survival:
        yield ""
        yield "Killed in mid-conversation (SIGKILL), then started again"
        yield f"{'competitor':<20} {'conversations lost':>18} {'steps lost':>12} {'doubled':>8}   expected"
    for row in result.survival:
        lost = f"{row.conversations_lost} of {row.open_conversations}"
        steps = f"{row.steps_lost} of {row.steps_acknowledged}"
        yield f"{row.name:<20} {lost:>18} {steps:>12} {row.steps_doubled:>8}   {row.expected}"
        if row.note:
            yield f"{'':<20} {row.note}"
    if result.deploy:
        yield ""
        yield "A deploy in mid-conversation: the area gains a field"
    for deployed in result.deploy:
        yield f"{deployed.name:<20} {'carries on' if deployed.carries_on else 'does not'}: {deployed.note}"


def _neighbour(result: Result) -> Iterator[str]:
    if not result.neighbour:
        return
    yield ""
    yield "A bad neighbour: the other terminals' p99 and longest, ms"
    yield f"{'competitor':<20} {'step':<10} {'quiet p99':>9} {'p99':>9} {'max':>9}   the bad one"
    for row in result.neighbour:
        yield (
            f"{row.name:<20} {row.kind:<10} {_ms(row.quiet_p99_ms)} {_ms(row.p99_ms)} {_ms(row.max_ms)}   "
            f"{row.became}{' (at least so long)' if row.at_least else ''}"
        )


def _wrapped(sentence: str, width: int = 100) -> Iterator[str]:
    line = "-"
    for word in sentence.split():
        if len(line) + len(word) >= width:
            yield line
            line = " "
        line += f" {word}"
    yield line

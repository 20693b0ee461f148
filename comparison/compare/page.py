"""The result as one self-contained HTML page with inline plots, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from comparison.compare.findings import audited, findings
from comparison.compare.plots import COLORS, Bar, Curve, bars, curves
from comparison.compare.results import Neighbour, Result, Spread
from comparison.compare.text import made_slower
from comparison.compare.verdict import known, sentences

SPEED_HEAD = (
    "terminals",
    "competitor",
    "steps/s",
    "lowest to highest",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU us a step",
    "entracte is",
)
STYLE = """
body { font: 15px/1.45 Georgia, serif; color: #111; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.15; } h2 { margin-top: 2.2rem; border-top: 1px solid #999; padding-top: .6rem; }
table { border-collapse: collapse; width: 100%; font: 13px/1.35 Verdana, sans-serif; margin: .8rem 0; }
th, td { text-align: right; padding: .18rem .5rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
svg { width: 100%; height: auto; font: 12px Verdana, sans-serif; } caption { text-align: left; font-weight: bold; }
.bad { color: #a11; font-weight: bold; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; }
table, svg { break-inside: avoid; } }
"""


def page(result: Result) -> str:
    """The whole page."""
    body = "\n".join(
        part
        for section in (_head, _verdict, _competitors, _speed, _latency, _idle, _survival, _neighbour)
        for part in section(result)
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>Entracte: the comparison</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(result: Result) -> Iterator[str]:
    yield "<h1>Pseudo-conversational steps beside modern handlers</h1>"
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    drift = result.spin_after / result.spin_before
    yield (
        f"<p>Run {escape(result.when)}{' with --quick' if result.quick else ''}, in {result.seconds:,.0f} s: Python "
        f"{escape(result.python)}, SQLite {escape(result.sqlite)}, {escape(result.system)}, {result.cores} cores; "
        f"{escape(versions)}. A small write reaches the disk in {result.fsync_ms:.2f} ms here"
        + (f"; {slowed}" if (slowed := made_slower(result)) else "")
        + f". The machine's speed at the end was {drift:.2f} of that at the start.</p>"
    )
    yield (
        "<p>Every competitor does the same work: the bank's two-screen transfer, on the same rows, with the same maps "
        "and the same checks, driven by the same simulated terminals in the same process. All that save do so with "
        "SQLite in WAL mode with synchronous=FULL. They took turns; figures are medians over the rounds, with the "
        "lowest and the highest. Those that save nothing are never ranked with those that do.</p>"
    )
    if found := findings(result):
        yield _list(f'<span class="bad">{escape(one)}</span>' for one in found)
    elif looked_at := audited(result):
        yield f"<p>Audited: {'; '.join(looked_at)}.</p>"
    else:
        yield "<p>No part of this run leaves a ledger to audit.</p>"


def _verdict(result: Result) -> Iterator[str]:
    yield "<h2>When to use which</h2>"
    yield _list(escape(sentence) for sentence in sentences(result))


def _competitors(result: Result) -> Iterator[str]:
    yield "<h2>The competitors</h2>"
    yield _table(
        (
            "competitor",
            "reached by",
            "durable",
            "lines",
            "written by hand for durability, isolation and repeats",
        ),
        [
            (
                one.name,
                one.over,
                one.missing or one.durability,
                "-" if one.lines is None else one.lines,
                one.by_hand,
            )
            for one in result.about
        ],
        texts=(1, 2, 4),
    )
    yield (
        "<p>Lines: what takes both steps from input to screen, holds the conversation, reads and writes the rows and "
        "commits. Not counted for anybody: blank lines, comments, docstrings, imports, SQL statements, what opens and "
        "closes things, the maps, and the checks and amounts that all call. entracte's lines include keys and refusals "
        "that nobody else here has.</p>"
    )


def _speed(result: Result) -> Iterator[str]:
    for saves, title in (
        (True, "Steps a second, each on disk before its answer"),
        (False, "Steps a second, nothing saved"),
    ):
        names = [one.name for one in result.about if one.saves is saves]
        rows = [row for row in result.speed if row.name in names]
        if not rows:
            continue
        yield f"<h2>{title}</h2>"
        yield curves(
            [
                Curve(name, [(row.terminals, row.steps_per_s.median) for row in rows if row.name == name])
                for name in names
            ],
            "terminals, closed loop",
            "steps a second",
        )
        yield _table(
            SPEED_HEAD,
            [
                (
                    f"{row.terminals:,}", row.name, f"{row.steps_per_s.median:,.0f}", _range(row.steps_per_s),
                    f"{row.p50_ms.median:.2f}", f"{row.p95_ms.median:.2f}", f"{row.p99_ms.median:.2f}",
                    f"{row.cpu_us_per_step.median:,.0f}",
                    _times(row.ratio),
                )
                for row in rows
            ],
            texts=(1,),
        )  # fmt: skip


def _latency(result: Result) -> Iterator[str]:
    if not result.latency:
        return
    yield "<h2>Latency at a given rate</h2>"
    yield (
        "<p>Open loop: inputs arrive at a fixed rate, whether or not those before were answered, and latency counts "
        "from when an input was due. A curve ends where its competitor could not follow. Dashed: nothing saved.</p>"
    )
    yield curves(
        [
            Curve(
                one.name,
                [
                    (row.rate, row.p99_ms or 0.0)
                    for row in result.latency
                    if row.name == one.name and not row.saturated
                ],
                not one.saves,
            )
            for one in result.about
        ],
        "inputs a second",
        "p99, ms",
    )
    yield _table(
        ("inputs/s", "competitor", "p50 ms", "p99 ms", "longest ms", ""),
        [
            (
                f"{row.rate:,}", row.name, _ms(row.p50_ms), _ms(row.p99_ms), _ms(row.max_ms),
                "saturated" if row.saturated else "",
            )
            for row in result.latency
        ],
        texts=(1, 5),
    )  # fmt: skip


def _idle(result: Result) -> Iterator[str]:
    if not result.idle:
        return
    yield "<h2>Idle conversations</h2>"
    most = max(row.conversations for row in result.idle)
    shown = [
        Bar(
            f"{row.name}, {row.conversations:,}",
            value,
            value,
            value,
            COLORS[2 if row.conversations == most else 3],
        )
        for row in result.idle
        if (value := row.bytes_each or 0) > 0
    ]
    yield bars(shown, "bytes each")
    yield _table(
        ("idle", "competitor", "bytes each in the process", "first answer of a new process, ms", ""),
        [
            (
                f"{row.conversations:,}", row.name, "-" if row.bytes_each is None else f"{row.bytes_each:,.0f}",
                "-" if row.first_answer_ms is None else f"{row.first_answer_ms:,.0f}", row.note,
            )
            for row in result.idle
        ],
        texts=(1, 4),
    )  # fmt: skip
    yield (
        "<p>The growth of the process's own memory, divided by the conversations; no bar means none was seen. Those "
        "reached over TCP keep a connection open for each. The first answer includes starting Python.</p>"
    )


def _survival(result: Result) -> Iterator[str]:
    if result.survival:
        yield "<h2>Killed in mid-conversation</h2>"
        yield _table(
            ("competitor", "kills", "conversations lost", "steps lost", "steps doubled", "expected", ""),
            [
                (
                    row.name, row.kills, f"{row.conversations_lost} of {row.open_conversations}",
                    f"{row.steps_lost} of {row.steps_acknowledged}", row.steps_doubled, row.expected, row.note,
                )
                for row in result.survival
            ],
            texts=(5, 6),
        )  # fmt: skip
    if result.deploy:
        yield "<h2>A deploy in mid-conversation</h2>"
        yield "<p>The area gains a field; the process is stopped and started with the new program.</p>"
        yield _table(
            ("competitor", "the conversation", ""),
            [(row.name, "carries on" if row.carries_on else "does not", row.note) for row in result.deploy],
            texts=(1, 2),
        )


def _neighbour(result: Result) -> Iterator[str]:
    if not result.neighbour:
        return
    yield "<h2>A bad neighbour</h2>"
    yield (
        "<p>Fifty terminals, 200 inputs a second; then one more whose step computes for about 300 ms in plain Python, "
        "does the same with NumPy, hands it to processes, or loops for ever.</p>"
    )
    yield bars(
        [
            Bar(_shown(row), row.p99_ms, row.quiet_p99_ms, row.max_ms, COLORS[6])
            for row in result.neighbour
            if known(row.p99_ms) and known(row.quiet_p99_ms) and known(row.max_ms)
        ],
        "ms, p99 of the others",
    )  # fmt: skip
    yield _table(
        ("competitor", "step", "quiet p99 ms", "p99 ms", "longest ms", "what became of the bad one"),
        [
            (row.name, row.kind, _ms(row.quiet_p99_ms), _ms(row.p99_ms), _ms(row.max_ms), row.became)
            for row in result.neighbour
        ],
        texts=(1, 5),
    )


def _shown(row: Neighbour) -> str:
    return f"{row.name}: {row.kind}{', at least' if row.at_least else ''}"


def _ms(value: float | None) -> str:
    return f"{value:.2f}" if known(value) else "-"


def _times(ratio: Spread | None) -> str:
    return "-" if ratio is None else f"{ratio.median:.2f} times [{ratio.low:.2f} to {ratio.high:.2f}]"


def _range(spread: Spread) -> str:
    return f"{spread.low:,.0f} to {spread.high:,.0f}"


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], texts: Sequence[int] = ()) -> str:
    """`texts`: columns that are read, not compared."""

    def cell(tag: str, place: int, value: object) -> str:
        kind = ' class="text"' if place in texts else ""
        return f"<{tag}{kind}>{escape(str(value))}</{tag}>"

    lines = ["".join(cell("th", place, title) for place, title in enumerate(head))]
    lines += ["".join(cell("td", place, value) for place, value in enumerate(row)) for row in rows]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"

"""Take what a scenario shows now as what it should show: only what differs is written, the rest stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tomlkit
from tomlkit.items import AoT, Item, String, StringType, Table, Trivia

from screens.replay.comparison import Difference, Seen
from screens.replay.playing import Played
from screens.replay.rendering import block, digest
from screens.replay.scenario import Expected


def approved(text: str, played: Iterable[Played], *, fill: bool = False) -> tuple[str, list[str]]:
    """The text of a scenario with what its steps showed, and what cannot be taken over so.

    Only keys that differ are written. `fill` also writes screen, cursor and attributes of the steps that
    expect nothing of the screen. Lines end as they did.
    """
    ends = "\r\n" if 0 < text.count("\n") == text.count("\r\n") else "\n"
    document = tomlkit.parse(text if ends == "\n" else text.replace(ends, "\n"))
    steps = document["step"]
    left: list[str] = []
    for step in played:
        table = steps[step.number - 1] if isinstance(steps, AoT) else None
        if not isinstance(table, Table):
            left.append(f"step {step.number}: write its steps as [[step]], each with lines of its own")
            continue
        if fill and _looks_at_no_screen(step.step.expected):
            _fill(table, step.seen)
        refused = [difference for difference in step.differences if not _take(table, difference, step)]
        left += [f"step {step.number}: {difference}" for difference in refused]
    after = tomlkit.dumps(document)
    if text.endswith("\n") and not after.endswith("\n"):
        after += "\n"
    return after if ends == "\n" else after.replace("\n", ends), left


def _looks_at_no_screen(expected: Expected) -> bool:
    return expected.screen is None and not expected.contains and not expected.fields


def _fill(table: Table, seen: Seen) -> None:
    blank_after = _trailing_blank(table)
    table["screen"] = literal(block(seen.rows))
    table["cursor"] = seen.cursor
    table["attributes"] = digest(seen.attributes)
    if blank_after:
        table.add(tomlkit.nl())


def _trailing_blank(table: Table) -> bool:
    """True when an empty line follows the step's last key; it is taken away, to be put after new ones."""
    body = table.value.body
    if body and body[-1][0] is None and not body[-1][1].as_string().strip():
        body.pop()
        return True
    return False


def _take(table: Table, difference: Difference, step: Played) -> bool:
    what, _, name = difference.what.partition(" ")
    seen = step.seen
    match what:
        case "screen":
            _replace(table, "screen", literal(block(seen.rows)))
        case "cursor":
            _replace(table, "cursor", tomlkit.string(seen.cursor))
        case "attributes":
            full = "\n" in (step.step.expected.attributes or "")
            _replace(
                table,
                "attributes",
                literal(seen.attributes) if full else tomlkit.string(digest(seen.attributes)),
            )
        case "abend":
            _replace(table, "abend", tomlkit.string(seen.code))
        case "field" if name in seen.fields:
            _replace(table["fields"], name, tomlkit.string(seen.fields[name]))
        case "rows" if name in seen.counts:
            _replace(table["rows"], name, tomlkit.integer(seen.counts[name]))
        case _:
            return False
    return True


def _replace(table: Any, key: str, value: Item) -> None:
    """Put a value in the place of another, whose comment stays."""
    if key in table:
        before = table[key]
        value.trivia.comment_ws = before.trivia.comment_ws
        value.trivia.comment = before.trivia.comment
    table[key] = value


def literal(text: str) -> String:
    """A string that begins on a line of its own: a literal one, unless the text cannot be in one."""
    if not text:
        return tomlkit.string("", literal=True)
    plain = "'''" not in text and all(sign.isprintable() or sign == "\n" for sign in text)
    if plain and not text.endswith("'"):
        return String(StringType.MLL, text, f"\n{text}", Trivia())
    escaped = tomlkit.string(text, multiline=True).as_string()[3:-3]
    return String(StringType.MLB, text, f"\n{escaped}", Trivia())

"""What a step showed, beside what it was expected to show: a pure function, and its picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from screens.replay.faults import nearest, one_line
from screens.replay.rendering import Place, digest
from screens.replay.scenario import Expected

MARGIN = 3
"""Columns between two screens."""


class Seen(msgspec.Struct, frozen=True):
    """What was there once a step's actions were done."""

    rows: tuple[str, ...]
    columns: int
    cursor: str
    attributes: str
    """In full; see `rendering.attributes_of`."""
    fields: dict[str, str] = {}
    places: dict[str, Place] = {}
    counts: dict[str, int] = {}
    code: str = ""
    """The abend code, if it was one."""
    elapsed_ms: float = 0.0
    stray: tuple[str, ...] = ()
    """Programs caught reading the real clock or an unseeded generator."""


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as expected."""

    what: str
    """screen, cursor, attributes, contains, field NAME, rows TABLE, abend, time or determinism."""
    expected: str
    found: str

    def __str__(self) -> str:
        return one_line(f"{self.what}: expected {self.expected}, found {self.found}")


def differences(
    expected: Expected, seen: Seen, volatile: Iterable[str] = (), *, strict_time: bool = False
) -> list[Difference]:
    """Everything that differs, the screen first."""
    found = [
        *_screen(expected, seen, volatile),
        *_plain("cursor", expected.cursor, seen.cursor),
        *_attributes(expected, seen),
        *(
            Difference("contains", repr(text), "no such text on the screen")
            for text in expected.contains
            if not any(text in row for row in seen.rows)
        ),
        *_fields(expected.fields, seen, volatile),
        *_counts(expected.rows, seen),
        *_plain("abend", _abend(expected), seen.code),
        *(Difference("determinism", "nothing but the task's own", text) for text in seen.stray),
    ]
    if strict_time and expected.within_ms is not None and seen.elapsed_ms > expected.within_ms:
        found.append(Difference("time", f"{expected.within_ms:g} ms", f"{seen.elapsed_ms:.1f} ms"))
    return found


def _abend(expected: Expected) -> str | None:
    """An abend that neither `abend` nor a whole screen expects is a difference."""
    return "" if expected.abend is None and expected.screen is None else expected.abend


def _plain(what: str, expected: str | None, found: str) -> list[Difference]:
    if expected is None or expected == found:
        return []
    return [Difference(what, expected or "none", found or "none")]


def _screen(expected: Expected, seen: Seen, volatile: Iterable[str]) -> list[Difference]:
    if expected.screen is None:
        return []
    cells = changed_cells(expected.screen, seen, volatile)
    if not cells:
        return []
    rows = sorted({row + 1 for row, _ in cells})
    count = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
    words = f"{count} changed in row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"
    return [Difference("screen", "the screen in the file", words)]


def _attributes(expected: Expected, seen: Seen) -> list[Difference]:
    wanted = expected.attributes
    if wanted is None:
        return []
    if "\n" not in wanted:
        return _plain("attributes", wanted, digest(seen.attributes))
    before, after = wanted.strip().splitlines(), seen.attributes.strip().splitlines()
    lost = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    if not lost and not new:
        return []
    return [Difference("attributes", "; ".join(lost) or "no such field", "; ".join(new) or "no such field")]


def _fields(expected: Mapping[str, str], seen: Seen, volatile: Iterable[str]) -> list[Difference]:
    found = []
    for name, text in expected.items():
        if name not in seen.fields:
            missing = f"no such field, {nearest(name, seen.fields)}"
            found.append(Difference(f"field {name}", repr(text), missing))
        elif seen.fields[name] != text and not is_volatile(name, volatile):
            found.append(Difference(f"field {name}", repr(text), repr(seen.fields[name])))
    return found


def _counts(expected: Mapping[str, int], seen: Seen) -> list[Difference]:
    return [
        Difference(f"rows {table}", str(count), str(seen.counts.get(table, "no such table")))
        for table, count in expected.items()
        if seen.counts.get(table) != count
    ]


def is_volatile(name: str, volatile: Iterable[str]) -> bool:
    """True for a field that is not compared: `day.2` is one when `day` or `day.2` is in the list."""
    return not {name, name.rpartition(".")[0]}.isdisjoint(volatile)


def changed_cells(expected: str, seen: Seen, volatile: Iterable[str] = ()) -> set[tuple[int, int]]:
    """(row, column) from 0 of every cell that differs, but for those of volatile fields."""
    before = expected.splitlines()
    height = max(len(before), len(seen.rows))
    cells = set()
    for row in range(height):
        was = before[row] if row < len(before) else ""
        now = seen.rows[row] if row < len(seen.rows) else ""
        if was.rstrip() != now:
            width = max(len(was), len(now))
            pairs = zip(was.ljust(width), now.ljust(width), strict=True)
            cells |= {(row, column) for column, (left, right) in enumerate(pairs) if left != right}
    return cells - _volatile_cells(seen, volatile)


def _volatile_cells(seen: Seen, volatile: Iterable[str]) -> set[tuple[int, int]]:
    names = set(volatile)
    return {
        divmod(place.start + offset, seen.columns)
        for name, place in seen.places.items()
        if names and is_volatile(name, names)
        for offset in range(place.length)
    }


def side_by_side(
    expected: str, rows: Sequence[str], cells: set[tuple[int, int]], width: int, labels: tuple[str, str]
) -> list[str]:
    """Both screens, the changed cells marked with `^` under their row; one over the other if too wide."""
    before = expected.splitlines()
    height = max(len(before), len(rows))
    before += [""] * (height - len(before))
    after = [*rows, *([""] * (height - len(rows)))]
    columns = max([len(row.rstrip()) for row in (*before, *after)] + [len(label) for label in labels])
    if 2 * columns + MARGIN + 2 > width:
        return _stacked(before, after, cells, labels)
    lines = [f"  {labels[0]:<{columns}}   {labels[1]}"]
    for row, (left, right) in enumerate(zip(before, after, strict=True)):
        marks = _marks(row, cells)
        sign = "!" if marks else " "
        lines.append(f"{sign} {left.rstrip():<{columns}} {'|' if not marks else '#'} {right}".rstrip())
        if marks:
            lines.append(f"  {marks:<{columns}} | {marks}".rstrip())
    return lines


def _stacked(
    before: Sequence[str], after: Sequence[str], cells: set[tuple[int, int]], labels: tuple[str, str]
) -> list[str]:
    lines = [f"  - {labels[0]}", f"  + {labels[1]}"]
    for row, (left, right) in enumerate(zip(before, after, strict=True)):
        if marks := _marks(row, cells):
            lines += [f"{row + 1:>3} - {left.rstrip()}", f"    + {right}", f"      {marks}"]
    return lines


def _marks(row: int, cells: set[tuple[int, int]]) -> str:
    columns = {column for changed, column in cells if changed == row}
    return "".join("^" if column in columns else " " for column in range(max(columns, default=-1) + 1))

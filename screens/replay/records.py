"""The records today's programs wrote when they were run again, beside those that are stored.

SQLite compares: the store, and what the run began with, are attached read-only to the records in memory, and only
what differs comes out. A row of a file names the unit of work that wrote it, and so its step; a row of a ledger does
not, so ledgers are compared as a whole, without the numbers the store gave.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from monitor.store import Table
from monitor.store.statements import quoted
from screens.replay.areas import told_value, unlike_fields

RECORDS_MAX = 4
"""Records that are told of a step, and rows of a ledger; the others are counted."""

_NEW = "written, and was not"
_RAN = "CREATE TEMP TABLE ran (unit INTEGER PRIMARY KEY, place INTEGER NOT NULL)"
_COLUMNS = "SELECT lower(name) FROM pragma_table_info(?, ?)"
_STEPS = "SELECT count(*) FROM stored.step WHERE unit NOT IN (SELECT unit FROM begun.step)"
_GAPS = """
SELECT 1 FROM (
    SELECT terminal, min(sequence) AS first, max(sequence) AS last, count(*) AS steps
    FROM stored.step WHERE unit NOT IN (SELECT unit FROM begun.step) GROUP BY terminal
) kept LEFT JOIN (
    SELECT terminal, max(sequence) AS last FROM begun.step GROUP BY terminal
) before USING (terminal)
WHERE kept.last - kept.first + 1 <> kept.steps OR kept.first <> coalesce(before.last, 0) + 1
"""


class Unlike(msgspec.Struct):
    """How the records differ."""

    by_unit: dict[int, list[str]] = {}
    """In words, by the unit of work whose step differs."""
    others: list[str] = []
    """Of no step that is known."""
    unknown: list[str] = []
    """What may as well come of steps that are not kept, or were not run."""

    def of_unit(self, unit: int) -> str:
        """What is told of a step."""
        return ", ".join(_cut(self.by_unit[unit], "records"))


class Records:
    """The records of a run, and which units of work wrote some of them."""

    def __init__(
        self,
        database: sqlite3.Connection,
        tables: Sequence[Table],
        begun: Path | bytes,
        volatile: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._tables = tables
        self._begun = begun
        """A file, or the pages of a database."""
        self._volatile = frozenset(volatile)
        self._ran = array("q")
        self._skipped = 0

    def note(self, unit: int, *, ran: bool) -> None:
        """A step is done, or was left out."""
        if ran:
            self._ran.append(unit)
        else:
            self._skipped += 1

    def unlike(self, stored: Path) -> Unlike:
        """What differs from the records of a store."""
        with self._attached(stored):
            (steps,) = self._database.execute(_STEPS).fetchone()
            live = steps != len(self._ran) + self._skipped
            whole = not (live or self._skipped or self._database.execute(_GAPS).fetchone())
            found = Unlike()
            for table in self._tables:
                columns = self._columns(table)
                if columns and table.append:
                    self._ledger(table, columns, found, whole=whole)
                elif columns:
                    self._file(table, columns, found, live=live)
        return found

    @contextmanager
    def _attached(self, stored: Path) -> Iterator[None]:
        database = self._database
        try:
            database.execute("ATTACH ? AS stored", (_read_only(stored),))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_READONLY_DIRECTORY, sqlite3.SQLITE_CANTOPEN):
                raise  # else its folder cannot be written, and the history was read as it is in the file, too
            database.execute("ATTACH ? AS stored", (f"{_read_only(stored)}&immutable=1",))
        if isinstance(self._begun, bytes):
            database.execute("ATTACH ':memory:' AS begun")
            database.deserialize(self._begun, name="begun")
        else:
            database.execute("ATTACH ? AS begun", (_read_only(self._begun),))
        database.execute(_RAN)
        database.execute("BEGIN")
        database.executemany("INSERT INTO ran VALUES (?, ?)", zip(self._ran, range(len(self._ran))))  # noqa: B905
        try:
            yield
        finally:
            database.execute("COMMIT")
            database.execute("DROP TABLE temp.ran")
            database.execute("DETACH begun")
            database.execute("DETACH stored")

    def _columns(self, table: Table) -> list[str]:
        """The columns that are compared: those the store has as well, and that are not volatile."""
        present = self._present(table, "stored")
        if not present.issuperset(map(str.lower, table.key if not table.append else ())):
            return []
        return [
            column
            for column in table.columns
            if column.lower() in present and self._volatile.isdisjoint((column, f"{table.name}.{column}"))
        ]

    def _present(self, table: Table, schema: str) -> set[str]:
        return {name for (name,) in self._database.execute(_COLUMNS, (table.name, schema))}

    def _file(self, table: Table, columns: list[str], found: Unlike, *, live: bool) -> None:
        untouched = self._present(table, "begun").issuperset((*map(str.lower, table.key), "written_by"))
        extra = 0
        for row in self._database.execute(_unlike_rows(table, columns)):
            (then, earlier, now, later, there), values = row[:5], row[5:]
            if not there:
                unit, otherwise = then, "not there today"
            elif now is not None and later > earlier:
                unit, otherwise = now, _NEW
            else:
                unit, otherwise = then, "not written"
            found.by_unit.setdefault(unit, []).append(_told(table, columns, values, otherwise, there=there))
        for row in self._database.execute(_new_rows(table, columns, untouched=untouched)):
            (unit, is_stored), values = row[:2], row[2:]
            if live and not is_stored:
                extra += 1
            else:
                otherwise = _NEW if is_stored else "not stored"
                found.by_unit.setdefault(unit, []).append(
                    _told(table, columns, values, otherwise, there=is_stored)
                )
        if extra:
            found.unknown.append(f"{extra} records of {table.name} not stored any more: others work on it")
        if untouched:
            gone = [
                f"record {_key(table, row)}: deleted today"
                for row in self._database.execute(_deleted_rows(table))
            ]
            found.others += _cut(gone, f"records of {table.name} deleted today")

    def _ledger(self, table: Table, columns: list[str], found: Unlike, *, whole: bool) -> None:
        has_begun = self._present(table, "begun").issuperset(map(str.lower, columns))
        told, missing = [], 0
        for today, stored, begun, *values in self._database.execute(_ledger_rows(table, columns, has_begun)):
            row = f"ledger {table.name}: {_row(columns, values)}"
            if (added := today - max(stored, begun)) > 0:
                told.append(f"{row} is appended today, and was not{_times(added)}")
            elif stored > today and whole:
                told.append(f"{row} was appended, and is not today{_times(stored - today)}")
            elif stored > today:
                missing += stored - today
        found.others += _cut(told, f"rows of ledger {table.name}")
        if missing:
            found.unknown.append(
                f"{missing} rows of ledger {table.name} not appended again: not every step is kept and was run"
            )


def _read_only(file: Path) -> str:
    return f"{file.absolute().as_uri()}?mode=ro"


def _same_key(table: Table, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{quoted(column)} = {other}.{quoted(column)}" for column in table.key)


def _listed(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{quoted(column)}" for column in columns)


def _differs(columns: Sequence[str]) -> str:
    return " OR ".join(f"m.{name} COLLATE BINARY IS NOT s.{name}" for name in map(quoted, columns))


def _unlike_rows(table: Table, columns: Sequence[str]) -> str:
    """Rows stored by a unit that was run, if today's is another one: both units and places, key, today's, stored."""
    name, first = quoted(table.name), quoted(table.key[0])
    return (
        f"SELECT s.written_by, r.place, w.unit, w.place, m.{first} IS NOT NULL, "  # noqa: S608 quoted names
        f"{_listed('s', table.key)}, {_listed('m', columns)}, {_listed('s', columns)} "
        f"FROM stored.{name} s CROSS JOIN temp.ran r ON r.unit = s.written_by "
        f"LEFT JOIN main.{name} m ON {_same_key(table, 'm', 's')} "
        f"LEFT JOIN temp.ran w ON w.unit = m.written_by "
        f"WHERE m.{first} IS NULL OR m.written_by <> s.written_by OR {_differs(columns)}"
    )


def _new_rows(table: Table, columns: Sequence[str], *, untouched: bool) -> str:
    """Rows a unit wrote that was run, if none is stored, or one that nobody has written since the beginning."""
    name, first = quoted(table.name), quoted(table.key[0])
    begun = f"LEFT JOIN begun.{name} b ON {_same_key(table, 'b', 'm')} " if untouched else ""
    return (
        f"SELECT w.unit, s.{first} IS NOT NULL, "  # noqa: S608 quoted names
        f"{_listed('m', table.key)}, {_listed('m', columns)}, {_listed('s', columns)} "
        f"FROM main.{name} m CROSS JOIN temp.ran w ON w.unit = m.written_by "
        f"LEFT JOIN stored.{name} s ON {_same_key(table, 's', 'm')} {begun}"
        f"WHERE s.{first} IS NULL{' OR b.written_by = s.written_by' if untouched else ''}"
    )


def _deleted_rows(table: Table) -> str:
    """Keys of rows that are stored as they were at the beginning, and that are gone today."""
    name = quoted(table.name)
    return (
        f"SELECT {_listed('b', table.key)} FROM begun.{name} b "  # noqa: S608 quoted names
        f"CROSS JOIN stored.{name} s ON {_same_key(table, 's', 'b')} AND s.written_by = b.written_by "
        f"LEFT JOIN main.{name} m ON {_same_key(table, 'm', 'b')} WHERE m.{quoted(table.key[0])} IS NULL"
    )


def _ledger_rows(table: Table, columns: Sequence[str], has_begun: bool) -> str:
    """How many rows of a content there are today, stored and at the beginning, if not as many; the content."""
    kept = {"main": "1, 0, 0", "stored": "0, 1, 0"} | ({"begun": "0, 0, 1"} if has_begun else {})
    names = [f"c{number}" for number in range(len(columns))]
    rows = " UNION ALL ".join(
        f"SELECT {counts}, {_listed('t', columns)} FROM {schema}.{quoted(table.name)} t"  # noqa: S608 quoted names
        for schema, counts in kept.items()
    )
    return (
        f"WITH r (today, stored, begun, {', '.join(names)}) AS ({rows}) "  # noqa: S608 our own names
        f"SELECT sum(today), sum(stored), sum(begun), {', '.join(names)} FROM r "
        f"GROUP BY {', '.join(f'{name} COLLATE BINARY' for name in names)} HAVING sum(today) <> sum(stored)"
    )


def _told(table: Table, columns: Sequence[str], values: Sequence[Any], otherwise: str, *, there: bool) -> str:
    """How a record differs: by its columns if it is `there` in both, else in the words given."""
    parts = len(table.key)
    today, stored = values[parts : parts + len(columns)], values[parts + len(columns) :]
    unlike = ""
    if there:
        unlike = unlike_fields(
            dict(zip(columns, stored, strict=True)), dict(zip(columns, today, strict=True))
        )
    return f"record {_key(table, values)}: {unlike or otherwise}"


def _key(table: Table, values: Sequence[Any]) -> str:
    """The record as it is told: its table, and its key as it is typed."""
    return " ".join((table.name, ", ".join(str(value) for value in values[: len(table.key)])))


def _row(columns: Sequence[str], values: Sequence[Any]) -> str:
    return "; ".join(f"{column} {told_value(value)}" for column, value in zip(columns, values, strict=True))


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def _cut(told: list[str], what: str) -> list[str]:
    if len(told) <= RECORDS_MAX:
        return told
    return [*told[:RECORDS_MAX], f"and {len(told) - RECORDS_MAX} more {what}"]

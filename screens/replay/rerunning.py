"""Run a whole history again on today's programs: a regression test made of production.

Steps are run in the order of their commits, on records that start as a new store has them, or as a copy of the store
taken earlier has them. Each runs on the state that was stored before it, at the time, with the seed and under the
unit id it had; so programs that did not change write the same rows again. Only the last step of each
conversation is kept, however long the history is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from monitor.admission import Admission
from monitor.committer import Committer
from monitor.dispatcher import Dispatcher
from monitor.exchange import Inbound, Refused
from monitor.program import load
from monitor.recall import StoredStep, steps_in
from monitor.settings import Settings
from monitor.startup import MONITOR_SCHEMA, Region, start
from monitor.store.declared import check_tables
from monitor.store.migrations import migrate
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from monitor.unit_of_work import Overlay
from screens.attributes import Intensity
from screens.presenter import Presenter
from screens.replay.areas import areas_differ
from screens.replay.circumstances import REGION, Circumstances
from screens.replay.comparison import Seen, changed_cells
from screens.replay.drivers.ground import InlineConnection, new_database, pages_of_new
from screens.replay.recording import Replica, aid_of, attaches, input_of
from screens.replay.records import Records
from screens.replay.rendering import attributes_of, block, places_of

_IN_ORDER = """
SELECT unit FROM (
    SELECT s.unit, max(max(
        strftime('%s', s.started) * 1000000 + substr(s.started, 21, 3) * 1000 + s.elapsed_us,
        coalesce(strftime('%s', r.started), 0) * 1000000
    )) OVER (PARTITION BY s.unit >> 32 ORDER BY s.unit) AS sealed_us
    FROM step s LEFT JOIN region r ON r.number = s.unit >> 32
) ORDER BY sealed_us, unit
"""
"""No step is older than its region: the one a fork begins with has the time of the step it is made of."""


class Verdict(msgspec.Struct, frozen=True):
    """A stored step, run again."""

    step: StoredStep
    unlike: str = ""
    """What differs: outcome, next, screen, attributes, cursor, alarm, area, records; empty: nothing."""
    skipped: str = ""
    """Why it could not be run."""
    expected: tuple[str, ...] = ()
    found: Seen | None = None
    """The rows of the stored screen and the screen of today, if they differ."""


class _Before(NamedTuple):
    """Where the terminal of a step stands before it."""

    epoch: int = 0
    sequence: int = 0
    screen: str | None = None


class Rerun:
    """A store in memory, and today's programs on it."""

    def __init__(
        self,
        database: sqlite3.Connection,
        region: Region,
        circumstances: Circumstances,
        presenter: Presenter,
        records: Records,
        volatile: tuple[str, ...],
    ) -> None:
        self.records = records
        self._database = database
        self._engine = msgspec.structs.replace(region.engine, units=circumstances.units)
        self._store = region.store
        self._circumstances = circumstances
        self._presenter = presenter
        self._volatile = volatile

    async def run(self, step: StoredStep, seed: int) -> Verdict:
        """Run a stored step on the state before it, and compare; the stored state stands afterwards."""
        before = self._before(step)
        if reason := self._reason_to_skip(step, before):
            self.records.note(step.unit, ran=False)
            self._impose(step, seed)
            return Verdict(step, skipped=reason)
        self._set_up(step, seed)
        refused = await self._answer(step, before)
        found = self._stored(step.unit)
        self.records.note(step.unit, ran=found is not None)
        if found is None:
            verdict = Verdict(step, skipped=refused or "it left nothing in the store")
        else:
            verdict = self._compare(step, found)
        if found is None or verdict.unlike:
            self._impose(step, seed)
        self._database.execute(
            "DELETE FROM step WHERE unit = ? AND conversation = ?", (step.previous, step.conversation)
        )
        return verdict

    def _before(self, step: StoredStep) -> _Before:
        sql = "SELECT epoch, coalesce(sequence, 0), screen FROM terminal_state WHERE id = ?"
        row = self._database.execute(sql, (step.terminal,)).fetchone()
        return _Before(*row) if row else _Before()

    def _reason_to_skip(self, step: StoredStep, before: _Before) -> str:
        if step.number > 1 and step.unit == step.conversation:
            return "a fork begins with it"
        if step.number > 1 and self._stored(step.previous) is None:
            return "the step before it is not kept"
        if attaches(step) and before.screen is not None:
            return "it had no key"
        if before.screen and self._has_hidden_input(step, before.screen):
            return "what was typed is not displayed, so it is not stored"
        return ""

    def _has_hidden_input(self, step: StoredStep, screen: str) -> bool:
        fields = input_of(step).get("fields") or {}
        if not any(text and set(text) == {"*"} for text in fields.values()):
            return False
        display = Replica(self._presenter)
        display.show(screen)
        return any(
            display.space.attribute_at(place.start).intensity is Intensity.DARK
            for name, place in display.places.items()
            if fields.get(name)
        )

    def _set_up(self, step: StoredStep, seed: int) -> None:
        self._circumstances.begin(step, seed)
        self._database.execute(
            "INSERT INTO terminal (id, epoch, user, conversation, written_by) VALUES (?, 0, ?, NULL, 1) "
            "ON CONFLICT (id) DO UPDATE SET user = excluded.user",
            (step.terminal, step.user),
        )

    async def _answer(self, step: StoredStep, before: _Before) -> str:
        """Run the input; returns why it was refused, or nothing."""
        overlay = Overlay()  # of this step alone: another with the unit of a run that fell would fall as well
        dispatcher = Dispatcher(
            msgspec.structs.replace(self._engine, overlay=overlay),
            Committer(self._store, self._engine.limits.batch_units_max, overlay.settle),
            Admission(1, 1),
            good_morning=step.transid if attaches(step) else "",
            user=step.user,
        )
        if attaches(step):
            answer: object = await dispatcher.attach(step.terminal)
        else:
            answer = await dispatcher.step(self._inbound(step, before))
        return answer.text if isinstance(answer, Refused) else ""

    def _inbound(self, step: StoredStep, before: _Before) -> Inbound:
        taken = input_of(step)
        places = {}
        if before.screen is not None:
            places = places_of(self._presenter.decode(before.screen), self._presenter.layout)
        fields: Mapping[str, str] = taken.get("fields") or {}
        sent = sorted((places[name].start, text) for name, text in fields.items() if name in places)
        cursor: int | None = taken.get("cursor")
        return Inbound(
            step.terminal,
            before.epoch,
            before.sequence + 1,
            aid_of(step),
            cursor,
            tuple(sent),
            taken.get("text") or "",
        )

    def _stored(self, unit: int) -> StoredStep | None:
        return next(steps_in(self._database, [unit]), None)

    def _compare(self, step: StoredStep, found: StoredStep) -> Verdict:
        unlike = [
            f"{name} {getattr(found, name) or 'none'} instead of {getattr(step, name) or 'none'}"
            for name in ("outcome", "code", "next")
            if getattr(step, name) != getattr(found, name)
        ]
        expected: tuple[str, ...] = ()
        seen: Seen | None = None
        if step.screen != found.screen:
            word, expected, seen = self._compare_screens(step.screen, found.screen)
            unlike += filter(None, (word,))
        program = self._engine.programs.get(found.next)
        if told := areas_differ(step, found, None if program is None else program.area_type):
            unlike.append(told)
        return Verdict(step, ", ".join(unlike), "", expected, seen)

    def _compare_screens(self, stored: str, new: str) -> tuple[str, tuple[str, ...], Seen | None]:
        """What differs first; empty: nothing. The screens, if that can be seen on them."""
        before, after = Replica(self._presenter), Replica(self._presenter)
        before.show(stored)
        after.show(new)
        rows, places = before.rows, after.places
        seen = Seen(after.rows, after.space.columns, "", "", places=places)
        if changed_cells(block(rows), seen, self._volatile):
            return "screen", rows, seen
        looks = attributes_of(before.space, before.places), attributes_of(after.space, places)
        if looks[0] != looks[1]:
            return "attributes", rows, seen
        if before.space.cursor != after.space.cursor:
            return "cursor", rows, seen
        if before.screen.alarm != after.screen.alarm:
            return f"alarm {_rung(after)} instead of {_rung(before)}", (), None
        return "", (), None

    def _impose(self, step: StoredStep, seed: int) -> None:
        """Make the store stand where the stored step left it."""
        marks = ", ".join("?" * len(step))
        state = "open" if step.next else "ended"
        columns = ", ".join(step._fields)
        self._database.execute(f"INSERT OR REPLACE INTO step ({columns}) VALUES ({marks})", step)  # noqa: S608
        self._database.execute(
            "INSERT OR REPLACE INTO conversation (id, terminal, state, seed, written_by) VALUES (?, ?, ?, ?, ?)",
            (step.conversation, step.terminal, state, seed, step.unit),
        )
        self._database.execute(
            "INSERT INTO terminal (id, epoch, user, conversation, written_by) VALUES (?, 0, ?, ?, 1) "
            "ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation",
            (step.terminal, step.user, step.conversation),
        )


def _rung(display: Replica) -> str:
    return "on" if display.screen.alarm else "off"


@asynccontextmanager
async def rerun_of(
    settings: Settings, stored: Mapping[int, str], copy: Path | None, volatile: tuple[str, ...]
) -> AsyncIterator[Rerun]:
    """Today's programs on records as a new store has them, or as a copy taken earlier has them."""
    application = load(settings.programs)
    with closing(_records(application.packages, copy)) as database:
        connection = InlineConnection(database)
        tables = (*MONITOR_TABLES, *check_tables(database, application.tables))
        circumstances = Circumstances()
        region = await start(
            settings,
            application,
            store=SqliteStore(connection, connection, connection, tables),
            number=REGION,
            clock=circumstances.clock,
            randomness=circumstances.seeds,
        )
        presenter = region.presentation
        if not isinstance(presenter, Presenter):
            raise TypeError("only screens of the screens floor can be compared")
        for number, encoded in stored.items():
            presenter.learn(number, encoded)
        try:
            records = Records(
                database,
                tables[len(MONITOR_TABLES) :],
                copy or pages_of_new(application.packages),
                volatile,
            )
            yield Rerun(database, region, circumstances, presenter, records, volatile)
        finally:
            region.close()


def _records(packages: tuple[str, ...], copy: Path | None) -> sqlite3.Connection:
    if copy is None:
        return new_database(packages)
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, uri=True)
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as file:
        file.backup(database)
    try:
        migrate(database, (MONITOR_SCHEMA, *packages))
    except BaseException:
        database.close()
        raise
    return database


def order_of(database: sqlite3.Connection) -> Iterator[int]:
    """The units of all steps in the order of their commits: that of their ids in a region, of time between regions."""
    return (unit for (unit,) in database.execute(_IN_ORDER).fetchall())

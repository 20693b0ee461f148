"""Play a scenario through a driver: do each step's actions, look, and compare."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from monitor.errors import MonitorError
from monitor.program import load
from monitor.settings import Settings
from monitor.store.statements import quoted
from screens.attributes import Intensity
from screens.keys import Key
from screens.replay.actions import Action, Fill, Interrupt, MoveTo, Press, Type, Wait
from screens.replay.comparison import Difference, Seen, differences
from screens.replay.drivers import Driver, driver_of
from screens.replay.faults import ActionError, ScenarioError, nearest
from screens.replay.rendering import Place, attributes_of, cursor_of, places_of, rows_of, text_of
from screens.replay.scenario import Scenario, Step
from screens.replay.secrets import Secrets, is_reference
from screens.replay.terminal import check_keyboard

step_s_max = 120.0
"""Seconds of real time one step of a scenario may take."""

_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"

_RESET, _ENTER = Press(Key.RESET), Press(Key.ENTER)

Pace = Callable[[float], Awaitable[None]]


class Way(msgspec.Struct, frozen=True):
    """How scenarios are played."""

    settings: Settings
    via: str = "core"
    """The driver, by its name."""
    strict_time: bool = False
    """True: a step slower than its `within_ms` differs."""
    pace: Pace | None = None
    """What waits in real time while the scenario's clock goes on; None: nothing does."""


class Played(msgspec.Struct, frozen=True):
    """One step, done and compared."""

    number: int
    """From 1."""
    step: Step
    seen: Seen
    differences: tuple[Difference, ...] = ()


class Player:
    """Plays a scenario on an open driver."""

    def __init__(
        self, scenario: Scenario, driver: Driver, secrets: Secrets, pace: Pace | None = None
    ) -> None:
        self.driver = driver
        self._scenario = scenario
        self._secrets = secrets
        self._pace = pace
        self._now = scenario.starts
        self._seen = 0
        """Unit of the latest step that was looked at."""
        self._limit: asyncio.Timeout | None = None
        """Of the step that is played."""
        self.waited_s = 0.0
        """Of real time, in pauses so far."""

    async def play(self, number: int, step: Step, *, strict_time: bool = False) -> Played:
        """Do a step and compare; raises `ScenarioError` when it cannot be done."""
        started, waited_s = time.perf_counter(), self.waited_s
        try:
            async with asyncio.timeout(step_s_max) as self._limit:
                await self._begin(step)
                following = (*step.actions[1:], None)
                for action, line, then in zip(step.actions, step.lines, following, strict=False):
                    await self._do(action, line, then)
        except TimeoutError as error:
            problem = f"step {number} took more than step_s_max = {step_s_max} s"
            raise ScenarioError(self._scenario.file, step.line, problem) from error
        finally:
            self._limit = None
        elapsed_s = time.perf_counter() - started - (self.waited_s - waited_s)
        seen = self.look(step, elapsed_s * 1000)
        found = differences(step.expected, seen, self._scenario.volatile, strict_time=strict_time)
        return Played(number, step, seen, tuple(found))

    def look(self, step: Step, elapsed_ms: float = 0.0) -> Seen:
        """What is on the display and in the store now."""
        driver = self.driver
        space = driver.space
        places = places_of(driver.screen, driver.layout)
        return Seen(
            rows=rows_of(space, bare=not driver.screen.panels),
            columns=space.columns,
            cursor=cursor_of(space, places),
            attributes=attributes_of(space, places),
            fields={name: text_of(space, place) for name, place in places.items()},
            places=places,
            counts=self._counts(step),
            code=self._code(),
            elapsed_ms=elapsed_ms,
            stray=driver.stray(),
        )

    async def until(self, moment: datetime | None) -> None:
        """Let time pass until a moment; raises `ActionError` when it is over already."""
        if moment is None:
            return
        seconds = (moment - self._now).total_seconds()
        if seconds < 0:
            raise ActionError(f"the clock says {self._now.isoformat()} already, and never goes back")
        await self._wait(seconds)

    async def _begin(self, step: Step) -> None:
        try:
            await self.until(step.time)
        except ActionError as error:
            raise ScenarioError(self._scenario.file, step.line, str(error)) from error

    async def _wait(self, seconds: float) -> None:
        try:
            then = self._now + timedelta(seconds=seconds)
        except OverflowError:
            raise ActionError("the clock would go past the year 9999") from None
        if self._pace is not None:
            await self._keep(self._pace, seconds)
        self.driver.advance(seconds)
        self._now = then

    async def _keep(self, pace: Pace, seconds: float) -> None:
        """A wait in real time, which does not count as the step's own."""
        began, limit, clock = time.perf_counter(), self._limit, asyncio.get_running_loop().time
        left_s = (limit.when() or 0.0) - clock() if limit else 0.0
        if limit:
            limit.reschedule(None)
        await pace(seconds)
        if limit:
            limit.reschedule(clock() + left_s)
        self.waited_s += time.perf_counter() - began

    async def _do(self, action: Action, line: int, following: Action | None) -> None:
        try:
            await self.perform(action, following)
        except ActionError as error:
            raise ScenarioError(self._scenario.file, line, str(error)) from error

    async def perform(self, action: Action, following: Action | None = None) -> None:
        """Do one action; raises `ActionError`, also for a locked keyboard that `following` does not reset."""
        before = self.driver.screen
        await self._act(action)
        if following == _ENTER and isinstance(action, Fill | Type) and self.driver.screen is not before:
            raise ActionError(
                "leaving the trigger field has sent Enter: take out `enter`, or put it in the next step"
            )
        if following != _RESET:
            check_keyboard(self.driver.space)

    async def _act(self, action: Action) -> None:
        match action:
            case Press(key):
                await self.driver.press(key)
            case Type(text):
                self._refuse_clear_text(text)
                await self.driver.type(self._secrets.reveal(text))
            case Fill(field, text):
                await self._fill(self.place(field), text)
            case MoveTo(field, row, column):
                address = self.place(field).start if field else self._address(row, column)
                await self.driver.move_to(address)
            case Wait(seconds):
                await self._wait(seconds)
            case Interrupt(by):
                await self.driver.interrupt(by)

    async def _fill(self, place: Place, text: str) -> None:
        before = self.driver.screen
        await self.driver.move_to(place.start)
        self._refuse_clear_text(text)
        revealed = self._secrets.reveal(text)
        if len(revealed) > place.length:
            shown = f"{revealed!r} has" if revealed == text else f"{text} has"
            raise ActionError(f"{shown} {len(revealed)} characters, the field {place.length}")
        await self.driver.press(Key.DELETE_FIELD)
        if self.driver.screen is not before:
            raise ActionError("leaving the trigger field has sent Enter: fill that field last")
        if revealed:
            await self.driver.type(revealed)

    def _refuse_clear_text(self, text: str) -> None:
        space = self.driver.space
        if space.formatted and text and not is_reference(text):
            look = space.attribute_at(space.cursor)
            if look.intensity is Intensity.DARK and not look.protected:
                raise ActionError("what is typed here is not displayed, so it is not written: use `$NAME`")

    def place(self, name: str) -> Place:
        """Where a field is on the screen, the first of a repeated one; raises `ActionError`."""
        places = places_of(self.driver.screen, self.driver.layout)
        found = places.get(name) or places.get(f"{name}.1")
        if found is None:
            raise ActionError(f"the screen has no field {name!r}: {nearest(name, places)}")
        return found

    def _address(self, row: int, column: int) -> int:
        space = self.driver.space
        if row > space.rows or column > space.columns:
            raise ActionError(f"{row},{column} is not on a screen of {space.rows} rows of {space.columns}")
        return (row - 1) * space.columns + column - 1

    def _counts(self, step: Step) -> dict[str, int]:
        if not step.expected.rows:
            return {}
        tables = {name for (name,) in self.driver.ask(_TABLES)}
        for table in step.expected.rows:
            if table not in tables:
                known = sorted(name for name in tables if not name.startswith("sqlite_"))
                raise ScenarioError(
                    self._scenario.file, step.line, f"there is no table {table!r}: {nearest(table, known)}"
                )
        return {
            table: self.driver.ask(f"SELECT count(*) FROM {quoted(table)}")[0][0]  # noqa: S608
            for table in step.expected.rows
        }

    def _code(self) -> str:
        """The abend codes of all inputs since the last look, each once."""
        steps = self.driver.ask(f"SELECT unit, code FROM step WHERE unit > {self._seen} ORDER BY unit")  # noqa: S608
        if steps:
            self._seen = steps[-1][0]
        return ", ".join(dict.fromkeys(code for _, code in steps if code))


def _check_unwatched(scenario: Scenario, settings: Settings) -> None:
    """Refuse the name of a transaction there is not; raises `ScenarioError`."""
    if not scenario.unwatched:
        return
    known = [program.transid for program in load(scenario.programs or settings.programs).programs]
    for name in scenario.unwatched:
        if name not in known:
            problem = f"unwatched: there is no transaction {name!r}: {nearest(name, known)}"
            raise ScenarioError(scenario.file, scenario.lines.get("unwatched", 0), problem)


@asynccontextmanager
async def player_of(scenario: Scenario, way: Way) -> AsyncIterator[Player]:
    """Who plays a scenario, on a driver that is open; raises `ScenarioError` when it cannot begin."""
    _check_unwatched(scenario, way.settings)
    secrets = Secrets.of(scenario.secrets)
    driver = driver_of(way.via, scenario, way.settings)
    try:
        try:
            await driver.open()
        except (ActionError, sqlite3.Error) as error:
            raise ScenarioError(scenario.file, 0, str(error)) from error
        yield Player(scenario, driver, secrets, way.pace)
    finally:
        await driver.close()


async def play(scenario: Scenario, way: Way) -> AsyncIterator[Played]:
    """Every step of a scenario, as it is done."""
    async with player_of(scenario, way) as player:
        for number, step in enumerate(scenario.steps, start=1):
            yield await player.play(number, step, strict_time=way.strict_time)


class Report(msgspec.Struct, frozen=True):
    """A scenario, played."""

    file: str
    via: str
    played: tuple[Played, ...] = ()
    trouble: str = ""
    """Why it could not be played to its end."""
    steps: int = 0
    """In the file."""
    elapsed_s: float = 0.0
    volatile: tuple[str, ...] = ()
    """Fields that were not compared."""
    unseen: tuple[str, ...] = ()
    """Those of them that no step showed; empty if it was not played to its end."""

    @property
    def verdict(self) -> int:
        """0: the same. 1: different. 2: it could not be run, and nothing differed before."""
        if any(played.differences for played in self.played):
            return 1
        return 2 if self.trouble else 0


async def report_on(scenario: Scenario, way: Way, told: Callable[[Played], None] = lambda _: None) -> Report:
    """Play a scenario to its end, or as far as it goes."""
    started = time.perf_counter()
    played: list[Played] = []
    trouble = ""
    try:
        async for step in play(scenario, way):
            played.append(step)
            told(step)
    except MonitorError as error:
        trouble = str(error)
    return Report(
        str(scenario.file),
        way.via,
        tuple(played),
        trouble,
        len(scenario.steps),
        time.perf_counter() - started,
        scenario.volatile,
        () if trouble else _unseen(scenario.volatile, played),
    )


def _unseen(volatile: Iterable[str], played: Iterable[Played]) -> tuple[str, ...]:
    shown = {name for step in played for name in step.seen.places}
    shown |= {name.rpartition(".")[0] for name in shown}
    return tuple(name for name in volatile if name not in shown)

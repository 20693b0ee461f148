"""A scenario as a workload: many sessions at once on one region, and how long each step takes."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from monitor.errors import MonitorError
from monitor.exchange import Aid
from monitor.startup import Region
from screens.drawing import decoder_of
from screens.replay.actions import Interruption
from screens.replay.comparison import Seen, differences
from screens.replay.faults import ActionError
from screens.replay.figures import Figures
from screens.replay.playing import Player
from screens.replay.rendering import places_of, rows_of, text_of
from screens.replay.scenario import Expected, Scenario
from screens.replay.secrets import Secrets
from screens.replay.terminal import ReplayTerminal
from screens.replay.varying import Row, values_of, varied

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ABEND = re.compile(r"\s*\S+ abend (\w+)")


class Plan(msgspec.Struct, frozen=True):
    """How much, how long."""

    sessions: int
    ramp_s: float
    """Until the last session has begun."""
    seconds: float
    """From the first session's begin until no new round of the scenario is begun."""
    think: float = 0.0
    """How much of the scenario's own pauses is kept; 1: all, 0: none."""
    rows: tuple[Row, ...] = ()
    """A row for each round, from the start again when they are used up."""
    checked: bool = True
    """Whether `contains` and `fields` of the steps are compared; abends always are."""


class RegionDriver(ReplayTerminal):
    """A terminal among many on a region that is open already."""

    def __init__(self, region: Region, terminal: str, rows: int, columns: int) -> None:
        super().__init__(terminal, rows, columns)
        self._region = region
        self._abends: list[str] = []

    def abends(self) -> list[str]:
        """What notices say of abends since the last question, such as `XFER abend ASRA`."""
        found, self._abends = self._abends, []
        return found

    async def open(self) -> None:
        """Attach the terminal."""
        await self._attach()
        self._note_abend()

    async def _attach(self) -> None:
        await self.attach(self._region, decoder_of(self._region.presentation))

    async def _send(self, aid: Aid) -> None:
        sent = self.sent
        await super()._send(aid)
        if self.sent > sent:
            self._note_abend()

    def _note_abend(self) -> None:
        if _ABEND.match(self.screen.notice):
            self._abends.append(self.screen.notice.partition(":")[0])

    async def interrupt(self, by: Interruption) -> None:
        """Attach again; a region that others work on is neither killed nor restarted."""
        if by is not Interruption.DISCONNECT:
            raise ActionError(f"{by.value}: the region of a load is shared; take this step out")
        await self._attach()

    def advance(self, seconds: float) -> None:
        """The region's clock is the system's."""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Nothing is asked of the store under load."""
        return []

    def stray(self) -> tuple[str, ...]:
        """Programs are not watched under load."""
        return ()

    async def close(self) -> None:
        """The region stays open."""


class Load:
    """A scenario, many times at once."""

    def __init__(
        self, scenario: Scenario, region: Region, plan: Plan, figures: Figures | None = None
    ) -> None:
        self.figures = figures or Figures(len(scenario.steps))
        self._scenario = scenario
        self._region = region
        self._plan = plan
        self._secrets = Secrets.of(scenario.secrets)
        self._expected = [_of_load(step.expected, checked=plan.checked) for step in scenario.steps]
        self._rounds = itertools.count()
        self._names = terminal_names(region.number)

    async def run(self) -> None:
        """Run all sessions to their end; when it is cancelled, what was measured so far stays."""
        started = time.perf_counter()
        deadline = started + self._plan.seconds
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(self._plan.sessions):
                    delay_s = self._plan.ramp_s * number / self._plan.sessions
                    group.create_task(self._session(delay_s, deadline))
        finally:
            self.figures.elapsed_s = time.perf_counter() - started

    async def repeat(self, rounds: int) -> None:
        """Run the scenario so many times, one after the other."""
        for number in range(rounds):
            await self._round(number)

    async def _session(self, delay_s: float, deadline: float) -> None:
        await asyncio.sleep(delay_s)
        self.figures.active += 1
        try:
            while time.perf_counter() < deadline:
                await self._round(next(self._rounds))
                await asyncio.sleep(0)
        finally:
            self.figures.active -= 1

    async def _round(self, number: int) -> None:
        """The scenario once, on a terminal nobody used before; the first error ends it."""
        scenario, rows = self._scenario, self._plan.rows
        row = rows[number % len(rows)] if rows else {}
        driver = RegionDriver(self._region, next(self._names), scenario.rows, scenario.columns)
        secrets = self._secrets.preferring(values_of(row))
        player = Player(scenario, driver, secrets, self._pause)
        for place, step in enumerate(scenario.steps):
            try:
                started = await self._begin(place, driver, player)
                waited_s = player.waited_s
                for action, then in zip(step.actions, (*step.actions[1:], None), strict=False):
                    await player.perform(varied(action, row), then)
                elapsed_s = time.perf_counter() - started - (player.waited_s - waited_s)
                _check(self._expected[place], driver, (*scenario.volatile, *row))
            except (ActionError, MonitorError) as error:
                self.figures.errors[place][str(error)] += 1
                return
            self.figures.elapsed_ms[place].append(elapsed_s * 1000)
        self.figures.rounds += 1

    async def _begin(self, place: int, driver: RegionDriver, player: Player) -> float:
        """Attach the terminal, or wait until it is time for the step; returns when the step began."""
        if place:
            await player.until(self._scenario.steps[place].time)
            return time.perf_counter()
        started = time.perf_counter()
        await driver.open()
        return started

    async def _pause(self, seconds: float) -> None:
        if self._plan.think:
            await asyncio.sleep(seconds * self._plan.think)


def _of_load(expected: Expected, *, checked: bool) -> Expected:
    """What of a step's expectations holds for any terminal at any time; its abend may be on the screen only."""
    *_, last = (expected.screen or "").splitlines() or [""]
    abend = _abend_in(last) if expected.abend is None else expected.abend
    if not checked:
        return Expected(abend=abend)
    return Expected(abend=abend, contains=expected.contains, fields=expected.fields)


def _abend_in(notice: str) -> str:
    found = _ABEND.match(notice)
    return found[1] if found else ""


def _check(expected: Expected, driver: RegionDriver, volatile: Sequence[str]) -> None:
    """Raise `ActionError` for the first thing that differs."""
    screen, space, abends = driver.screen, driver.space, driver.abends()
    if ", ".join(dict.fromkeys(map(_abend_in, abends))) != expected.abend:
        raise ActionError(f"{', '.join(abends) or 'no abend'}, expected {expected.abend or 'none'}")
    places = places_of(screen, driver.layout) if expected.fields else {}
    seen = Seen(
        rows=rows_of(space, bare=not screen.panels) if expected.contains else (),
        columns=space.columns,
        cursor="",
        attributes="",
        fields={name: text_of(space, places[name]) for name in expected.fields if name in places},
        code=expected.abend,
    )
    if found := differences(expected, seen, volatile):
        raise ActionError(str(found[0]))


def terminal_names(region: int) -> Iterator[str]:
    """Terminal ids of this region's own: how many digits it has as a letter, the region, the count.

    The count begins again after 60 million rounds; after 1.6 million, when there were 1,296 regions before.
    """
    number = _base36(region).rjust(2, "0")
    letter, length = "LMNOPQ"[len(number) - 2], 7 - len(number)
    for count in itertools.count():
        yield f"{letter}{number}{_base36(count % 36**length).rjust(length, '0')}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, place = divmod(number, 36)
        digits = _DIGITS[place] + digits
    return digits

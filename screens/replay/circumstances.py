"""What a stored step had of its region, given to it again: the time, the seed, and the id of its unit of work."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.clock import VirtualClock
from monitor.recall import StoredStep
from monitor.units import UnitIds
from screens.replay.drivers.ground import Seeds
from screens.replay.recording import attaches

REGION = 2**30
"""Above the number of any region that was ever registered."""


class _Units(UnitIds):
    """Gives the unit of work of a step the id it had."""

    def __init__(self) -> None:
        super().__init__(REGION)
        self._due: list[int] = []

    def begin(self, unit: int, *, attaches: bool) -> None:
        """Make `unit` the id of the step; the attachment before it gets one nobody has."""
        self._due = [*([super().new()] if attaches else []), unit]

    def new(self) -> int:
        """The id that is due; the last one stays, for of all runs of a step one at most is stored."""
        return self._due.pop(0) if len(self._due) > 1 else self._due[0]


class _Clock(VirtualClock):
    """Stands at the moment of a step."""

    def __init__(self) -> None:
        super().__init__(datetime(2000, 1, 1, tzinfo=UTC))
        self.moment = self._start

    def now(self) -> datetime:
        """When the step began."""
        return self.moment


class Circumstances:
    """What a program takes from its region, as a stored step had it."""

    def __init__(self) -> None:
        self.clock = _Clock()
        self.seeds = Seeds(1)
        self.units = _Units()

    def begin(self, step: StoredStep, seed: int) -> None:
        """Make them those of a step."""
        self.clock.moment = datetime.fromisoformat(step.started)
        self.seeds.give(seed)
        self.units.begin(step.unit, attaches=attaches(step))

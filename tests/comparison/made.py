"""Results of a run that nobody made."""

from __future__ import annotations

from typing import Any

from comparison.compare.results import About, Result, Speed, Spread, Survival
from comparison.table import ENTRACTE

GROUPED = "each step; one fsync for all steps that wait"
ALONE = "each step, one fsync"
ABOUT = (
    About(ENTRACTE, True, GROUPED, "in process", "-", 1),
    About("entracte over TCP", True, GROUPED, "TCP", "-", 1),
    About("rival", True, ALONE, "in process", "-", 1),
    About("web rival", True, ALONE, "HTTP", "-", 1),
    About("grouped rival", True, GROUPED, "in process", "-", 1),
    About("forgetful", False, "none", "in process", "-", 1),
)


def result(**parts: Any) -> Result:
    """A run of the parts given."""
    return Result(
        "now", "3.11", "3.40", "Linux", 2, 0.3, parts.pop("commit_delay_ms", 0.0), parts.pop("quick", False),
        1.0, 1.0, {}, list(ABOUT), **parts,
    )  # fmt: skip


def speeds(terminals: int, **steps_per_s: float) -> list[Speed]:
    """So many steps a second of each, with `_` for a blank; entracte over it is the ratio."""
    ours = steps_per_s[ENTRACTE]
    one = _always(1.0)
    return [
        Speed(name.replace("_", " "), terminals, _always(speed), one, one, one, one, _always(ours / speed))
        for name, speed in steps_per_s.items()
    ]


def silent(name: str) -> list[Speed]:
    """No step at all at 100 terminals."""
    none = _always(0.0)
    return [Speed(name, 100, none, none, none, none, none, _always(1.0))]


def killed(
    name: str, lost: int = 0, steps_lost: int = 0, doubled: int = 0, note: str = "", of: int = 40
) -> Survival:
    """One that was killed with `of` conversations under way."""
    return Survival(name, 3, of, lost, 10 * of, steps_lost, doubled, "0 lost, 0 doubled", note)


def _always(value: float) -> Spread:
    return Spread(value, value, value)

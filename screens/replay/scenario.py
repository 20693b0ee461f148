"""A scenario: what an operator does, step by step, and what each step is expected to show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from screens.replay.actions import Action

FORMAT = 1
SUFFIX = ".replay.toml"
BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
"""When a scenario begins that does not say."""


class Expected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a step must show; what is None or empty is not looked at."""

    screen: str | None = None
    """The whole screen as `rendering.rows_of` writes it; rows at the end may be left out."""
    cursor: str | None = None
    """The field the cursor is in, `NAME+2` past its start, or `ROW,COLUMN` outside of any."""
    attributes: str | None = None
    """A digest of all field attributes, or all of them in full, one field a line."""
    contains: tuple[str, ...] = ()
    """Texts that stand somewhere on the screen, each within a row."""
    fields: dict[str, str] = {}
    """Texts of fields, without blanks around."""
    rows: dict[str, int] = {}
    """Row counts of tables."""
    abend: str | None = None
    """The abend code of the step; empty: none."""
    within_ms: float | None = None
    """A bound for the step; reported, and a failure only when asked for."""


class Step(msgspec.Struct, frozen=True):
    """Actions, and what is expected once they are done."""

    actions: tuple[Action, ...] = ()
    lines: tuple[int, ...] = ()
    """Of each action, in the file."""
    expected: Expected = Expected()
    note: str = ""
    time: datetime | None = None
    """What time it is before the first action."""
    line: int = 0
    """Of the step, in the file."""


class Scenario(msgspec.Struct, frozen=True):
    """A file of steps, and all they depend on."""

    file: Path
    steps: tuple[Step, ...]
    title: str = ""
    transaction: str = ""
    """Started on the terminal when it is attached; empty: a blank screen."""
    rows: int = 24
    columns: int = 80
    starts: datetime = BEGINNING
    """What the scenario's clock says at first."""
    seed: int = 1
    """Of the random numbers of the first conversation; those of later ones follow from it."""
    user: str = "GUEST"
    terminal: str = "T001"
    secrets: Path | None = None
    """A TOML file of the values of `$NAME`; the environment comes first."""
    volatile: tuple[str, ...] = ()
    """Fields that are not compared, wherever they are; a repeated field's name stands for all its rows."""
    fixture: Path | None = None
    """SQL that is run on the new store before the terminal is attached."""
    programs: tuple[str, ...] = ()
    """Modules to load; empty: those of the settings."""
    unwatched: tuple[str, ...] = ()
    """Transactions that may read the machine's clock or draw real randomness: what they show is volatile."""
    lines: dict[str, int] = {}
    """Of each key above the steps, in the file."""

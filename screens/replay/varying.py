"""Rows of values: each round of a load types other ones than its scenario has."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from screens.replay.actions import Action, Fill, Type
from screens.replay.faults import ScenarioError
from screens.replay.scenario import Scenario
from screens.replay.secrets import is_reference

Row = Mapping[str, str]
"""Values by name of a field or `$NAME`."""


def values_of(row: Row) -> dict[str, str]:
    """A row's values, by the names that references have."""
    return {_variable(name): text for name, text in row.items()}


def varied(action: Action, row: Row) -> Action:
    """The action with a reference to the row's value in the place of what the scenario fills in."""
    if isinstance(action, Fill) and action.field in row:
        return Fill(action.field, f"${_variable(action.field)}")
    return action


def _variable(name: str) -> str:
    """A name in the form `$NAME` has: that of one row of a repeated field has a dot."""
    return name.replace(".", "__")


def read_rows(file: Path, scenario: Scenario) -> tuple[Row, ...]:
    """The rows of a CSV file whose first line names fields or `$NAME`s; raises `ScenarioError`."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(file, 0, f"cannot be read ({error})") from error
    reader = csv.DictReader(io.StringIO(text))
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                problem = "this row has not as many values as there are names"
                raise ScenarioError(file, reader.line_num, problem)
            rows.append(dict(row))
    except csv.Error as error:
        raise ScenarioError(file, reader.reader.line_num, f"this row cannot be read ({error})") from error
    names = {name for step in scenario.steps for action in step.actions for name in _names(action)}
    unknown = [name for name in reader.fieldnames or () if name not in names]
    if unknown or not rows:
        told = f"the scenario fills no field {unknown[0]!r}" if unknown else "there is no row"
        raise ScenarioError(file, 1, f"{told}; it fills {', '.join(sorted(names)) or 'none'}")
    return tuple(rows)


def _names(action: Action) -> Iterator[str]:
    """What a column may be called to replace what the action types."""
    if isinstance(action, Fill):
        yield action.field
    if isinstance(action, Fill | Type) and is_reference(action.text):
        yield action.text[1:]

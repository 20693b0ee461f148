"""A scenario as the text of its file."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import tomlkit
from tomlkit.items import Table

from monitor.errors import MonitorError
from screens.replay.actions import write
from screens.replay.approving import literal
from screens.replay.scenario import BEGINNING, FORMAT, Expected, Scenario, Step


def text_of_scenario(scenario: Scenario) -> str:
    """The file's text: what is as the format has it anyway is left out."""
    document = tomlkit.document()
    document.add("format", tomlkit.item(FORMAT))
    for name, value in _header(scenario).items():
        document.add(name, tomlkit.item(value))
    steps = tomlkit.aot()
    for step in scenario.steps:
        steps.append(_table(step))
    document.add("step", steps)
    return tomlkit.dumps(document)


def check_writable(file: Path) -> None:
    """Raise `MonitorError` if `write_text` could not put a text there."""
    place = Path(os.path.realpath(file))
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}."):
            pass
    except OSError as error:
        raise MonitorError(
            f"{file} cannot be written ({error.strerror}); name a file in a folder that is there and can be written"
        ) from error


def _header(scenario: Scenario) -> dict[str, object]:
    folder = scenario.file.parent
    plain = Scenario(file=scenario.file, steps=())
    values: dict[str, object] = {
        "title": scenario.title,
        "transaction": scenario.transaction,
        "screen": f"{scenario.rows}x{scenario.columns}",
        "starts": scenario.starts.astimezone(UTC),
        "seed": scenario.seed,
        "user": scenario.user,
        "terminal": scenario.terminal,
        "secrets": os.path.relpath(scenario.secrets, folder) if scenario.secrets else "",
        "volatile": list(scenario.volatile),
        "unwatched": list(scenario.unwatched),
        "fixture": os.path.relpath(scenario.fixture, folder) if scenario.fixture else "",
        "programs": list(scenario.programs),
    }
    usual = {
        "screen": "24x80",
        "starts": BEGINNING,
        "seed": 1,
        "user": plain.user,
        "terminal": plain.terminal,
    }
    return {name: value for name, value in values.items() if value and usual.get(name) != value}


def _table(step: Step) -> Table:
    table = tomlkit.table()
    if step.note:
        table.add("note", step.note)
    if step.time is not None:
        table.add("time", tomlkit.item(_to_the_microsecond(step.time)))
    if step.actions:
        table.add("do", literal("".join(f"{write(action)}\n" for action in step.actions)))
    _expect(table, step.expected)
    return table


def _expect(table: Table, expected: Expected) -> None:
    if expected.screen is not None:
        table.add("screen", literal(expected.screen))
    for name in ("cursor", "attributes", "abend", "within_ms"):
        value = getattr(expected, name)
        if value is not None:
            long = isinstance(value, str) and "\n" in value
            table.add(name, literal(value) if long else tomlkit.item(value))
    if expected.contains:
        table.add("contains", tomlkit.item(list(expected.contains)))
    for name in ("fields", "rows"):
        if values := getattr(expected, name):
            inline = tomlkit.inline_table()
            inline.update(values)
            table.add(name, inline)


def _to_the_microsecond(moment: datetime) -> datetime:
    return moment.astimezone(UTC)

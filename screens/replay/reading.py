"""A scenario file, read and checked: whatever is wrong is told with its line and the nearest known name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from screens.replay.actions import Action, parse
from screens.replay.faults import ActionError, ScenarioError, nearest, one_line
from screens.replay.plain_files import read_bytes, toml_of
from screens.replay.positions import Place, lines_of
from screens.replay.scenario import BEGINNING, FORMAT, SUFFIX, Expected, Scenario, Step
from screens.space.buffer import POSITIONS_MAX

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,8}$")]
_Table = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*$")]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Step(msgspec.Struct):
    note: str = ""
    time: _Aware | None = None
    do: str = ""
    screen: str | None = None
    cursor: str | None = None
    attributes: str | None = None
    contains: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    rows: dict[_Table, _Count] = {}
    abend: str | None = None
    within_ms: Annotated[float, msgspec.Meta(gt=0)] | None = None


class _Header(msgspec.Struct):
    format: int
    step: list[_Step] = []
    title: str = ""
    transaction: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{0,4}$")] = ""
    screen: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}x[1-9][0-9]{0,2}$")] = "24x80"
    starts: _Aware = BEGINNING
    seed: Annotated[int, msgspec.Meta(gt=0, lt=2**62)] = 1
    user: Annotated[str, msgspec.Meta(min_length=1)] = "GUEST"
    terminal: _Name = "T001"
    secrets: str = ""
    volatile: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    fixture: str = ""
    programs: tuple[str, ...] = ()


HEADER_KEYS = _Header.__struct_fields__
STEP_KEYS = _Step.__struct_fields__
_IN_STEP = re.compile(r"\$\.step\[(\d+)\](?:\.(\w+))?")
_IN_HEADER = re.compile(r"\$\.(\w+)")


def load_scenario(file: Path) -> Scenario:
    """Read a scenario; raises `ScenarioError`."""
    return read_scenario(file, read_text(file))


def read_text(file: Path, *, any_kind: bool = False) -> str:
    """The text of a scenario file, or with `any_kind` of a pipe or device as well; raises `ScenarioError`."""
    try:
        return read_bytes(file, any_kind=any_kind).decode("utf-8-sig")
    except OSError as error:
        raise ScenarioError(file, 0, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(file, 0, f"is not UTF-8 text ({error.reason} at byte {error.start})") from error


def read_scenario(file: Path, text: str) -> Scenario:
    """The scenario a text says; `file` is what errors call it, and where its other files are looked for."""
    values = _toml(file, text)
    lines = lines_of(text)
    _refuse_unknown(file, values, lines)
    if values.get("format") != FORMAT:
        found = repr(values["format"]) if "format" in values else "missing"
        problem = f"format is {found}: this version reads `format = {FORMAT}`"
        raise ScenarioError(file, lines.get((-1, "format"), 1), problem)
    try:
        header = msgspec.convert(values, _Header)
    except msgspec.ValidationError as error:
        raise ScenarioError(file, _line_of(str(error), lines), _told(str(error))) from error
    if not header.step:
        raise ScenarioError(file, 0, "there is no step: add one with [[step]]")
    for name in ("secrets", "fixture"):
        if "\0" in getattr(header, name):
            problem = f"{name} has a NUL character, and no file is named so"
            raise ScenarioError(file, lines.get((-1, name), 0), problem)
    rows, columns = map(int, header.screen.split("x"))
    if rows * columns > POSITIONS_MAX:
        problem = f"screen is {header.screen}: a display has {POSITIONS_MAX} positions at most"
        raise ScenarioError(file, lines.get((-1, "screen"), 1), problem)
    return Scenario(
        file=file,
        steps=tuple(_step(file, number, step, lines) for number, step in enumerate(header.step)),
        title=header.title,
        transaction=header.transaction,
        rows=rows,
        columns=columns,
        starts=header.starts,
        seed=header.seed,
        user=header.user,
        terminal=header.terminal,
        secrets=file.parent / header.secrets if header.secrets else None,
        volatile=header.volatile,
        fixture=file.parent / header.fixture if header.fixture else None,
        programs=header.programs,
        unwatched=header.unwatched,
        lines={key: line for (step, key), line in lines.items() if step == -1},
    )


def find_scenarios(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every `*.replay.toml` below the folders named, in order."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(sorted(path.rglob(f"*{SUFFIX}")))
        else:
            found[path] = None
    return list(found)


def _toml(file: Path, text: str) -> dict[str, Any]:
    try:
        return toml_of(text.replace("\r\n", "\n"))
    except RecursionError as error:
        raise ScenarioError(file, 0, "is not a scenario: its brackets are too deep") from error
    except ValueError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise ScenarioError(file, int(place[1]) if place else 0, f"is not TOML: {error}") from error


def _refuse_unknown(file: Path, values: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
    for name in values:
        if name not in HEADER_KEYS:
            problem = f"unknown key {name!r}: {nearest(name, HEADER_KEYS)}"
            raise ScenarioError(file, lines.get((-1, name), 0), problem)
    steps = values.get("step", [])
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        for name in step if isinstance(step, dict) else ():
            if name not in STEP_KEYS:
                problem = f"unknown key {name!r} in step {number + 1}: {nearest(name, STEP_KEYS)}"
                raise ScenarioError(file, lines.get((number, name), 0), problem)


def _line_of(error: str, lines: Mapping[Place, int]) -> int:
    if found := _IN_STEP.search(error):
        step = int(found[1])
        return lines.get((step, found[2] or ""), lines.get((step, ""), 0))
    if found := _IN_HEADER.search(error):
        return lines.get((-1, found[1]), 0)
    return 0


def _told(error: str) -> str:
    """msgspec's words, with steps counted from 1."""
    told = _IN_STEP.sub(lambda found: f"step {int(found[1]) + 1} {found[2] or ''}".rstrip(), error)
    return _IN_HEADER.sub(lambda found: found[1], told)


def _step(file: Path, number: int, step: _Step, lines: Mapping[Place, int]) -> Step:
    actions, places = _actions(file, step.do, lines.get((number, "do"), 0))
    return Step(
        actions=actions,
        lines=places,
        note=one_line(step.note),
        time=step.time,
        line=lines.get((number, ""), 0),
        expected=Expected(
            screen=step.screen,
            cursor=step.cursor,
            attributes=step.attributes,
            contains=step.contains,
            fields=step.fields,
            rows=step.rows,
            abend=step.abend,
            within_ms=step.within_ms,
        ),
    )


def _actions(file: Path, do: str, line: int) -> tuple[tuple[Action, ...], tuple[int, ...]]:
    """The actions of a `do`, and the line of each: a multi-line string begins on the line after its key."""
    actions, places = [], []
    first = line + ("\n" in do)
    for place, text in enumerate(do.split("\n"), start=first):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            actions.append(parse(text))
        except ActionError as error:
            raise ScenarioError(file, place, str(error)) from error
        places.append(place)
    return tuple(actions), tuple(places)

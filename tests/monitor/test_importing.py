"""An application that cannot be imported is told in one sentence, with the place in its own file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import StartupError
from monitor.program import load
from monitor.signals import Ended


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `hall`, with nothing in it yet."""
    folder = tmp_path / "hall"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "hall"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import timee", "ModuleNotFoundError: No module named 'timee'"),
        ("import hall.seats", "ModuleNotFoundError: No module named 'hall.seats'"),
        ("from monitor import Taks", "ImportError: cannot import name 'Taks' from 'monitor'"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ("import monitor; monitor.nothing", "AttributeError: module 'monitor' has no attribute 'nothing'"),
        ("import json; json.loads('')", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        ("raise ValueError", "ValueError"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("raise SystemExit", "SystemExit"),
        ("import monitor; monitor.transaction('toolong')", "transaction id 'toolong' must be 1 to 4"),
        (
            "from screens.map import Map\n\n\nclass BAD0(Map): picture = ' [a'",
            "map BAD0, row 1, column 1: [ is not closed: end the field with ] on this row",
        ),
    ],
)
@pytest.mark.parametrize("file", ["__init__.py", "desk.py"])
def test_what_is_wrong_is_told_with_its_place(hall: Path, file: str, line: str, said: str) -> None:
    """Of the application's frames the last one, whoever raised it; in one line."""
    (hall / "__init__.py").write_text("import hall.desk\n")
    (hall / file).write_text(f"\n{line}\n")
    with pytest.raises(StartupError) as caught:
        load(["hall"])
    told, at = str(caught.value), 2 + line.count("\n")
    assert told.startswith(f"programs: hall cannot be loaded: {said}")
    assert told.endswith(f" ({hall / file}, line {at})")
    assert "\n" not in told


@pytest.mark.parametrize("name", ["no_such_module", "no_such_module.part", "hall.part"])
def test_a_module_that_is_not_there_has_no_place(hall: Path, name: str) -> None:
    """It is the settings that name it."""
    (hall / "__init__.py").touch()
    with pytest.raises(StartupError, match=f"there is no module '{name}' .*; correct the settings"):
        load([name])


def test_a_signal_while_it_is_imported_is_no_fault_of_the_application(hall: Path) -> None:
    """The command ends as it was asked to."""
    (hall / "__init__.py").write_text("from monitor.signals import Ended\nraise Ended(143)\n")
    with pytest.raises(Ended):
        load(["hall"])

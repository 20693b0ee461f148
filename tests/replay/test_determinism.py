"""What a replay could not do again is named."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.replay.scenarios import played, problems, scenario_text
from tests.replay.test_recording import entracte, only_conversation, store_with

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("transaction", "called", "advice"),
    [
        ("CLOC", "datetime.now", "take task.now"),
        ("TIME", "time.time", "take task.now"),
        ("THRE", "time.monotonic", "take task.now"),
        ("HOUR", "time.strftime", "take task.now"),
        ("CHIL", "time.time_ns", "take task.now"),
        ("LOOP", "time.monotonic", "take task.now"),
        ("BELO", "time.time", "take task.now"),
        ("RAND", "random.random", "take task.random or task.new_id()"),
        ("UNSE", "random.Random() without a seed", "take task.random or task.new_id()"),
        ("UUID", "os.urandom", "take task.random or task.new_id()"),
    ],
)
def test_a_program_that_cannot_be_replayed_is_named(transaction: str, called: str, advice: str) -> None:
    """With its transaction, what it calls, where, and what to do instead."""
    (found,) = problems(played(scenario_text(transaction, "")))
    assert f"{transaction} calls {called} (tests.replay.programs, line " in found
    assert found.endswith(advice)


def test_a_program_that_measures_may_be_left_unwatched() -> None:
    """Where the scenario says so, and names what is volatile."""
    assert problems(played(scenario_text("THRE", "", header='unwatched = ["THRE"]'))) == []


def test_a_program_that_takes_all_from_the_task_is_not() -> None:
    """Seeded generators and the task's own time, written as text, are fine."""
    for transid in ("SEED", "TEXT"):
        assert problems(played(scenario_text(transid, ""))) == []


@pytest.mark.parametrize("transid", ["WAIT", "LOGS"])
def test_what_a_package_calls_for_itself_is_nobodys_fault(transid: str) -> None:
    """Timeouts, logs and temporary files are a program's right."""
    assert problems(played(scenario_text(transid, ""))) == []


def test_a_recording_says_that_only_determinism_fails(tmp_path: Path) -> None:
    """New data would not help, and a fixture neither."""
    settings = store_with(tmp_path, "enter", transid="CLOC")
    file = tmp_path / "c.replay.toml"
    told = entracte(settings, "record", str(file), "--conversation", only_conversation(settings)).output
    assert "steps 1, 2 do what no replay can do again:\n    CLOC calls datetime.now (" in told
    assert (1, False) == (told.count("CLOC calls"), "show something else" in told)


def test_a_child_that_is_cancelled_before_it_began_is_no_matter() -> None:
    """Nobody is told that it was never awaited."""
    assert problems(played(scenario_text("CANC", ""))) == []
    gc.collect()


def test_what_the_garbage_collector_calls_is_nobodys_fault() -> None:
    """It may run in the middle of any program."""
    seen: list[float] = []

    def callback(_: str, __: dict[str, int]) -> None:
        seen.append(time.time())

    gc.callbacks.append(callback)
    try:
        assert problems(played(scenario_text("COLL", ""))) == []
    finally:
        gc.callbacks.remove(callback)
    assert seen


@pytest.mark.parametrize(
    "line",
    [
        "time.time()",
        "time.strftime('%H')",
        "random.random()",
        "uuid.uuid4()",
        "datetime.datetime.now()",
        "secrets.token_hex()",
    ],
)
def test_the_linter_refuses_it_in_an_application(line: str) -> None:
    """Below `transactions`, before it is ever run."""
    module = line.partition(".")[0]
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "transactions/sample/program.py", "-"],
        input=f"import {module}\n\nMADE = {line}\n",
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "TID251" in checked.stdout


def test_a_name_under_unwatched_is_that_of_a_transaction() -> None:
    """Else the nearest is told, and nothing is run."""
    report = played(scenario_text("THRE", "", header='unwatched = ["THRE", "TIMW"]'))
    assert (report.verdict, report.played) == (2, ())
    assert report.trouble == "x.replay.toml:4: unwatched: there is no transaction 'TIMW': did you mean TIME?"

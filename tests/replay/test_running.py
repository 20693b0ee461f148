"""Runs of scenarios that a signal ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.settings import Settings
from screens.replay.playing import Way
from screens.replay.running import STOPPED, one_by_one, side_by_side
from screens.replay.stopping import Stop
from tests.replay.scenarios import scenario_text

ROOT = Path(__file__).parents[2]
STEPS = ("", "do = '''\nenter\nwait 1h\n'''", "do = 'enter'")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A scenario that waits for an hour in its second step."""
    file = tmp_path / "b.replay.toml"
    file.write_text(scenario_text("SIGN", *STEPS))
    return file


@pytest.mark.parametrize(
    ("ends", "jobs"),
    [(signal.SIGINT, "1"), (signal.SIGINT, "2"), (signal.SIGTERM, "2"), (signal.SIGHUP, "2")],
)
def test_a_signal_ends_it_with_what_was_run(slow: Path, ends: signal.Signals, jobs: str) -> None:
    """The reports are told and written, and no process is left that has its output open."""
    (slow.parent / "a.replay.toml").write_text(scenario_text("SIGN", ""))
    written, junit = slow.parent / "x.json", slow.parent / "x.xml"
    options = ["--speed", "1x", "--jobs", jobs, "--json", str(written), "--junit", str(junit)]
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from monitor.cli import main; main()",
            "replay",
            "run",
            str(slow.parent),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(slow.parent)},
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("PASS"):
            assert process.poll() is None
        process.send_signal(ends)
        _, said = process.communicate(timeout=60)
    assert (128 + ends, True) == (process.returncode, f"ended early by {ends.name}" in said), said
    first, *others = json.loads(written.read_text())
    assert first["verdict"] == 0
    assert all(one["trouble"] == STOPPED for one in others)
    assert "a.replay.toml" in junit.read_text()
    assert "Aborted" not in said and "Traceback" not in said


def test_a_stopped_scenario_is_reported_as_far_as_it_came(slow: Path) -> None:
    """And the ones after it are not begun."""
    way = Way(Settings(), "core", pace=asyncio.sleep)
    with Stop([signal.SIGTERM]) as stop:
        files = [slow, slow]
        (report,) = one_by_one(stop, files, way, lambda *_: signal.raise_signal(signal.SIGTERM))
    assert (1, 3, STOPPED) == (len(report.played), report.steps, report.trouble)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_scenario_whose_process_is_gone_is_told(slow: Path) -> None:
    """It could not be run."""
    (report,) = side_by_side(Stop(()), [slow], Way(Settings(), "core", pace=_die), 1)
    assert (2, "the process that was to run it has ended") == (report.verdict, report.trouble)


async def _die(_: float) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

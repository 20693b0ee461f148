"""The tutorial says what there is."""

from __future__ import annotations

import re
from pathlib import Path

from screens.replay.actions import parse
from screens.replay.command import COMMANDS
from screens.replay.drivers import VIA
from screens.replay.reading import HEADER_KEYS, STEP_KEYS

TEXT = (Path(__file__).parents[2] / "docs" / "replay.md").read_text()
FIRST_COLUMNS = " ".join(re.findall(r"(?m)^\| (`.*?) \|", TEXT))


def test_every_key_of_a_scenario_is_explained() -> None:
    """Header and steps."""
    named = set(re.findall(r"`(\w+)`", FIRST_COLUMNS))
    assert {*HEADER_KEYS, *STEP_KEYS} - {"step"} <= named


def test_every_driver_and_command_is_named() -> None:
    """And no command that is not there."""
    assert set(VIA) <= set(re.findall(r"`(\w+)`", FIRST_COLUMNS))
    used = set(re.findall(r"entracte replay (\w+)", TEXT)) | set(re.findall(r"`(\w+)[ `]", TEXT))
    assert set(COMMANDS) <= used
    assert set(re.findall(r"\$ entracte replay (\w+)", TEXT)) <= set(COMMANDS)


def test_the_actions_of_the_example_are_actions() -> None:
    """Those of the step that is shown."""
    (done,) = re.findall(r"(?s)do = '''\n(.*?)'''", TEXT)
    assert len([parse(line) for line in done.splitlines()]) == 5

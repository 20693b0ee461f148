"""Scenarios the tests write, and how they play them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.settings import Settings
from screens.replay.playing import Report, Way, report_on
from screens.replay.reading import read_scenario

HEADER = 'format = 1\nprograms = ["tests.replay.programs"]\n'


def scenario_text(transaction: str, *steps: str, header: str = "") -> str:
    """A scenario file on the tests' programs; a step is the lines under its [[step]]."""
    made = "".join(f"\n[[step]]\n{step}\n" for step in steps)
    return f'{HEADER}transaction = "{transaction}"\n{header}\n{made}'


def played(text: str, via: str = "core", file: Path = Path("x.replay.toml")) -> Report:
    """The report on a scenario's text."""
    return asyncio.run(report_on(read_scenario(file, text), Way(Settings(), via)))


def problems(report: Report) -> list[str]:
    """Every difference, in words, with the number of its step."""
    return [f"{step.number} {difference}" for step in report.played for difference in step.differences]

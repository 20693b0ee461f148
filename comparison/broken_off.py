"""A run that breaks off because a competitor did not do the work is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from comparison.workload import WrongAnswer
from monitor.errors import MonitorError

CHARS_MAX = 300


@contextmanager
def told() -> Iterator[None]:
    """The command ends with 1 and the first wrong answer; a mistake of ours keeps its traceback."""
    try:
        yield
    except (WrongAnswer, BaseExceptionGroup) as error:
        causes = list(_causes(error))
        if not all(isinstance(cause, WrongAnswer | MonitorError) for cause in causes):
            raise
        said = " ".join(str(causes[0]).split())[:CHARS_MAX]
        raise click.ClickException(f"the run broke off, and nothing of it counts: {said}") from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors in a group of groups, in order."""
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for one in error.exceptions:
        yield from _causes(one)

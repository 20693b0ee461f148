"""The session of docs/script.md answers as shown there, and every action is on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screens.script.verbs import VERBS
from tests.docs import pages

PAGE = "docs/script.md"
_TIME = re.compile(r" \d+\.\d{3}$", re.MULTILINE)


def without_times(text: str) -> list[str]:
    """The lines of an answer, without the time each took and the blanks at their ends."""
    return [line.rstrip() for line in _TIME.sub("", text).splitlines()]


def test_the_session_answers_as_shown(tmp_path: Path) -> None:
    """The same lines give the same answers."""
    said = pages.entracte(tmp_path, "script", typed=pages.titled(PAGE, "typed"))
    assert without_times(pages.titled(PAGE, "answered")) == without_times(said)


def test_the_query_answers_as_shown(tmp_path: Path) -> None:
    """What can be asked is what the page lists."""
    said = pages.entracte(tmp_path, "script", typed="Query")
    assert pages.titled(PAGE, "query").splitlines() == said.splitlines()[:-2]


@pytest.mark.parametrize("name", [verb.name for verb in VERBS.values()])
def test_every_action_is_on_the_page(name: str) -> None:
    """No action is left for people to find out."""
    words = {re.match(r"\w*", word)[0] for word in pages.code_words(PAGE)}  # type: ignore[index]
    assert name in words

"""The terminal answers a key at once, through a real pty."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")


def test_keys_are_shown_at_once(tmp_path: Path) -> None:
    """A coarse guard of what the benchmark measures: far below what a person notices, on any machine."""
    from tests.screens.console.latency import measure

    typing, changing = measure(24, 80, tmp_path, rounds=6)
    assert typing.p50_ms < 40
    assert changing.p50_ms < 80

"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import settings

from tests.monitor.bed import Disk

settings.register_profile("entracte", deadline=None, max_examples=60)
settings.load_profile("entracte")


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A database in memory."""
    made = Disk()
    with closing(made.database):
        yield made

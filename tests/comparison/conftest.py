"""The bank of the comparison, made once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from comparison.bank_store import make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store every competitor starts from."""
    return asyncio.run(make_template(tmp_path_factory.mktemp("bank")))

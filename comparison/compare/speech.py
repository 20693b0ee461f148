"""How a process of an experiment talks to the one that started it: it says lines of JSON, and is told to go on."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any


def say(*values: Any) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


async def told_to_go_on() -> None:
    """Wait until it is told to go on."""
    await asyncio.to_thread(sys.stdin.readline)

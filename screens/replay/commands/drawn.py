"""Whether what a command tells is drawn on a terminal, and how wide that is."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

WIDTH_WITHOUT_TERMINAL = 170


def screen_width() -> int:
    """Columns there are for two screens side by side."""
    return shutil.get_terminal_size().columns if is_drawn(sys.stdout) else WIDTH_WITHOUT_TERMINAL


def is_drawn(stream: TextIO | None) -> bool:
    """True if what is written there is read on a terminal; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()

"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_text(file: Path, text: str) -> None:
    """Put a text in the place of a file, or of the one a link names, whole or not at all; raises `OSError`."""
    file = Path(os.path.realpath(file))
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as made:
            made.write(text.encode())
        if file.exists():
            Path(name).chmod(file.stat().st_mode & 0o777)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

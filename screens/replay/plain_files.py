"""Files that a scenario is or names: regular ones of bounded size, and TOML that is read in bounded time."""

from __future__ import annotations

import errno
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

file_bytes_max = 16_000_000
"""The largest file that is read."""
key_parts_max = 100
"""Of a dotted key: the time its parts take to read grows with their square."""

_LONG_KEY = re.compile(
    rf"""(?<![\w.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{key_parts_max}}}"""
)
_LONG_NUMBER = re.compile(r"[0-9][0-9_]{4300}")


def read_bytes(file: Path, *, any_kind: bool = False) -> bytes:
    """All of a file; raises `OSError`, also for what is no regular file, unless `any_kind` may be read."""
    if not any_kind and not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    with file.open("rb") as opened:
        found = opened.read(file_bytes_max + 1)
    if len(found) > file_bytes_max:
        raise OSError(errno.EFBIG, f"it has more than file_bytes_max = {file_bytes_max} bytes")
    return found


def toml_of(text: str) -> dict[str, Any]:
    """The values of a text; raises `ValueError` or `RecursionError`."""
    if found := _LONG_KEY.search(text):
        raise ValueError(f"a key has more than {key_parts_max} parts ({_at(text, found.start())})")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:
        if number := _LONG_NUMBER.search(text):
            raise ValueError(f"a number has too many digits ({_at(text, number.start())})") from error
        raise


def _at(text: str, position: int) -> str:
    return f"at line {text.count(chr(10), 0, position) + 1}"

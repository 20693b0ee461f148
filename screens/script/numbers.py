"""Numbers as scripts write them: in the digits 0 to 9 alone. Pure."""

from __future__ import annotations


def whole(text: str) -> int:
    """A whole number; raises `ValueError`, also for the digits of other scripts and for `1_0`."""
    return int(_plain(text))


def seconds_of(text: str) -> float:
    """A number of seconds; raises `ValueError` as `whole` does."""
    return float(_plain(text))


def _plain(text: str) -> str:
    if not text.isascii() or "_" in text:
        raise ValueError(f"{text!r} is not a number in the digits 0 to 9")
    return text

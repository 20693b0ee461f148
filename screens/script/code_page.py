"""EBCDIC as s3270 has it unless told otherwise: `bracket`, 037 with the brackets where 1047 has them. Pure."""

from __future__ import annotations

_SWAPPED = str.maketrans("[]Ý¨", "Ý¨[]")


def decoded(byte: int) -> str:
    """The character of a byte."""
    return bytes((byte,)).decode("cp037").translate(_SWAPPED)


def encoded(char: str) -> int:
    """The byte of a character; of one that the code page does not have, that of a question mark."""
    return char.translate(_SWAPPED).encode("cp037", "replace")[0]

"""What a region and its store's own process say to each other: frames of MessagePack, numbered, each with its length.

Pure: bytes in, messages out.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from monitor.store import Table, Unit, Verdict
from monitor.store.connection import Place, file_at, found_at, log_of

_HEAD = struct.Struct("<II")
"""Bytes in the frame after this, and the number of the request it is, or answers."""
_BUFFER_BYTES = 1 << 18
"""Of a connection at rest; a larger frame gets a larger one while it comes in."""


def _fingerprint() -> str:
    """The same in two processes only if they keep the same store in the same words."""
    made = hashlib.blake2b(msgspec.__version__.encode(), digest_size=16)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        made.update(file.read_bytes())
    return made.hexdigest()


FINGERPRINT = _fingerprint()
"""Of the code as this process imported it: it may have been replaced on disk since."""


class Opening(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The first request: the store to open, and how."""

    fingerprint: str
    path: str
    file: Place
    """Another file may have this name by now."""
    log: Place
    """So may its log be another, or none; `NOTHING` if there was none."""
    tables: tuple[Table, ...]
    busy_s_max: float
    cache_kib: int
    commit_delay_s: float


def opening_of(
    path: Path, tables: tuple[Table, ...], busy_s_max: float, cache_kib: int, commit_delay_s: float = 0.0
) -> Opening:
    """What another process needs to open the store that is at `path` (absolute) now."""
    file, log = file_at(path), found_at(log_of(path))
    return Opening(FINGERPRINT, str(path), file, log, tables, busy_s_max, cache_kib, commit_delay_s)


class Read(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Asks for records."""

    asked: list[tuple[str, str]]
    """Tables, each with its keys as a JSON array."""


class Commit(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Asks for the units to be applied."""

    units: list[Unit]


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The store is open."""


class Found(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The answer to `Read`."""

    cpu_s: float
    """Processor time the store's process has used so far."""
    answers: list[str | list[tuple[Any, ...]]]
    """As `monitor.store.reading.Answer`."""


class Judged(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The answer to `Commit`."""

    cpu_s: float
    verdicts: list[Verdict]
    """Empty: all are committed."""


class Failed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The store raised an error, or the request could not be read."""

    error: str
    """Name of its class."""
    text: str


Request = Opening | Read | Commit
Answer = Ready | Found | Judged | Failed

_encode = msgspec.msgpack.Encoder().encode
request_in = msgspec.msgpack.Decoder(Request).decode
answer_in = msgspec.msgpack.Decoder(Answer).decode


def frame(number: int, message: Request | Answer) -> bytes:
    """A message as it goes over."""
    body = _encode(message)
    return _HEAD.pack(len(body), number) + body


class Frames:
    """Takes the frames out of what comes in; `room` and `filled` are the two halves of a buffered read."""

    def __init__(self) -> None:
        self._buffer = bytearray(_BUFFER_BYTES)
        self._length = 0

    def room(self) -> memoryview:
        """Where the next bytes go."""
        if self._length == len(self._buffer):
            self._buffer.extend(bytes(len(self._buffer)))
        return memoryview(self._buffer)[self._length :]

    def filled(self, count: int) -> Iterator[tuple[int, memoryview]]:
        """`count` bytes have come; number and message of each frame that is whole now, good until the next."""
        self._length += count
        start = 0
        with memoryview(self._buffer) as view:
            while (begin := start + _HEAD.size) <= self._length:
                size, number = _HEAD.unpack_from(view, start)
                if begin + size > self._length:
                    break
                yield number, view[begin : begin + size]
                start = begin + size
        if start:
            self._keep(start)

    def _keep(self, start: int) -> None:
        """Move what is left to the front; a buffer that a large frame had made large is given up."""
        rest = self._buffer[start : self._length]
        self._length = len(rest)
        if len(self._buffer) > _BUFFER_BYTES >= len(rest):
            self._buffer = bytearray(_BUFFER_BYTES)
        self._buffer[: len(rest)] = rest

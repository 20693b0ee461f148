"""What a region and its store's own process say to each other: frames of MessagePack, each with its length before it.

Pure: bytes in, messages out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from monitor.store import Table, Unit, Verdict

M = TypeVar("M")

_LENGTH = struct.Struct("<I")
_BUFFER_BYTES = 1 << 18
"""Of a connection at rest; a larger frame gets a larger one while it comes in."""


class Opening(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The first message: the store to open, and how."""

    path: str
    tables: tuple[Table, ...]
    busy_s_max: float
    cache_kib: int
    commit_delay_s: float


class Read(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Asks for records."""

    number: int
    """Of the request; its answer has the same."""
    asked: list[tuple[str, str]]
    """Tables, each with its keys as a JSON array."""


class Commit(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Asks for the units to be applied."""

    number: int
    units: list[Unit]


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The store is open."""


class Found(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The answer to `Read`."""

    number: int
    cpu_s: float
    """Processor time the store's process has used so far."""
    answers: list[str | list[tuple[Any, ...]]]
    """As `monitor.store.reading.Answer`."""


class Judged(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The answer to `Commit`."""

    number: int
    cpu_s: float
    verdicts: list[Verdict]
    """Empty: all are committed."""


class Failed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The store raised an error; of `Opening` if the number is 0."""

    number: int
    error: str
    """Name of its class."""
    text: str


Request = Opening | Read | Commit
Answer = Ready | Found | Judged | Failed


def frame(message: msgspec.Struct) -> bytes:
    """A message as it goes over."""
    body = _encode(message)
    return _LENGTH.pack(len(body)) + body


_encode = msgspec.msgpack.Encoder().encode


class Frames(Generic[M]):
    """Takes the frames out of what comes in; `room` and `filled` are the two halves of a buffered read."""

    def __init__(self, messages: Any) -> None:
        """`messages`: the union of message types that may come."""
        self._decode = msgspec.msgpack.Decoder(messages).decode
        self._buffer = bytearray(_BUFFER_BYTES)
        self._length = 0

    def room(self) -> memoryview:
        """Where the next bytes go."""
        if self._length == len(self._buffer):
            self._buffer.extend(bytes(len(self._buffer)))
        return memoryview(self._buffer)[self._length :]

    def filled(self, count: int) -> Iterator[M]:
        """`count` bytes have come; the messages that are whole now."""
        self._length += count
        start = 0
        with memoryview(self._buffer) as view:
            while (begin := start + _LENGTH.size) <= self._length:
                end = begin + _LENGTH.unpack_from(view, start)[0]
                if end > self._length:
                    break
                yield self._decode(view[begin:end])
                start = end
        if start:
            self._keep(start)

    def _keep(self, start: int) -> None:
        """Move what is left to the front; a buffer that a large frame had made large is given up."""
        rest = self._buffer[start : self._length]
        self._length = len(rest)
        if len(self._buffer) > _BUFFER_BYTES >= len(rest):
            self._buffer = bytearray(_BUFFER_BYTES)
        self._buffer[: len(rest)] = rest

"""s3270 beside our presentation space: a host of one screen, and s3270's own view of what keys did to it."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from screens.attributes import Attribute

IAC, EOR = 0xFF, 0xEF
ERASE_WRITE, RESTORE = 0xF5, 0xC2
SBA, START_FIELD, INSERT_CURSOR = b"\x11", b"\x1d", b"\x13"
_SIX_BITS = bytes.fromhex(
    "40c1c2c3c4c5c6c7c8c94a4b4c4d4e4f50d1d2d3d4d5d6d7d8d95a5b5c5d5e5f"
    "6061e2e3e4e5e6e7e8e96a6b6c6d6e6ff0f1f2f3f4f5f6f7f8f97a7b7c7d7e7f"
)

Laid = tuple[int, int, Attribute, str]


class Status(NamedTuple):
    """What s3270 says after an action."""

    locked: bool
    cursor: int
    lines: list[str]


def address(position: int) -> bytes:
    """A 12-bit buffer address."""
    return bytes((_SIX_BITS[position >> 6], _SIX_BITS[position & 63]))


def screen(fields: Sequence[Laid], cursor: int) -> bytes:
    """An Erase/Write of some fields, as a telnet record."""
    data = bytes((ERASE_WRITE, RESTORE))
    for at, length, attribute, text in fields:
        bits = attribute.protected << 5 | attribute.numeric << 4 | attribute.modified
        filled = text[:length].ljust(length, "\0")
        data += SBA + address(at) + START_FIELD + _SIX_BITS[bits : bits + 1] + filled.encode("cp037")
    data += SBA + address(cursor) + INSERT_CURSOR
    return data.replace(b"\xff", b"\xff\xff") + bytes((IAC, EOR))


class Pair:
    """A listening host and the s3270 connected to it."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            resources = ("numericLock: true", "oerrLock: true", "blankFill: false")
            options = [part for resource in resources for part in ("-xrm", f"s3270.{resource}")]
            self._process = subprocess.Popen(
                ["s3270", "-model", "2", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._begin(f"Connect(127.0.0.1:{server.getsockname()[1]})")
            self._connection, _ = server.accept()
        self._received = b""
        self._asking = True
        self._negotiate()

    def show(self, fields: Sequence[Laid], cursor: int) -> None:
        """Send a screen; it answers the connection or the last Enter."""
        self._connection.sendall(screen(fields, cursor))
        if self._asking:
            self._end()
            self._asking = False

    def act(self, action: str) -> Status:
        """Run one action."""
        self._begin(action)
        return self._end()

    def enter(self) -> bytes:
        """Press Enter; what reached the host."""
        self.act("Reset")
        self._begin("Enter")
        self._asking = True
        end = bytes((IAC, EOR))
        while end not in self._received:
            self._received += self._connection.recv(9999)
        record, self._received = self._received.split(end, 1)
        return record.replace(b"\xff\xff", b"\xff")

    def close(self) -> None:
        """End both."""
        self._process.kill()
        self._process.communicate()
        self._connection.close()

    def _begin(self, action: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(action + "\n")
        self._process.stdin.flush()

    def _end(self) -> Status:
        assert self._process.stdout is not None
        lines, words = [], [""]
        while (line := self._process.stdout.readline().rstrip("\n")) not in ("ok", "error", ""):
            if line.startswith("data: "):
                lines.append(line[6:])
            else:
                words = line.split()
        return Status(words[0] != "U", int(words[8]) * 80 + int(words[9]), lines)

    def _negotiate(self) -> None:
        """Basic TN3270: terminal type, then end of record and binary both ways."""
        for sent, answer in (("fffd18", 3), ("fffa1801fff0", 0), ("fffd19fffb19fffd00fffb00", 12)):
            self._connection.sendall(bytes.fromhex(sent))
            while len(self._received) < answer or (not answer and not self._received.endswith(b"\xff\xf0")):
                self._received += self._connection.recv(999)
            self._received = self._received[answer:] if answer else b""

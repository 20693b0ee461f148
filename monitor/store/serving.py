"""The store's own process: opens the store, answers requests until the region is gone, and ends with it.

Two threads and no event loop: this one reads requests and answers those for records, the other one commits. So a
request wakes one thread, and a slow disk holds up no reading.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from queue import SimpleQueue
from sqlite3 import Connection
from typing import NamedTuple

import msgspec

from monitor.errors import StoreError
from monitor.store import COMMITTED, Unit
from monitor.store.connection import NOTHING, connect_here, file_at, found_at, log_of
from monitor.store.sqlite import translated
from monitor.store.transactor import Transactor
from monitor.store.wire import (
    FINGERPRINT,
    Answer,
    Commit,
    Failed,
    Found,
    Frames,
    Judged,
    Opening,
    Read,
    Ready,
    Request,
    frame,
    request_in,
)
from monitor.tuning import tune_process

REGION_LOOK_S = 0.5
"""How often it is looked whether the region is still there: a child of the region may hold the socket open."""
SEND_S_MAX = 60.0
"""A region that takes no answer for so long is given up."""


class Channel:
    """The way to the region: whole requests in, answers out, from any thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._region = os.getppid()
        self._sending = threading.Lock()
        for option, seconds in ((socket.SO_RCVTIMEO, REGION_LOOK_S), (socket.SO_SNDTIMEO, SEND_S_MAX)):
            connection.setsockopt(socket.SOL_SOCKET, option, _timeval(seconds))

    def requests(self) -> Iterator[tuple[int, Request]]:
        """Each request with its number, until the region has ended or says so; what cannot be read is told so."""
        frames = Frames()
        while count := self._receive(frames):
            for number, body in frames.filled(count):
                try:
                    request: Request = request_in(body)
                except (msgspec.MsgspecError, ValueError) as error:
                    self.say(number, Failed("Unsendable", str(error)))
                else:
                    yield number, request

    def say(self, number: int, answer: Answer) -> None:
        """Send the answer to a request; to a region that is gone, nothing, and then no more."""
        with self._sending:
            try:
                self._connection.sendall(frame(number, answer))
            except OSError:
                with suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def _receive(self, frames: Frames) -> int:
        with frames.room() as room:
            while os.getppid() == self._region:
                try:
                    return self._connection.recv_into(room)
                except BlockingIOError:  # nothing came: look whether the region is there
                    pass
                except OSError:
                    break
        return 0


class _Opened(NamedTuple):
    transactor: Transactor
    writer: Connection
    reader: Connection


def serve(connection: socket.socket) -> None:
    """Answer what comes over `connection` until its other end is closed, or the region is gone."""
    channel = Channel(connection)
    with ExitStack() as stack:
        requests = channel.requests()
        for number, request in requests:
            try:
                opened = _open(request, stack)
            except Exception as error:  # noqa: BLE001 told to the region, which knows what it asked
                channel.say(number, _failed(error))
            else:
                channel.say(number, Ready())
                tune_process()
                _work(channel, requests, opened)


def _work(channel: Channel, requests: Iterator[tuple[int, Request]], opened: _Opened) -> None:
    commits: SimpleQueue[tuple[int, list[Unit]] | None] = SimpleQueue()
    committing = threading.Thread(target=_commit_each, args=(channel, commits, opened))
    committing.start()
    try:
        for number, request in requests:
            match request:
                case Commit(units):
                    commits.put((number, units))
                case Read(asked):
                    channel.say(number, _found(opened, asked))
                case Opening():
                    channel.say(number, _failed(StoreError("the store is open already")))
    finally:
        commits.put(None)
        committing.join()


def _commit_each(
    channel: Channel, commits: SimpleQueue[tuple[int, list[Unit]] | None], opened: _Opened
) -> None:
    while (asked := commits.get()) is not None:
        number, units = asked
        channel.say(number, _judged(opened, units))


def _found(opened: _Opened, asked: list[tuple[str, str]]) -> Answer:
    try:
        with translated():
            answers = opened.transactor.read(opened.reader, asked)
    except Exception as error:  # noqa: BLE001 as above
        return _failed(error)
    return Found(time.process_time(), answers)


def _judged(opened: _Opened, units: list[Unit]) -> Answer:
    transactor = opened.transactor
    try:
        with translated():
            verdicts = transactor.commit(opened.writer, units, transactor.prepare(units))
    except Exception as error:  # noqa: BLE001 as above
        return _failed(error)
    all_well = all(verdict is COMMITTED for verdict in verdicts)
    return Judged(time.process_time(), [] if all_well else verdicts)


def _failed(error: Exception) -> Failed:
    return Failed(type(error).__name__, str(error))


def _open(request: Request, stack: ExitStack) -> _Opened:
    """The connections, closed with `stack`, the writing one last; raises `StoreError` unless this is the store."""
    if not isinstance(request, Opening):
        raise StoreError("the store was not opened")
    _check_alike(request)
    path, busy_s_max, cache_kib = Path(request.path), request.busy_s_max, request.cache_kib
    with translated():
        writer = connect_here(
            path,
            read_only=False,
            busy_s_max=busy_s_max,
            cache_kib=cache_kib,
            commit_delay_s=request.commit_delay_s,
        )
        stack.enter_context(closing(writer))
        reader = connect_here(path, read_only=True, busy_s_max=busy_s_max, cache_kib=cache_kib)
        stack.enter_context(closing(reader))
    _check_alike(request)
    return _Opened(Transactor(request.tables), writer, reader)


def _check_alike(opening: Opening) -> None:
    """Raise `StoreError` unless this is the store the region works at, kept by the same code."""
    if opening.fingerprint != FINGERPRINT:
        raise StoreError("another version of the monitor was installed meanwhile; start the region again")
    path = Path(opening.path)
    if opening.file != file_at(path):
        raise StoreError("another file has the name of the store by now")
    if opening.log not in (NOTHING, found_at(log_of(path))):
        raise StoreError("the log of the store was moved or removed")


def _timeval(seconds: float) -> bytes:
    """As `setsockopt` has it."""
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

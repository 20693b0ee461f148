"""Commands that have something to clean up when they are asked to end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ended(SystemExit):
    """A signal has asked the command to end: no code's own `sys.exit`."""


def exit_on_signals() -> None:
    """Until the running command is over, SIGTERM and SIGHUP end it as `sys.exit` does: 128 plus the signal's number.

    So processes it started are ended, and its temporary folders removed. A signal that is ignored stays so (`nohup`).
    """
    if threading.current_thread() is threading.main_thread():
        click.get_current_context().with_resource(_exiting())


@contextmanager
def _exiting() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _exit)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _: FrameType | None) -> None:
    raise Ended(128 + number)

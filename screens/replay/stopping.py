"""Signals that end a command early, but not without what it has found so far."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ENDS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def cancelled_by_signals() -> Iterator[list[signal.Signals]]:
    """Ctrl+C, and what asks a process to end, cancels this task; yields what came of it.

    A second signal acts as if this were not there. One that is ignored stays so.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    taken = [one for one in ENDS if signal.getsignal(one) is not signal.SIG_IGN]
    came: list[signal.Signals] = []

    def leave() -> None:
        while taken:
            with suppress(NotImplementedError):  # an event loop that cannot
                loop.remove_signal_handler(taken.pop())

    def end(number: signal.Signals) -> None:
        leave()
        came.append(number)
        if task is not None:
            task.cancel()

    for number in taken:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, end, number)
    try:
        yield came
    finally:
        leave()

"""The terminal for people, on Textual. Everything that imports Textual is below this package."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from monitor.errors import MonitorError
from monitor.exchange import Host
from screens.drawing import decoder_of

FRAMES_PER_S = 240
"""How often Textual may draw: its own 60 would make a quick answer wait for 16 ms."""

ESCAPE_MS = 40
"""How soon Esc is Reset: a key that comes sooner after it counts as typed with Alt."""


NOT_ANSWERED = "entracte: the last input was not answered; start again to see if it is stored\n"


class TerminalFault(MonitorError):
    """The terminal ended by a fault of its own; every answer that was shown is stored."""

    def __init__(self, fault: Exception) -> None:
        frames = traceback.extract_tb(fault.__traceback__)
        place = f", {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
        super().__init__(
            f"the terminal ended by a fault of its own ({type(fault).__name__}{place}); "
            "every answer it has shown is stored: start again"
        )
        self.fault = fault


async def run(host: Host, presentation: object, terminal: str) -> None:
    """Open the terminal on a host until the operator quits; raises `TerminalFault`.

    Needs a TTY, and a presentation that can be drawn.
    """
    decoder = decoder_of(presentation)
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES_PER_S))  # both are read by Textual when it is imported
    os.environ.setdefault("ESCDELAY", str(ESCAPE_MS))
    _obey_no_color()
    from screens.console.app import Terminal
    from screens.console.preferences import folder

    gc.freeze()  # what Textual's modules hold lives as long as the process; no collection need visit it again
    console = Terminal(host, decoder, terminal, folder())
    loop = asyncio.get_running_loop()

    def leave(asked: int) -> None:
        """Give the window back before the process ends; a second signal does not wait for that."""
        loop.remove_signal_handler(asked)
        console.exit()

    for ends in (signal.SIGTERM, signal.SIGHUP):
        with suppress(NotImplementedError):  # an event loop that cannot
            loop.add_signal_handler(ends, leave, ends)
    await console.run_async()
    if console.session.unanswered:
        with suppress(OSError):  # the window is gone, and with it whoever would read this
            os.write(sys.stderr.fileno(), NOT_ANSWERED.encode())
    if console.fault:
        raise TerminalFault(console.fault) from console.fault


def _obey_no_color() -> None:
    """Textual reads NO_COLOR, set to nothing as well, and leaves a dumb terminal without underscores."""
    from screens.console.themes import has_colors

    if has_colors(os.environ):
        os.environ.pop("NO_COLOR", None)
    else:
        os.environ["NO_COLOR"] = "1"
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")

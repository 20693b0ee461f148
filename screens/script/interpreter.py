"""The scripted terminal's voice: a line of actions in, the lines of its answer out."""

from __future__ import annotations

import logging

from screens.script.actions import actions
from screens.script.fault import Fault
from screens.script.lines import LINE_BYTES_MAX
from screens.script.status import status
from screens.script.terminal import ScriptTerminal
from screens.script.verbs import Work, check_count, find
from screens.script.waiting import Time

_log = logging.getLogger(__name__)


class Interpreter:
    """Does what a script says, one line at a time; the host and the time are arguments."""

    def __init__(self, terminal: ScriptTerminal, time: Time) -> None:
        self._work = Work(terminal, time)

    @property
    def ended(self) -> bool:
        """True once the script said Quit or Exit."""
        return self._work.ended

    async def answer(self, line: str) -> list[str]:
        """Run a line: what its actions say as `data:` lines, the status line, and `ok` or `error`.

        The first action that fails ends the line; what was done before it stays done.
        """
        started = self._work.time.monotonic()
        said: list[str] = []
        verdict = "ok"
        try:
            _check(line)
            for action in actions(line):
                verb = find(action.name)
                check_count(verb, len(action.arguments))
                said += await verb.act(self._work, action.arguments)
                if self.ended:
                    break
        except Fault as fault:
            said += fault.lines
            verdict = "error"
        except Exception as error:  # noqa: BLE001  around a terminal: said, and the script can attach it again
            _log.exception("terminal %s", self._work.terminal.name)
            self._work.terminal.disconnect()
            said += (f"{type(error).__name__}: {error}", "Disconnected. Use Connect() to go on.")
            verdict = "error"
        elapsed_s = self._work.time.monotonic() - started
        terminal = self._work.terminal
        state = status(terminal.space, attached=terminal.attached)
        data = [f"data: {part}" for text in said for part in text.split("\n")]
        return [*data, f"{state} {elapsed_s:.3f}", verdict]


def _check(line: str) -> None:
    """Refuse a line that is too long or was not UTF-8, before any of it is done."""
    if len(line.removesuffix("\n").encode("utf-8", "replace")) > LINE_BYTES_MAX:
        raise Fault(f"The line has more than line_bytes_max = {LINE_BYTES_MAX} bytes: nothing of it was done")
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise Fault(f"The line is not UTF-8 at column {error.start + 1}: nothing of it was done") from None

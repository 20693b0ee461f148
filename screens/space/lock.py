"""Why the keyboard does not take a key, in x3270's words."""

from __future__ import annotations

import enum


class Lock(enum.Enum):
    """The state of the keyboard; the value is what the status line says."""

    NONE = ""
    WAIT = "X Wait"
    """An input is with the host."""
    SYSTEM = "X SYSTEM"
    """The host took the keyboard and did not give it back."""
    NOT_CONNECTED = "X Not Connected"
    PROTECTED = "X Protected"
    NUMERIC = "X Numeric"
    OVERFLOW = "X Overflow"
    CHARACTER = "X Character"
    """A character that no cell can hold: a control character or one two cells wide."""
    MUST_FILL = "X Must fill"
    MUST_ENTER = "X Must enter"
    MINUS_FUNCTION = "X -f"
    """A function this terminal does not have."""

    @property
    def operator(self) -> bool:
        """True for a lock the operator caused, which Reset takes away."""
        return self not in _HOST


_HOST = frozenset({Lock.NONE, Lock.WAIT, Lock.SYSTEM, Lock.NOT_CONNECTED})

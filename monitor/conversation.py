"""Where a terminal stands, as the store has it, and the choice of what its next input does: plain functions."""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

from monitor.errors import RecordUnreadable
from monitor.exchange import Aid, Inbound, Reason, Received, Refused
from monitor.store import ABSENT, Versioned

ABENDED = "abend"
OPEN = "open"
"""The state of a conversation that waits for the next key."""


class TerminalState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row of `terminal_state`: the terminal, its latest conversation, and that one's last step."""

    terminal: str
    epoch: int = 0
    user: str = ""
    conversation: int | None = None
    state: str | None = None
    seed: int | None = None
    step: int | None = None
    number: int | None = None
    sequence: int | None = None
    outcome: str | None = None
    next: str | None = None
    area_type: str | None = None
    area_version: int | None = None
    area: str | None = None
    screen: str | None = None
    version: int = ABSENT

    @property
    def open(self) -> bool:
        """True while a conversation waits for the next key. What every step asks, it asks of `state` itself."""
        return self.state == OPEN

    @classmethod
    def of(cls, terminal: str, stored: Versioned | None) -> TerminalState:
        """The state of a stored row, or of a terminal never seen before; raises `RecordUnreadable`."""
        if stored is None:
            return cls(terminal)
        try:
            return msgspec.convert((*stored.row, stored.written_by), cls)
        except msgspec.ValidationError as error:
            why = re.sub(r"`\$\[(\d+)\]`", lambda place: cls.__struct_fields__[int(place[1])], str(error))
            raise RecordUnreadable(
                f"the state of terminal {terminal} cannot be read ({why}); correct it with SQL"
            ) from error


class Repeat(msgspec.Struct, frozen=True):
    """The input was answered already: show the stored screen."""


class Run(msgspec.Struct, frozen=True, gc=False):
    """Run this transaction."""

    transid: str
    first_time: bool


class Blank(msgspec.Struct, frozen=True):
    """No transaction: a blank screen, and no conversation."""


class Notice(msgspec.Struct, frozen=True):
    """No transaction: the screen stays, with a line that says why."""

    text: str


Choice = Repeat | Run | Blank | Notice | Refused


class Transactions(Protocol):
    """What a region knows, as far as the choice needs it."""

    def bound(self, aid: Aid, /) -> str:
        """The transaction a key starts, or empty."""
        ...

    def typed(self, code: str, /) -> bool:
        """True for the code of a transaction that an operator may type."""
        ...

    def example(self) -> str:
        """A transaction to name to an operator who knows none, or empty."""
        ...


def choose(
    state: TerminalState, inbound: Inbound, received: Received, known: Transactions, start: str = ""
) -> Choice:
    """What an input does: pending transaction, else `start`, else the key's, else the typed code."""
    if (choice := _out_of_turn(state, inbound)) is not None:
        return choice
    if state.state == OPEN and state.next:
        if state.outcome == ABENDED and inbound.aid is Aid.CLEAR:
            return Blank()
        return Run(state.next, first_time=False)
    if bound := start or known.bound(inbound.aid):
        return Run(bound, first_time=True)
    if inbound.aid is Aid.CLEAR:
        return Blank()
    typed = typed_transid(received)
    if known.typed(typed):
        return Run(typed, first_time=True)
    such_as = f" such as {example}" if (example := known.example()) else ""
    if typed:
        return Notice(f"Transaction {typed} is not known. Press Clear, then type a code{such_as}.")
    return Notice(f"Nothing is running here. Type a transaction code{such_as}, and press Enter.")


def _out_of_turn(state: TerminalState, inbound: Inbound) -> Choice | None:
    if inbound.epoch != state.epoch:
        return Refused(
            Reason.TAKEN_OVER,
            f"Terminal {state.terminal} was taken over by another session. Attach again to go on.",
        )
    last = state.sequence or 0
    if inbound.sequence == last and state.screen is not None:
        return Repeat()
    if inbound.sequence != last + 1:
        return Refused(
            Reason.OUT_OF_SEQUENCE,
            f"Input {inbound.sequence} does not follow {last}. Attach again to see where the terminal stands.",
        )
    return None


def typed_transid(received: Received) -> str:
    """The transaction code that was typed: up to 4 characters, to the first blank, in upper case.

    On a screen with fields it is what begins the first one that came; hidden fields are passed over.
    """
    words = (received.text or _first_sent(received)).split(maxsplit=1)
    return words[0][:4].upper() if words else ""


def _first_sent(received: Received) -> str:
    sent = received.modified - received.masked
    return next((text for name, text in received.values.items() if name in sent), "")

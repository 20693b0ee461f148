"""What a transaction program returns: it says what it wants, and the dispatcher does it."""

from __future__ import annotations

import msgspec

from monitor.area import Area
from monitor.exchange import Send


class Converse(msgspec.Struct, frozen=True):
    """Show a screen, and run `then` on the operator's next key, with `area`."""

    screen: Send
    then: str | None = None
    """Transaction id of the next step; None: this transaction again."""
    area: Area | None = None
    """None: the task's own area, as the program left it."""


class Finish(msgspec.Struct, frozen=True):
    """The conversation is over."""

    screen: Send | None = None
    """A last screen; None: a blank one, on which the next transaction code can be typed."""
    area: Area | None = None
    """What a program that was linked to gives back; otherwise not used."""


class TransferTo(msgspec.Struct, frozen=True):
    """Go on with another program in this same step and unit of work, as its first step."""

    transid: str
    area: Area | None = None
    """Handed to the other program; None: a new area of its own type."""


class Resume(msgspec.Struct, frozen=True):
    """Go on with a parked conversation in place of this one: its screen, area and next transaction come back."""

    parked: int
    """The unit of work that parked it; `Task.parked` lists them."""


class Park(msgspec.Struct, frozen=True):
    """Put the conversation aside at `stage`, and go on with another; `Resume` brings it back as it was."""

    stage: Converse
    """The screen, the next transaction and the area that will come back."""
    go_on: Converse | Finish | TransferTo | Resume
    """What the terminal does now, in this same step and unit of work."""
    title: str = ""
    """What a list of parked conversations calls it."""


Outcome = Converse | Finish | TransferTo | Park | Resume

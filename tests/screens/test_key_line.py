"""Key hints are found in the constants of a map."""

from __future__ import annotations

from monitor.exchange import Aid
from screens.key_line import KeyHint
from screens.map import Map


class Keyed(Map, registry=None):
    """A map with a key line."""

    picture = """
     Enter=Look up  F3=Exit  PF24=Last  PA2=Stop  F25=No  Total=5
    """


def test_keys_are_named_with_their_place() -> None:
    """A hint is a constant of its own, so that a click on it finds the key."""
    assert {
        Aid.ENTER: KeyHint(Aid.ENTER, "Look up", 1, 13),
        Aid.PF3: KeyHint(Aid.PF3, "Exit", 16, 7),
        Aid.PF24: KeyHint(Aid.PF24, "Last", 25, 9),
        Aid.PA2: KeyHint(Aid.PA2, "Stop", 36, 8),
    } == Keyed.keys

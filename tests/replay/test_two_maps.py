"""Two maps on one screen whose fields have the same name, as replay sees them."""

from __future__ import annotations

from monitor.ending import masked_input
from monitor.exchange import Aid, Inbound, Received
from monitor.recall import StoredStep
from screens.field import Entry
from screens.keys import Key
from screens.map import Map
from screens.presenter import Presenter
from screens.replay.actions import Fill, Press
from screens.replay.commands.against import screens_of
from screens.replay.comparison import Seen
from screens.replay.recording import Replica
from screens.replay.rendering import places_of


class TWOA(Map):
    """The lower one."""

    picture = """
     Name [name    ]
    """
    name = Entry()


class TWOB(Map):
    """The one that is written over it, further down."""

    picture = """


     Other name [name    ]
    """
    name = Entry()


def both() -> tuple[Presenter, str]:
    """The screen with both maps, as it is stored."""
    presenter = Presenter()
    first = presenter.compose(presenter.blank(), Received(Aid.ENTER), TWOA.show())
    return presenter, presenter.compose(first, Received(Aid.ENTER), TWOB.show(erase=False))


def test_what_was_typed_in_the_lower_one_is_recorded() -> None:
    """Under the name of its map, as the history has it."""
    presenter, screen = both()
    places = places_of(presenter.decode(screen), presenter.layout)
    typed = sorted([(places["TWOA.name"].start, "LOW"), (places["name"].start, "UP")])
    inbound = Inbound("T", 1, 1, Aid.ENTER, places["name"].start, tuple(typed))
    blank = dict.fromkeys(StoredStep._fields, "")
    taken_in = masked_input(inbound, presenter.receive(screen, inbound))
    step = StoredStep(**{**blank, "input": taken_in, "screen": screen})  # type: ignore[arg-type]
    replica = Replica(presenter)
    replica.show(screen)
    actions = replica.actions(step)
    assert [Fill("TWOA.name", "LOW"), Fill("name", "UP")] == [one for one in actions if isinstance(one, Fill)]
    assert actions[-1] == Press(Key.ENTER)


def test_volatile_fields_are_not_marked() -> None:
    """Where both screens are shown, only what counts is marked."""
    presenter, screen = both()
    places = places_of(presenter.decode(screen), presenter.layout)
    stored = (" Name  ONE", "", " Other name  TWO")
    today = Seen((" Name  123", "", " Other name  456"), 80, "", "", places=places)

    def marks(*volatile: str) -> int:
        return "".join(screens_of(stored, today, volatile)).count("^")

    assert marks("name") == marks("TWOA.name") == marks() / 2 > 0
    assert marks("name", "TWOA.name") == 0

"""A presentation without a picture: a screen is a map's name, its values by field name, and a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from monitor.exchange import Inbound, Received, Send

MAPS: Mapping[str, tuple[str, ...]] = {
    "FORM": ("source", "target", "amount", "password"),
    "NOTE": ("text",),
}
"""The fields of each map; the address of a field is its place."""

HIDDEN = frozenset({"password"})


class Shown(msgspec.Struct, frozen=True):
    """A screen."""

    map: str = ""
    values: dict[str, str] = {}
    message: str = ""


def shown(screen: str) -> Shown:
    """The screen of its encoded form."""
    return msgspec.json.decode(screen, type=Shown)


def addressed(screen: str, fields: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    """Fields by name as a terminal that shows `screen` would send them."""
    names = MAPS.get(shown(screen).map, ())
    return tuple((names.index(name), text) for name, text in fields.items())


class PlainPresentation:
    """`monitor.exchange.Presentation` over `MAPS`."""

    def blank(self) -> str:
        """No map, no values."""
        return _encoded(Shown())

    def layouts(self) -> Iterable[tuple[int, str]]:
        """None are needed."""
        return ()

    def unknown(self, screen: str) -> Sequence[int]:
        """None ever is."""
        return ()

    def learn(self, layout: int, encoded: str) -> None:
        """There is nothing to learn."""

    def receive(self, screen: str, inbound: Inbound) -> Received:
        """The values of the screen, overlaid by the fields of the input."""
        before = shown(screen)
        names = MAPS.get(before.map, ())
        sent = {names[address]: text for address, text in inbound.fields if address < len(names)}
        return Received(
            aid=inbound.aid,
            cursor=inbound.cursor,
            values=before.values | sent,
            modified=frozenset(sent),
            text=inbound.text,
            masked=HIDDEN,
        )

    def compose(self, screen: str, received: Received, send: Send) -> str:
        """The map's values, with those kept of the screen before if it is not erased; hidden ones left out."""
        if send.map not in MAPS:
            raise LookupError(f"there is no map {send.map}; there are {', '.join(MAPS)}")
        kept = {} if send.erase else shown(screen).values
        values = {name: text for name, text in (kept | dict(send.values)).items() if name not in HIDDEN}
        return _encoded(Shown(send.map, values))

    def notice(self, screen: str, received: Received | None, text: str) -> str:
        """The screen with `text` as its message."""
        before = shown(screen)
        return _encoded(Shown(before.map, before.values, text))


def _encoded(screen: Shown) -> str:
    return msgspec.json.encode(screen).decode()

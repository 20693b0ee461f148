"""The items of the inventory."""

from __future__ import annotations

from monitor.records import Record, file


@file("item", key="number", alternate="name")
class Item(Record, frozen=True):
    """An item on sale; its price is kept in minor units."""

    number: str
    name: str
    price: int
    stock: int

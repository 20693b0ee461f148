"""Orders that were posted."""

from __future__ import annotations

from monitor.records import Record, file


@file("sales_order", key="number", alternate="customer")
class SalesOrder(Record, frozen=True):
    """What was sold to whom; money is kept in minor units."""

    number: int
    customer: str
    total: int
    posted_at: str
    terminal: str


@file("sales_order_line", key=("number", "line"))
class OrderLine(Record, frozen=True):
    """One item of an order, at the price it had."""

    number: int
    line: int
    item: str
    quantity: int
    price: int


@file("numbering", key="series")
class Numbering(Record, frozen=True):
    """The last number given out in a series."""

    series: str
    last: int

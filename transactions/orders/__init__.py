"""Order entry: eight lines, checked and posted against the stock of the inventory."""

from transactions.inventory.records import Item
from transactions.orders.program import order
from transactions.orders.records import Numbering, OrderLine, SalesOrder

__all__ = ["Item", "Numbering", "OrderLine", "SalesOrder", "order"]

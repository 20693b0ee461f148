"""The inventory: eight hundred items to page through, search and update."""

from transactions.inventory.program import inventory
from transactions.inventory.records import Item

__all__ = ["Item", "inventory"]

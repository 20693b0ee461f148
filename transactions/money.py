"""Money: kept in minor units, shown as a Decimal."""

from __future__ import annotations

from decimal import Decimal

MINOR_UNIT = Decimal("0.01")


def money(minor: int) -> Decimal:
    """An amount of minor units as the maps show it."""
    return minor * MINOR_UNIT


def minor_units(amount: Decimal) -> int:
    """An amount as a map has it, in minor units."""
    return int(amount * 100)

"""The menu: every sample application, by number or by code."""

from transactions.menu.program import menu

__all__ = ["menu"]

"""A diagnostic transaction: what a key sends."""

from transactions.diagnostic.program import diagnostic

__all__ = ["diagnostic"]

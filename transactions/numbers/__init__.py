"""Numbers: a computation too long for an event loop, done in three ways."""

from transactions.numbers.revaluation import revaluation

__all__ = ["revaluation"]

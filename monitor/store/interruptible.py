"""Reading that can be broken off from another thread, so that a query without end holds up nobody else."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Interruptible(Generic[T]):
    """Work that only reads, in a connection that others use before it and after it."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._given_up = False

    def __call__(self, database: sqlite3.Connection) -> T:
        """Do the work; raises `sqlite3.OperationalError` once it was given up."""
        with self._lock:
            if self._given_up:
                raise sqlite3.OperationalError("given up before it began")
            self._database = database
        try:
            return self._work(database)
        finally:
            with self._lock:
                self._database = None

    def give_up(self) -> None:
        """Interrupt it, and nothing that comes after it; from any thread, also before it has begun."""
        with self._lock:
            self._given_up = True
            if self._database is not None:
                self._database.interrupt()

"""What can go wrong, by whose fault: settings at start-up, a program, the store.

The first sentence of a class's docstring is its message; the values follow, and each is an attribute.
"""

from __future__ import annotations


class MonitorError(Exception):
    """The root of every error of the monitor; never raised itself."""


class SettingsError(MonitorError):
    """The settings cannot be used."""


class StartupError(MonitorError):
    """The region cannot start."""


class Abend(MonitorError):
    """This task ends here, and everything it did in this step is backed out."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.abend_code = code
        self.message = message


class RecordNotFound(Abend):
    """There is no such record (NOTFND)."""

    def __init__(self, file: str, key: object) -> None:
        super().__init__("AEIM", f"file {file} has no record {key!r}; read it first, or write it")
        self.file = file
        self.key = key


class DuplicateRecord(Abend):
    """There is a record with this key already (DUPREC)."""

    def __init__(self, file: str, key: object) -> None:
        super().__init__(
            "AEIN", f"file {file} has a record {key!r} already; rewrite it, or choose another key"
        )
        self.file = file
        self.key = key


class KeyUnfit(Abend):
    """This value cannot be a key of the file."""

    def __init__(self, file: str, key: object) -> None:
        super().__init__("EKEY", f"{key!r} cannot be a key of file {file}; give it the type the record has")
        self.file = file
        self.key = key


class LimitExceeded(Abend):
    """The task asked for more than a limit of the region allows."""

    def __init__(self, limit: str, value: int, allowed: int) -> None:
        super().__init__("ELIM", f"{limit} is {allowed}, this task came to {value}")
        self.limit = limit
        self.value = value
        self.allowed = allowed


class AreaError(Abend):
    """The conversation area cannot be saved, or not be read back."""


class Deadlock(MonitorError):
    """Two steps wait for each other's record; this one runs again. Never seen by an operator."""


class QueryFailed(Abend):
    """A query of the application's own cannot be run."""

    def __init__(self, text: str) -> None:
        super().__init__("ESQL", f"the query cannot be run: {text}")


class TaskOver(MonitorError):
    """The task has ended; what it left running can neither read nor write any more."""

    def __init__(self) -> None:
        super().__init__("the task has ended; what it left running can neither read nor write any more")


class TaskExit(MonitorError):
    """A task that a program had started wanted to end the process; it ends as if by any other error."""

    def __init__(self, wanted: BaseException) -> None:
        super().__init__(f"a task that the program had started raised {wanted!r}")


class StoreError(MonitorError):
    """The store did not do what it was asked; nothing of the unit of work was applied."""


class StoreBusy(StoreError):
    """Another process held the store longer than `store_busy_s_max`; press the key again."""


class StoreFull(StoreError):
    """The disk is full, or takes no more; make room, then press the key again."""


class StoreBroken(StoreError):
    """The store cannot be used any more; run `entracte doctor`, then start the region again."""


class RecordUnreadable(StoreError):
    """A record of a table is not what the store keeps; correct it with SQL."""


class StoreProcessLost(StoreError):
    """The store's own process ended; press the key again."""


class ConstraintFailed(StoreError):
    """A constraint of a table refused the unit of work."""

"""Transaction programs: the declaration, and the table a region runs by."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, Generic, TypeVar, overload

import msgspec

from monitor.area import Area, NoArea, fault_of
from monitor.errors import StartupError
from monitor.exchange import Aid
from monitor.importing import imported
from monitor.outcome import Outcome
from monitor.parking import Parked
from monitor.records import Record
from monitor.store import Table
from monitor.store.tables import MONITOR_TABLES
from monitor.task import Task

A = TypeVar("A", bound=Area)
Function = Callable[[Task[A]], Awaitable[Outcome] | Outcome]


class Program(msgspec.Struct, Generic[A], frozen=True):
    """A transaction program and what the region must know of it."""

    transid: str
    """1 to 4 characters, upper case."""
    function: Function[A]
    area_type: type[A]
    keys: tuple[Aid, ...] = ()
    """Keys that start this transaction on a terminal with no conversation."""
    title: str = ""
    in_thread: bool = False
    """True for a plain `def`: it runs in a thread, and may compute and block without holding up others."""
    typed: bool = True
    """False: its code is not known to an operator who types it; programs, keys and settings reach it."""

    async def __call__(self, task: Task[A]) -> Outcome:
        """Run the program: tests call it as the plain function it is."""
        outcome = self.function(task)
        return await outcome if inspect.isawaitable(outcome) else outcome


@overload
def transaction(
    transid: str, *, keys: tuple[Aid, ...] = (), title: str = "", typed: bool = True
) -> Callable[[Function[NoArea]], Program[NoArea]]: ...


@overload
def transaction(
    transid: str, *, area: type[A], keys: tuple[Aid, ...] = (), title: str = "", typed: bool = True
) -> Callable[[Function[A]], Program[A]]: ...


def transaction(
    transid: str,
    *,
    area: type[Any] = NoArea,
    keys: tuple[Aid, ...] = (),
    title: str = "",
    typed: bool = True,
) -> Callable[[Function[Any]], Program[Any]]:
    """Declare a function from a task to an outcome to be the program of `transid`; a plain `def` gets a thread.

    `typed=False` is for one that is only linked or transferred to: an operator cannot type its code.
    """
    if not isinstance(transid, str):
        raise StartupError(
            f"@transaction stands before {getattr(transid, '__name__', transid)} without a transaction id: "
            'write @transaction("CODE")'
        )
    if not (
        1 <= len(transid) <= 4 and transid.isascii() and transid.isalnum() and transid == transid.upper()
    ):
        raise StartupError(f"transaction id {transid!r} must be 1 to 4 letters or digits, in upper case")
    if not isinstance(area, type) or not issubclass(area, Area):
        raise StartupError(f"{transid} has the area {area!r}: give it the type itself, a subclass of Area")
    if not isinstance(keys, tuple) or not set(keys) <= set(Aid):
        raise StartupError(f"{transid} has the keys {keys!r}: give it a tuple of Aids, as in (Aid.PF1,)")

    def declare(function: Function[Any]) -> Program[Any]:
        if fault := _fault_of(function):
            raise StartupError(f"{transid}: {fault}")
        first_line = (inspect.getdoc(function) or "").partition("\n")[0]
        in_thread = not inspect.iscoroutinefunction(inspect.unwrap(function))
        return Program(transid, function, area, keys, title or first_line, in_thread, typed)

    return declare


def _fault_of(function: Function[Any]) -> str:
    """Why the function cannot be called with a task and answer with an outcome; empty if it can, or nobody knows."""
    name = getattr(function, "__name__", repr(function))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"{name} has a yield in it, so it would return no outcome: write return instead"
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(None)
    except TypeError as error:
        word = "async def" if inspect.iscoroutinefunction(function) else "def"
        return f"{name} is called with the task and nothing else ({error}): write {word} {name}(task)"
    return ""


class ProgramTable:
    """The programs a region knows, by transaction id and by key."""

    def __init__(self, programs: Iterable[Program[Any]] = ()) -> None:
        self._programs: dict[str, Program[Any]] = {}
        self._keys: dict[Aid, str] = {}
        for program in programs:
            self.add(program)

    def add(self, program: Program[Any]) -> None:
        """Take a program in; raises `StartupError` if its id or a key is taken, or its area cannot begin."""
        known = self._programs.get(program.transid)
        if known is program:
            return
        if known is not None:
            raise StartupError(f"two programs are called {program.transid}; give one another transaction id")
        if fault := fault_of(program.area_type):
            raise StartupError(f"{program.transid} cannot begin: {fault}")
        self._programs[program.transid] = program
        for aid in program.keys:
            if aid in self._keys:
                raise StartupError(
                    f"{aid} starts {self._keys[aid]} already; {program.transid} needs another key"
                )
            self._keys[aid] = program.transid

    def get(self, transid: str) -> Program[Any] | None:
        """The program of `transid`, or None."""
        return self._programs.get(transid)

    def bound(self, aid: Aid) -> str:
        """The transaction a key starts, or empty."""
        return self._keys.get(aid, "")

    def typed(self, code: str) -> bool:
        """True if an operator may type this code."""
        program = self._programs.get(code)
        return program is not None and program.typed

    def example(self) -> str:
        """MENU, else the transaction taken in first, of those that may be typed; empty: there is none.

        Not the good-morning one: a replay knows the programs of a region, and not all its settings.
        """
        return next(filter(self.typed, ("MENU", *self._programs)), "")

    def __iter__(self) -> Iterator[Program[Any]]:
        return iter(self._programs.values())

    def __contains__(self, transid: str) -> bool:
        return transid in self._programs


class Application(msgspec.Struct, frozen=True):
    """What the loaded modules bring: programs, and the tables of their records."""

    programs: ProgramTable
    tables: tuple[Table, ...]
    packages: tuple[str, ...]
    """Where the schema files of the tables are."""


def load(names: Iterable[str]) -> Application:
    """Import the modules named and take in the programs and record types each one shows."""
    table, tables, packages = ProgramTable(), dict[str, Table](), list[str]()
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise StartupError(f"programs: {name!r} is not the name of a module; correct the settings")
        module = imported(name)
        packages.append(name)
        for value in vars(module).values():
            if isinstance(value, Program):
                table.add(value)
        for record in _records(module):
            _take_in(tables, record)
    return Application(table, tuple(tables.values()), tuple(packages))


def _take_in(tables: dict[str, Table], record: type[Record]) -> None:
    """Add the record's table; raises `StartupError` if it is another's, for SQLite in any case of letters."""
    name = record.table.name.lower()
    if tables.setdefault(name, record.table) is not record.table:
        raise StartupError(
            f"two record types are kept in table {record.table.name}; declare one, for one record has one key"
        )
    if name in _OWN_TABLES and record is not Parked:
        raise StartupError(
            f"table {record.table.name} of {record.__name__} has a name of the monitor's own; give it another"
        )


_OWN_TABLES = frozenset(
    {"region", "schema_change", "excluded", "json_each", *(table.name for table in MONITOR_TABLES)}
)


def _records(module: ModuleType) -> Iterator[type[Record]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Record) and hasattr(value, "table"):
            yield value

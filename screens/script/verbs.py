"""Every action by name: how many arguments it takes, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from screens.keys import Key
from screens.presentation_space import PresentationSpace
from screens.script.fault import Fault
from screens.script.numbers import whole
from screens.script.queries import query
from screens.script.reading import ascii_text, field_text, read_buffer
from screens.script.status import status
from screens.script.strokes import named_char, strokes
from screens.script.terminal import ScriptTerminal
from screens.script.waiting import Time, wait

ANY = range(1000)


class Snapped(NamedTuple):
    """The display as `Snap` saved it."""

    display: PresentationSpace
    status: str


class Work:
    """What actions work on: a terminal, the time, the last snapshot, and whether to go on."""

    def __init__(self, terminal: ScriptTerminal, time: Time) -> None:
        self.terminal = terminal
        self.time = time
        self.snapped: Snapped | None = None
        self.ended = False


Lines = Sequence[str]
Act = Callable[[Work, Sequence[str]], Awaitable[Lines]]


class Verb(NamedTuple):
    """An action this terminal knows."""

    name: str
    counts: Sequence[int]
    """How many arguments it may have."""
    act: Act


async def _string(work: Work, arguments: Sequence[str]) -> Lines:
    for stroke in strokes("".join(arguments)):
        if isinstance(stroke, Key):
            await work.terminal.press(stroke)
        else:
            await work.terminal.type(stroke)
    return ()


async def _key(work: Work, arguments: Sequence[str]) -> Lines:
    await work.terminal.type(named_char(arguments[0]))
    return ()


def _numbered(kind: str) -> Act:
    async def act(work: Work, arguments: Sequence[str]) -> Lines:
        try:
            key = Key(f"{kind}{whole(arguments[0])}")
        except ValueError:
            raise Fault(f"{kind}(): Invalid argument '{arguments[0]}'") from None
        await work.terminal.press(key)
        return ()

    return act


def _pressing(key: Key) -> Act:
    async def act(work: Work, _: Sequence[str]) -> Lines:
        await work.terminal.press(key)
        return ()

    return act


def _moving(name: str, origin: int) -> Act:
    """`(row,column)` or `(offset)`, kept on the display."""

    async def act(work: Work, arguments: Sequence[str]) -> Lines:
        space = work.terminal.space
        try:
            numbers = [whole(argument) for argument in arguments]
        except ValueError:
            raise Fault(f"{name}(): Invalid argument") from None
        if len(numbers) == 1:
            address = min(max(numbers[0], 0), space.size - 1)
        else:
            row, column = (number - origin for number in numbers)
            row = min(max(row, 0), space.rows - 1)
            column = min(max(column, 0), space.columns - 1)
            address = row * space.columns + column
        work.terminal.move_to(address)
        return ()

    return act


def _reading(read: Callable[[PresentationSpace, Sequence[str]], Lines]) -> Act:
    async def act(work: Work, arguments: Sequence[str]) -> Lines:
        work.terminal.output_unread = False
        return read(work.terminal.space, arguments)

    return act


async def _query(work: Work, arguments: Sequence[str]) -> Lines:
    return query(work.terminal, arguments)


async def _wait(work: Work, arguments: Sequence[str]) -> Lines:
    await wait(work.terminal, work.time, arguments)
    return ()


async def _snap(work: Work, arguments: Sequence[str]) -> Lines:
    what, rest = (arguments[0].lower(), arguments[1:]) if arguments else ("save", ())
    if what == "wait":
        await wait(work.terminal, work.time, rest)
        what = "save"
    if what == "save":
        work.terminal.output_unread = False
        space = work.terminal.space
        display = PresentationSpace(space.rows, space.columns)
        display.restore(space.snapshot())
        work.snapped = Snapped(display, status(space, attached=work.terminal.attached))
        return ()
    if work.snapped is None:
        raise Fault("Snap(): No saved state")
    if what not in _SNAPS:
        raise Fault("Snap(): Parameter must be save, status, rows, cols, wait, ascii, ascii1 or readbuffer")
    return _SNAPS[what](work.snapped, rest)


_SNAPS: Mapping[str, Callable[[Snapped, Sequence[str]], Lines]] = {
    "status": lambda snapped, _: [snapped.status],
    "rows": lambda snapped, _: [str(snapped.display.rows)],
    "cols": lambda snapped, _: [str(snapped.display.columns)],
    "ascii": lambda snapped, rest: ascii_text(snapped.display, rest),
    "ascii1": lambda snapped, rest: ascii_text(snapped.display, rest, 1, "Ascii1"),
    "readbuffer": lambda snapped, rest: read_buffer(snapped.display, rest),
}


async def _print_text(work: Work, arguments: Sequence[str]) -> Lines:
    if [argument.lower() for argument in arguments] != ["string"]:
        raise Fault("PrintText(): Parameter must be string")
    work.terminal.output_unread = False
    return ascii_text(work.terminal.space, ())


async def _connect(work: Work, _: Sequence[str]) -> Lines:
    """Accepted with any host's name: the region is in this process, and a script is attached from the start."""
    if not work.terminal.attached:
        await work.terminal.connect()
    return ()


async def _disconnect(work: Work, _: Sequence[str]) -> Lines:
    work.terminal.disconnect()
    return ()


async def _end(work: Work, _: Sequence[str]) -> Lines:
    work.terminal.disconnect()
    work.ended = True
    return ()


def _table() -> dict[str, Verb]:
    numbered = {"PF", "PA"}
    keys = [key for key in Key if key.value[:2] not in numbered]
    verbs = [
        *(Verb(key.value, (0,), _pressing(key)) for key in keys),
        Verb("ToggleInsert", (0,), _pressing(Key.INSERT)),
        Verb("PF", (1,), _numbered("PF")),
        Verb("PA", (1,), _numbered("PA")),
        Verb("String", ANY, _string),
        Verb("Key", (1,), _key),
        Verb("MoveCursor", (1, 2), _moving("MoveCursor", 0)),
        Verb("MoveCursor1", (1, 2), _moving("MoveCursor1", 1)),
        Verb("Ascii", ANY, _reading(ascii_text)),
        Verb("Ascii1", ANY, _reading(lambda space, rest: ascii_text(space, rest, 1, "Ascii1"))),
        Verb("AsciiField", (0,), _reading(lambda space, _: field_text(space))),
        Verb("ReadBuffer", ANY, _reading(read_buffer)),
        Verb("PrintText", ANY, _print_text),
        Verb("Snap", ANY, _snap),
        Verb("Query", (0, 1), _query),
        Verb("Wait", ANY, _wait),
        Verb("Connect", (1,), _connect),
        Verb("Open", (1,), _connect),
        Verb("Disconnect", (0,), _disconnect),
        Verb("Quit", ANY, _end),
        Verb("Exit", ANY, _end),
    ]
    return {verb.name.lower(): verb for verb in verbs}


VERBS: Mapping[str, Verb] = _table()


def find(name: str) -> Verb:
    """The action of that name in any case, or of the only name that begins so."""
    wanted = name.lower()
    found = [wanted] if wanted in VERBS else [known for known in VERBS if known.startswith(wanted)]
    if not found:
        raise Fault(f"Unknown action: {name}")
    if len(found) > 1:
        raise Fault(f"Ambiguous action name: {name}")
    return VERBS[found[0]]


def check_count(verb: Verb, count: int) -> None:
    """Refuse a number of arguments the action does not take."""
    if count in verb.counts:
        return
    if verb.counts == ANY:
        raise Fault(f"{verb.name}() requires at most {ANY[-1]} arguments")
    wanted = " or ".join(map(str, verb.counts))
    plural = "" if list(verb.counts) == [1] else "s"
    raise Fault(f"{verb.name}() requires {wanted} argument{plural}")

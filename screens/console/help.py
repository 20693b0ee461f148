"""The terminal's own help: what the keys do, what the locks mean, what the status line says."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.console.dialog import Dialog
from screens.console.keymap import Function, KeyMap, Local
from screens.keys import Key

KEYS_WIDTH = 20
KEYS: tuple[tuple[Function, str], ...] = (
    (Key.ENTER, "send what you typed"),
    (Key.PF1, "F1 to F24 do what the screen says"),
    (Key.PF13, "F13 to F24 on a keyboard with twelve"),
    (Key.PA1, "PA1 to PA3: a signal, without what you typed"),
    (Key.CLEAR, "end what is on the screen, begin with a blank one"),
    (Key.RESET, "unlock, end insert mode, drop keys typed ahead"),
    (Key.TAB, "next field"),
    (Key.BACKTAB, "start of this field, then the field before"),
    (Key.NEWLINE, "first field of the next row"),
    (Key.HOME, "first field of the screen"),
    (Key.FIELD_END, "end of the text in this field"),
    (Key.NEXT_WORD, "next word"),
    (Key.INSERT, "insert mode on or off"),
    (Key.ERASE_EOF, "empty this field from the cursor on"),
    (Key.DELETE_FIELD, "empty this field"),
    (Key.ERASE_INPUT, "empty every field"),
    (Key.DUP, "mark the rest of the field as a duplicate"),
    (Key.FIELD_MARK, "put a field mark"),
    (Local.SELECT_RIGHT, "mark a block (or drag the mouse)"),
    (Local.COPY, "copy the marked block"),
    (Local.PASTE, "paste, a line for a field"),
    (Local.PALETTE, "commands: colours, cursor, keys, print"),
    (Local.KEY_PAD, "the key pad: every key to click"),
    (Local.HELP, "this help"),
    (Local.QUIT, "leave; the conversation stays where it is"),
)
LOCKS = (
    ("X Wait", "the host works; keys you type now wait in line"),
    ("X Protected", "not a place to type: Reset, then Tab to a field"),
    ("X Numeric", "digits, full stop and minus only"),
    ("X Overflow", "no room to insert: delete something first"),
    ("X Character", "no cell of the screen can hold this character"),
    ("X Must fill", "fill this field to its end, or leave it empty"),
    ("X Must enter", "fill this field in before you send"),
    ("X -f", "this terminal has no such function"),
    ("X Not Connected", "the region is away, or another took this terminal"),
)
STATUS = (
    ("4A■", "connected; ? when not"),
    ("T", "keys typed ahead are waiting"),
    ("Insert", "insert mode"),
    ("T001  12 ms  004/021", "terminal, last response time, row and column"),
)


class HelpPanel(Dialog[None]):
    """Read, scroll, and leave with Esc."""

    DEFAULT_CSS = """
    HelpPanel { align: center middle; background: $background 40%; }
    HelpPanel > VerticalScroll {
        width: 78; max-width: 100%; height: auto; max-height: 100%; background: $surface; padding: 0 1;
        border: round $primary; border-title-color: $foreground; scrollbar-size-vertical: 1;
        scrollbar-background: $surface; scrollbar-color: $primary 60%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,alt+h", "leave", show=False)]

    def __init__(self, keymap: KeyMap) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Three tables in one text."""
        with VerticalScroll() as panel:
            panel.border_title = "This terminal  (Esc leaves)"
            yield Static(help_text(self._keymap))


def help_text(keymap: KeyMap) -> Group:
    """What the keys do under a key map, what the locks mean, what the status line says."""
    keys = [(_reached(keymap, function), meaning) for function, meaning in KEYS]
    parts = (("Keys", keys), ("When the keyboard is locked", LOCKS), ("The status line", STATUS))
    return Group(
        *(part for title, rows in parts for part in (Text(title, style="bold"), _table(rows), Text("")))
    )


def _reached(keymap: KeyMap, function: Function) -> str:
    """The shortest way, and the second one where both fit."""
    ways = keymap.keys_of(function)
    both = ", ".join(ways[:2]) or "-"
    return both if len(both) <= KEYS_WIDTH else ways[0]


def _table(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=KEYS_WIDTH + 2)
    table.add_column()
    for left, right in rows:
        table.add_row(Text("  " + left), right)
    return table

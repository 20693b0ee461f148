"""The key pad: every key of a 3270 that a keyboard may lack, to click or to choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.message import Message
from textual.widgets import Static

from screens.console.dialog import Dialog
from screens.keys import Key

PAD: tuple[tuple[Key, ...], ...] = (
    (Key.PF1, Key.PF2, Key.PF3, Key.PF4, Key.PF5, Key.PF6),
    (Key.PF7, Key.PF8, Key.PF9, Key.PF10, Key.PF11, Key.PF12),
    (Key.PF13, Key.PF14, Key.PF15, Key.PF16, Key.PF17, Key.PF18),
    (Key.PF19, Key.PF20, Key.PF21, Key.PF22, Key.PF23, Key.PF24),
    (Key.PA1, Key.PA2, Key.PA3, Key.CLEAR, Key.RESET, Key.ENTER),
    (Key.ATTN, Key.SYSREQ, Key.DUP, Key.FIELD_MARK, Key.INSERT, Key.DELETE),
    (Key.ERASE_EOF, Key.ERASE_INPUT, Key.DELETE_FIELD, Key.NEWLINE, Key.BACKTAB, Key.HOME),
)


KEY_COLUMNS = 13
"""Columns of the window for a key and the gap after it: the longest name has eleven letters."""


class PadKey(Static):
    """One key of the pad."""

    can_focus = True

    @dataclass
    class Pressed(Message):
        """The key was clicked or chosen."""

        key: Key

    def __init__(self, key: Key) -> None:
        super().__init__(key.value)
        self.key = key

    def on_click(self) -> None:
        """A click presses."""
        self.post_message(self.Pressed(self.key))


class KeyPad(Dialog[Key | None]):
    """A click, or arrows and Enter, presses the key; Esc leaves."""

    DEFAULT_CSS = """
    KeyPad { align: center bottom; background: $background 20%; }
    KeyPad > Grid {
        grid-size: 6; grid-gutter: 0 1; grid-rows: 1; width: 79; max-width: 100%; height: auto; max-height: 100%;
        background: $surface; border: round $primary; border-title-color: $foreground;
        overflow-y: auto; scrollbar-size-vertical: 1;
    }
    KeyPad PadKey { width: 100%; height: 1; content-align: center middle; text-align: center; background: $panel; }
    KeyPad PadKey:hover { background: $primary 40%; }
    KeyPad PadKey:focus { background: $primary; color: $background; text-style: bold; }
    KeyPad PadKey:nocolor:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+k", "leave", show=False),
        Binding("enter,space", "press", show=False),
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("up", "move_row(-1)", show=False),
        Binding("down", "move_row(1)", show=False),
    ]
    AUTO_FOCUS = "PadKey"

    def compose(self) -> ComposeResult:
        """The keys in rows, as on the pad of an emulator."""
        with Grid() as pad:
            pad.border_title = "Key pad  (Esc leaves)"
            for row in PAD:
                for key in row:
                    yield PadKey(key)

    def on_resize(self, event: events.Resize) -> None:
        """As many keys in a row as the window has room for."""
        columns = min(max((event.size.width - 1) // KEY_COLUMNS, 1), len(PAD[0]))
        self.query_one(Grid).styles.grid_size_columns = columns

    def on_pad_key_pressed(self, event: PadKey.Pressed) -> None:
        """Press the key on the display."""
        self.answer(event.key)

    def action_press(self) -> None:
        """Press the key that has the focus."""
        if isinstance(self.focused, PadKey):
            self.answer(self.focused.key)

    def action_move(self, step: int) -> None:
        """Go to the next key in a direction."""
        keys = list(self.query(PadKey))
        at = keys.index(self.focused) if isinstance(self.focused, PadKey) else 0
        keys[(at + step) % len(keys)].focus()

    def action_move_row(self, step: int) -> None:
        """Go to the key above or below."""
        self.action_move(step * (self.query_one(Grid).styles.grid_size_columns or 1))

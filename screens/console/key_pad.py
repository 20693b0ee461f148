"""The key pad: every key of a 3270 that a keyboard may lack, to click or to choose."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.screen import ModalScreen
from textual.widgets import Button

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


class KeyPad(ModalScreen[Key | None]):
    """A click, or arrows and Enter, presses the key; Esc leaves."""

    DEFAULT_CSS = """
    KeyPad { align: center bottom; background: $background 20%; }
    KeyPad > Grid {
        grid-size: 6 7; grid-gutter: 0 1; width: 76; height: 9; padding: 0 1; background: $surface;
        border: round $primary; border-title-color: $text;
    }
    KeyPad Button { width: 100%; min-width: 8; height: 1; border: none; background: $panel; }
    KeyPad Button:focus { background: $primary; color: $background; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+k", "leave", show=False),
        Binding("left", "move(-1)", show=False, priority=True),
        Binding("right", "move(1)", show=False, priority=True),
        Binding("up", "move(-6)", show=False, priority=True),
        Binding("down", "move(6)", show=False, priority=True),
    ]

    def compose(self) -> ComposeResult:
        """The keys in rows, as on the pad of an emulator."""
        with Grid() as pad:
            pad.border_title = "Key pad  (Esc leaves)"
            for row in PAD:
                for key in row:
                    yield Button(key.value, name=key.value, compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Press the key on the display."""
        self.dismiss(Key(event.button.name or ""))

    def action_move(self, step: int) -> None:
        """Go to the next key in a direction."""
        buttons = list(self.query(Button))
        at = buttons.index(self.focused) if isinstance(self.focused, Button) else 0
        buttons[(at + step) % len(buttons)].focus()

    def action_leave(self) -> None:
        """Press nothing."""
        self.dismiss(None)

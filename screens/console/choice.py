"""A list to choose from: the palette, and every choice it leads to, with a preview of what is highlighted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.console.dialog import Dialog


@dataclass(frozen=True)
class Choice:
    """One line of the list."""

    label: str
    value: object
    keys: str = ""
    """How to reach the same by keys."""
    also: str = ""
    """Another name, found by the search and not shown."""


class Chooser(Dialog[object]):
    """Type to narrow the list, arrows to preview, Enter to choose, Esc to leave things as they were."""

    DEFAULT_CSS = """
    Chooser { align: center top; background: $background 40%; }
    Chooser > Vertical {
        width: 60; max-width: 100%; height: auto; max-height: 90%; margin-top: 2; background: $surface; padding: 0 1;
        border: round $primary; border-title-color: $foreground;
    }
    Chooser Input { background: $panel; padding: 0 1; margin-bottom: 1; }
    Chooser Input:focus { background-tint: $panel 0%; }
    Chooser OptionList {
        height: auto; max-height: 16; background: $surface; scrollbar-size-vertical: 1;
        scrollbar-background: $surface; scrollbar-color: $primary 60%;
    }
    Chooser OptionList > .option-list--option-highlighted { background: $primary; color: $background; }
    Chooser OptionList:nocolor > .option-list--option-highlighted { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    AUTO_FOCUS = "Input"

    def __init__(
        self, title: str, choices: Sequence[Choice], preview: Callable[[object], None] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._shown: list[Choice] = []
        self._preview = preview

    def compose(self) -> ComposeResult:
        """A line to type in over the list."""
        with Vertical() as box:
            box.border_title = self._title
            yield Input(placeholder="Type to search", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Show everything first."""
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the lines that hold every word typed."""
        self._narrow(event.value)

    def on_input_submitted(self) -> None:
        """Enter chooses what is highlighted."""
        if (choice := self._highlighted()) is not None:
            self.answer(choice.value)

    def on_option_list_option_selected(self) -> None:
        """So does a click."""
        self.on_input_submitted()

    def on_option_list_option_highlighted(self) -> None:
        """What is highlighted now is tried out at once; the list may be another than when this was sent."""
        choice = self._highlighted()
        if self._preview is not None and choice is not None and self.is_current:
            self._preview(choice.value)

    def action_move(self, step: int) -> None:
        """Move the highlight while the typing stays in its line."""
        choices = self.query_one(OptionList)
        if self._shown:
            choices.highlighted = ((choices.highlighted or 0) + step) % len(self._shown)

    def _highlighted(self) -> Choice | None:
        place = self.query_one(OptionList).highlighted
        return None if place is None else self._shown[place]

    def _narrow(self, typed: str) -> None:
        words = typed.lower().split()
        self._shown = [
            choice
            for choice in self._choices
            if all(word in f"{choice.label} {choice.also}".lower() for word in words)
        ]
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options([Option(_line(choice)) for choice in self._shown])
        choices.highlighted = 0 if self._shown else None


def _line(choice: Choice) -> Text:
    line = Text(choice.label.ljust(36))
    line.append(choice.keys, style="dim")
    return line

"""The Textual terminal: keys in, the display out. What a key does is the session's and the key map's affair."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import ClassVar

from rich.color import ColorSystem
from textual import events
from textual.app import App, ComposeResult
from textual.theme import Theme as WidgetTheme
from textual.timer import Timer

from monitor.exchange import Host
from screens.console import keymap, pasting
from screens.console.choice import Chooser
from screens.console.dialog import Clicks
from screens.console.display import LOCAL_HINTS, Display
from screens.console.driver import driver_class
from screens.console.help import HelpPanel
from screens.console.hints import hint_at
from screens.console.key_pad import KeyPad
from screens.console.keymap import Function, KeyMapError, Local
from screens.console.marking import Marking
from screens.console.palette import TITLES, Kind, choices, commands
from screens.console.preferences import Preferences
from screens.console.printing import Paper, kept, print_screen
from screens.console.session import Session
from screens.console.status import status
from screens.console.themes import THEMES, Theme, has_colors
from screens.drawing import Decoder
from screens.keys import Key
from screens.presentation_space import Lock

WAIT_SHOWN_S = 0.1
"""A wait shorter than this is not shown: nothing flickers."""

LEAVE_S_MAX = 10.0
"""How long the operator who leaves waits for the answer to what was sent."""


class Terminal(App[None]):
    """One terminal on one host."""

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    CSS = "Screen { overflow: hidden; }"
    TITLE = "Entracte"

    def __init__(self, host: Host, decoder: Decoder, terminal: str, folder: Path | None = None) -> None:
        """`folder` keeps what the operator chooses; None remembers nothing."""
        self._colorless = not has_colors(os.environ)
        super().__init__(driver_class=driver_class(), ansi_color=self._colorless or None)
        self.session = Session(host, decoder, terminal, self.draw)
        self.view = Display(self.session.space)
        self.marking = Marking(self.session.space)
        self.fault: Exception | None = None
        """What ended the terminal against everybody's will."""
        self._folder = folder
        self.preferences, self._trouble = (
            Preferences.read(folder / "terminal.toml") if folder else (Preferences(), "")
        )
        self.word = LOCAL_HINTS
        """What the terminal itself has to say, until the next key."""
        self._clicks = Clicks()
        self._leaving: Timer | None = None
        self._prefix = ""
        self._waiting_since: float | None = None
        self._alarms = 0

    def compose(self) -> ComposeResult:
        """The one widget."""
        yield self.view

    def on_mount(self) -> None:
        """Dress as the operator likes, and ask the host where the terminal stands."""
        for theme in THEMES.values():
            self.register_theme(_widget_theme(theme))
        self.choose(self.preferences)
        if self._trouble:
            self.word = self._trouble if self.word == LOCAL_HINTS else f"{self._trouble}; {self.word}"
        self.app_resume_signal.subscribe(self, lambda _: self._local(Local.REDRAW))
        self.session.attach()

    async def on_unmount(self) -> None:
        """Leave the host alone."""
        await self.session.close()

    async def on_event(self, event: events.Event) -> None:
        """Keys go to the 3270 keyboard, unless a dialog is open."""
        dialog = len(self.screen_stack) > 1
        if isinstance(event, events.Key) and not dialog:
            self._key(event)
        elif isinstance(event, events.Paste) and not dialog:
            self._paste(event.text)
        elif not self._stray(event):
            await super().on_event(event)

    def _stray(self, event: events.Event) -> bool:
        """True for half of a double click that another dialog had; what comes back from a widget is none."""
        if not isinstance(event, events.MouseEvent) or event.is_forwarded:
            return False
        return self._clicks.stray(event, self.screen, self.CLICK_CHAIN_TIME_THRESHOLD)

    def draw(self) -> None:
        """Bring the window up to date."""
        if not self.view.is_attached:
            return
        if self._leaving and not self.session.unanswered:
            self._answered(self._leaving)
        look, session = self.view.look, self.session
        if session.station.alarms != self._alarms:
            self._alarms = session.station.alarms
            self.bell()
        look.selection = self.marking.block
        hidden = self._hides_wait()
        look.status = status(
            session,
            self.keymap,
            session.space.columns,
            prefix=keymap.spoken(self._prefix) if self._prefix else "",
            word="" if self.word == LOCAL_HINTS and not self._says_hints() else self.word,
            hide_wait=hidden,
        )
        self.view.show()

    def _says_hints(self) -> bool:
        """True if the status line has room to say the terminal's own keys, and no other row does."""
        geometry = self.view.geometry
        return not geometry.overlaid and geometry.hints is None

    def perform(self, function: Function) -> None:
        """Run a key function, the host's or the terminal's own."""
        if isinstance(function, Key) and self._deaf:
            return
        if isinstance(function, Key):
            self.marking.clear()
            self.session.press(function)
        elif function in _MOVES:
            self.marking.extend(*_MOVES[function])
        else:
            self._local(function)
        self.draw()

    def _local(self, function: Local) -> None:
        match function:
            case Local.PALETTE:
                self._open_palette()
            case Local.KEY_PAD:
                self.push_screen(KeyPad(), lambda key: self.perform(key) if key else None)
            case Local.HELP:
                self.push_screen(HelpPanel(self.keymap))
            case Local.COPY:
                self._copy()
            case Local.PASTE:
                self._paste(self.clipboard)
            case Local.PRINT_SCREEN:
                self._print_screen(Paper.TEXT)
            case Local.REDRAW:
                self.refresh(layout=True)
            case Local.QUIT:
                self._leave()

    def on_display_pointed(self, event: Display.Pointed) -> None:
        """A click on `F3=Exit` presses it, a click elsewhere moves the cursor, a double click is Enter.

        While the host works the cursor stays, so a double click sends nothing from where it is.
        """
        if self._deaf:
            return
        self.word = ""
        hint = hint_at(self.session.space, event.address)
        if event.times == 1:
            self.marking.clear()
            if hint:
                self.session.press(hint.key)
            else:
                self.session.move_to(event.address)
        elif event.times == 2 and not hint and not self.session.waiting:
            self.session.press(Key.ENTER)

    def on_display_marked(self, event: Display.Marked) -> None:
        """A block marked with the mouse."""
        self.marking.set(event.block)
        self.draw()

    def _key(self, event: events.Key) -> None:
        sequence = (self._prefix, event.key) if self._prefix else (event.key,)
        self.word = ""
        function = self.keymap.find(sequence)
        if function is None and not self._prefix and self.keymap.is_prefix(event.key):
            self._prefix = event.key
            self.draw()
            return
        unused, self._prefix = self._prefix, ""
        if self._deaf and not isinstance(function, Local):
            return
        if function is not None:
            self.perform(function)
        elif unused:
            self.word = f"{' '.join(map(keymap.spoken, sequence))} has no function"
            self.draw()
        elif event.is_printable and event.character:
            self.marking.clear()
            self.session.type(event.character)

    @property
    def _deaf(self) -> bool:
        """True while nothing may go to the host: in a window too small nobody sees it; who leaves has finished."""
        return self.view.too_small or self._leaving is not None

    def _leave(self) -> None:
        """End; while the host works when it has answered, at the second asking, or after `LEAVE_S_MAX`."""
        if self.session.space.lock is not Lock.WAIT or self._leaving:
            self.exit()
            return
        quits = self.keymap.key_of(Local.QUIT, "Quit")
        self.session.type_ahead.clear()
        self.session.message = f"leaving once this is answered; {quits} leaves at once"
        self._leaving = self.set_timer(LEAVE_S_MAX, self.exit)

    def _answered(self, limit: Timer) -> None:
        """The answer an operator waited for to leave; who was refused something stays, to see it."""
        limit.stop()
        self._leaving = None
        if not self.session.message:
            self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """Textual's way to end by a fault, without its traceback: whoever ran the terminal says what is wrong."""
        self.fault = self.fault or error
        super()._handle_exception(error)
        self._exit_renderables.clear()

    def _hides_wait(self) -> bool:
        """True while a wait is too short to be worth a word; looks again when it is not."""
        if self.session.space.lock is not Lock.WAIT:
            self._waiting_since = None
            return False
        if self._waiting_since is None:
            self._waiting_since = monotonic()
            self.set_timer(WAIT_SHOWN_S, self.draw)
        return monotonic() - self._waiting_since < WAIT_SHOWN_S

    def _copy(self) -> None:
        block = self.marking.block
        if block is None:
            self.word = "Mark a block first: Shift and the arrows, or drag"
            return
        self.copy_to_clipboard(block.text(self.session.space))
        self.word = f"Copied {block.bottom - block.top + 1} x {block.right - block.left + 1}"
        self.marking.clear()

    def _paste(self, text: str) -> None:
        if self._deaf:
            return
        self.marking.clear()
        self.word = ""
        pasting.paste(self.session, text)

    def _print_screen(self, paper: Paper) -> None:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        text = print_screen(self.session.space, self.view.look.theme, paper)
        try:
            self.word = f"Printed to {kept(text, f'screen-{self.session.terminal}-{stamp}', paper)}"
        except OSError as error:
            self.word = f"Not printed: {error.strerror}"

    def _open_palette(self) -> None:
        self.push_screen(Chooser("Commands", commands(self.keymap)), self._chosen)

    def _chosen(self, value: object) -> None:
        if isinstance(value, Key | Local):
            self.perform(value)
        elif isinstance(value, Paper):
            self._print_screen(value)
            self.draw()
        elif isinstance(value, Kind):
            self._choose(value)

    def _choose(self, kind: Kind) -> None:
        """Choose a look or a key map, previewed while it is highlighted, and remember it."""
        before = self.preferences

        def tried(value: object) -> None:
            self.choose(before.with_choice(kind.value, str(value)))

        def chosen(value: object) -> None:
            if value is None:
                self.choose(before)
                return
            tried(value)
            if trouble := self._remember():
                self.word = f"Not remembered: {trouble}"
                self.draw()

        self.push_screen(Chooser(TITLES[kind], choices(kind, self._folder), tried), chosen)

    def _remember(self) -> str:
        """Keep the choices for the next time; what is wrong if they cannot be kept."""
        if self._folder is None:
            return "there is no home folder"
        return self.preferences.write(self._folder / "terminal.toml")

    def choose(self, preferences: Preferences) -> None:
        """Put choices into effect."""
        self.preferences = preferences
        theme = "mono" if self._colorless else preferences.theme
        self.view.look.theme = THEMES[theme].on(
            _DEPTHS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
        )
        self.view.look.cursor = preferences.cursor
        self.theme = f"terminal-{theme}"
        try:
            self.keymap = keymap.load(preferences.keys, self._folder / "keys" if self._folder else None)
        except KeyMapError as error:
            self.keymap = keymap.load("default")
            self.word = str(error)
        self.draw()


_MOVES = {
    Local.SELECT_UP: (-1, 0),
    Local.SELECT_DOWN: (1, 0),
    Local.SELECT_LEFT: (0, -1),
    Local.SELECT_RIGHT: (0, 1),
}


_DEPTHS = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "windows": ColorSystem.WINDOWS}


def _widget_theme(theme: Theme) -> WidgetTheme:
    """The same look for dialogs."""
    background = theme.background or "#000000"
    return WidgetTheme(
        name=f"terminal-{theme.name}",
        primary=theme.quiet or "#808080",
        accent=theme.alert or "#ffffff",
        foreground=theme.base[3] or "#ffffff",
        background=background,
        surface=theme.entry or background,
        panel=theme.crosshair or background,
        dark=theme.name != "paper",
    )

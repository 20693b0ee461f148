"""Lists, key pad and help: in any window, however fast one types."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from textual.containers import VerticalScroll
from textual.widgets import Input

from screens.console.choice import Chooser
from screens.console.help import help_text
from screens.console.key_pad import PadKey
from screens.console.keymap import load
from screens.console.themes import CursorShape
from tests.screens.console.window import settled, terminal, window_of


async def test_a_search_without_a_match_leaves_the_look_as_it_is(tmp_path: Path) -> None:
    """Keys that come faster than the list can follow are no fault; Enter then chooses nothing."""
    app, _ = terminal(tmp_path)
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p", *"cursor", "enter")
        await pilot.pause()
        typed = app.screen.query_one(Input)
        for typed.value in ("c", "cm"):
            pass
        await settled(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, Chooser)
        assert app.view.look.cursor is CursorShape.BLOCK


async def test_a_look_is_found_by_the_name_it_is_remembered_under(tmp_path: Path) -> None:
    """`mono` of terminal.toml is called No colour in the list."""
    app, _ = terminal(tmp_path)
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p", *"colours", "enter")
        await pilot.pause()
        await pilot.press(*"mono", "enter")
        await pilot.pause()
        assert app.preferences.theme == "mono"


@pytest.mark.parametrize("size", [(60, 20), (40, 20), (80, 24)])
async def test_dialogs_fit_the_window(size: tuple[int, int]) -> None:
    """The key pad has as many keys in a row as there is room for, each with its whole name; help is not cut."""
    app, _ = terminal()
    async with window_of(app, size=size) as pilot:
        await pilot.press("ctrl+k")
        await pilot.pause()
        keys = list(app.screen.query(PadKey))
        assert [key.key for key in keys if key.region.width < len(key.key.value)] == []
        assert max(key.region.right for key in keys) < size[0]
        assert max(key.region.bottom for key in keys) < size[1]
        await pilot.press("down")
        assert app.screen.focused is not None
        assert (app.screen.focused.region.x, app.screen.focused.region.y) == (
            keys[0].region.x,
            keys[0].region.y + 1,
        )
        await pilot.press("escape", "alt+h")
        await pilot.pause()
        assert app.screen.query_one(VerticalScroll).region.right <= size[0]


def test_help_names_no_key_where_there_is_none() -> None:
    """A dash stands for it; the palette has the function all the same."""
    console = Console(width=78, record=True, file=StringIO())
    console.print(help_text(load("c3270")))
    (line,) = (line for line in console.export_text().splitlines() if "copy the marked block" in line)
    assert line.split()[0] == "-"

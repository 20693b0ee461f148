"""The mouse, from the bytes a terminal reports it with, through Textual, to the 3270."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from monitor.exchange import Aid
from screens.console.app import Terminal
from screens.console.choice import Chooser
from screens.console.key_pad import KeyPad, PadKey
from screens.console.painting import Rectangle
from screens.console.palette import TITLES
from screens.console.parser import KeyParser
from screens.keys import Key
from tests.screens.console.window import NAME, row, settled, terminal, window_of

ALL_DAY_S = 86_400.0


def report(x: int, y: int, button: int = 0, end: str = "M") -> str:
    """What a terminal sends for a button pressed (`M`), moved (32) or let go (`m`) at a place."""
    return f"\x1b[<{button};{x + 1};{y + 1}{end}"


def click(x: int, y: int) -> str:
    """Pressed and let go."""
    return report(x, y) + report(x, y, end="m")


def drag(x: int, y: int, *places: tuple[int, int]) -> str:
    """Pressed, moved over some places, let go at the last."""
    moves = "".join(report(*place, button=32) for place in places)
    return report(x, y) + moves + report(*places[-1], end="m")


def marked(app: Terminal) -> tuple[Rectangle | None, int]:
    """The block that is shown as marked, and the cursor."""
    return app.view.look.selection, app.session.space.cursor


@pytest.fixture(autouse=True)
def time_for_a_double_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clicks in one place are a double click, however slow the machine is."""
    monkeypatch.setattr(Terminal, "CLICK_CHAIN_TIME_THRESHOLD", ALL_DAY_S)


async def send(pilot: Pilot[None], sent: str, *, burst: bool = True) -> None:
    """Let the terminal send something, in one go or each event when the one before is done."""
    for event in KeyParser().feed(sent):
        pilot.app.post_message(event)
        if not burst:
            await settled(pilot)
    await settled(pilot)


@pytest.mark.parametrize("burst", [True, False])
async def test_dragging_marks_a_block(burst: bool) -> None:
    """The mark stays when the button is let go, the cursor does not move; a click takes the mark away."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await send(pilot, drag(2, 3, (5, 3), (7, 4)), burst=burst)
        assert marked(app) == (Rectangle(3, 2, 4, 7), NAME)
        await pilot.press("ctrl+c")
        assert app.clipboard == "Name .\nAmount"
        await send(pilot, drag(2, 3, (7, 4)) + click(7, 4), burst=burst)
        assert marked(app) == (None, 4 * 80 + 7)
        assert host.inputs == []


async def test_dragging_back_marks_one_position() -> None:
    """A drag may shrink to where it began; Esc takes the mark away; without any move it is a click."""
    app, _ = terminal()
    async with window_of(app) as pilot:
        await send(pilot, drag(2, 3, (5, 3), (2, 3)))
        assert marked(app) == (Rectangle(3, 2, 3, 2), NAME)
        await pilot.press("escape")
        assert marked(app) == (None, NAME)
        await send(pilot, drag(9, 4, (9, 4)))
        assert marked(app) == (None, 4 * 80 + 9)


@pytest.mark.parametrize("burst", [True, False])
async def test_a_double_click_is_enter(burst: bool) -> None:
    """Where both halves of it are on the display."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await send(pilot, click(21, 4) * 2, burst=burst)
        assert [(sent.aid, sent.cursor) for sent in host.inputs] == [(Aid.ENTER, 4 * 80 + 21)]


async def test_a_click_ends_the_operators_lock_but_presses_no_key() -> None:
    """On a key the screen names it does what the key does there, nothing; elsewhere it ends the lock."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("up", "x")
        await send(pilot, click(16, 23))
        assert "X Protected" in row(app, 24)
        await send(pilot, click(20, 4))
        assert ("X Protected" in row(app, 24), marked(app), host.inputs) == (False, (None, 4 * 80 + 20), [])


async def test_a_click_on_a_key_waits_while_the_host_works() -> None:
    """A key the screen names waits in line; a double click is not half done, as Enter where the cursor is."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.gate.clear()
        await pilot.press("f5")
        for event in KeyParser().feed(click(20, 4) * 2 + click(16, 23)):
            app.post_message(event)
        await pilot.pause()
        host.gate.set()
        await settled(pilot)
        assert [sent.aid for sent in host.inputs] == [Aid.PF5, Aid.PF3]


@pytest.mark.parametrize("clicks", [2, 3])
@pytest.mark.parametrize("burst", [True, False])
async def test_a_double_click_on_the_key_pad_presses_once(burst: bool, clicks: int) -> None:
    """The half that comes when the pad is closed is not for the display under it."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+k")
        assert isinstance(app.screen, KeyPad)
        pad_key = next(key for key in app.screen.query(PadKey) if key.key is Key.PA2)
        await send(pilot, click(*pad_key.region.offset) * clicks, burst=burst)
        assert ([sent.aid for sent in host.inputs], app.session.space.cursor) == ([Aid.PA2], NAME)
        await send(pilot, click(20, 4), burst=burst)
        assert app.session.space.cursor == 4 * 80 + 20


@pytest.mark.parametrize("burst", [True, False])
async def test_a_double_click_in_the_palette_chooses_once(burst: bool) -> None:
    """A line that opens another list chooses nothing there."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p")
        await settled(pilot)
        await send(pilot, click(16, 6) * 2, burst=burst)
        assert isinstance(app.screen, Chooser)
        assert app.screen.query_one("Vertical").border_title in TITLES.values()
        assert host.inputs == []


async def test_a_dialog_is_left_once() -> None:
    """Esc twice in one read, or Enter, does not end the terminal."""
    app, host = terminal()
    async with app.run_test(size=(80, 25)) as pilot:
        for opened, keys in (
            ("alt+h", "\x1b\x1b[A\x1b\x1b[A"),
            ("ctrl+p", "\x1b\x1b[A\x1b\x1b[A"),
            ("ctrl+p", "pf17\r\r"),
        ):
            await settled(pilot)
            await pilot.press(opened)
            await settled(pilot)
            await send(pilot, keys)
        assert (len(app.screen_stack), [sent.aid for sent in host.inputs]) == (1, [Aid.PF17])

"""The Textual terminal, driven by keys as a person would."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from monitor.exchange import Aid, Reason, Refused
from screens.console.app import Terminal
from screens.console.choice import Chooser
from screens.console.display import LOCAL_HINTS
from screens.console.help import HelpPanel
from screens.console.key_pad import KeyPad, PadKey
from screens.console.preferences import Preferences, folder
from screens.console.themes import CursorShape
from screens.keys import Key
from tests.screens.console.fakes import FakeHost, FakePresenter, form
from tests.screens.console.window import NAME, row, settled, terminal, window_of


def printed_in(folder: Path) -> tuple[str, str]:
    """Name and text of the one printed screen."""
    (path,) = folder.glob("screen-T001-*.txt")
    return path.name, path.read_text(encoding="utf-8")


async def test_what_is_typed_is_sent_with_enter() -> None:
    """Typing shows at once, Enter sends, the answer is on the window."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press(*"ann", "enter")
        await settled(pilot)
        assert host.inputs[0].fields == ((NAME, "ann"),)
        assert row(app, 7).strip() == "ENTER ann"


async def test_every_function_key_reaches_the_application() -> None:
    """F1 to F12 and Shift+F1 to Shift+F12 are PF1 to PF24."""
    app, host = terminal()
    async with window_of(app) as pilot:
        for number in range(1, 25):
            await pilot.press(f"f{number}" if number <= 12 else f"shift+f{number - 12}")
            await settled(pilot)
        assert [i.aid for i in host.inputs] == [Aid(f"PF{n}") for n in range(1, 25)]


async def test_the_prefix_reaches_pa_and_clear() -> None:
    """Ctrl+A 1 and Ctrl+A c, and the status line says what it waits for."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+a")
        assert "Ctrl+A ..." in row(app, 24)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("ctrl+a", "c")
        await settled(pilot)
        assert [i.aid for i in host.inputs] == [Aid.PA1, Aid.CLEAR]


async def test_the_status_line_says_the_lock_and_the_way_out() -> None:
    """At 25 rows the line has a row of its own; Esc frees the keyboard."""
    app, _ = terminal()
    async with window_of(app) as pilot:
        await pilot.press("up", "x")
        assert "X Protected  Esc=Reset" in row(app, 24)
        assert "003/021" in row(app, 24)
        await pilot.press("escape")
        assert "X Protected" not in row(app, 24)


async def test_at_24_rows_the_status_line_comes_only_when_it_has_something_to_say() -> None:
    """Row 24 is the application's until then."""
    app, _ = terminal()
    async with window_of(app, size=(80, 24)) as pilot:
        before = row(app, 23)
        await pilot.press("up", "x")
        during = row(app, 23)
        await pilot.press("escape")
        assert (before.strip()[:11], row(app, 23)) == ("Enter=Check", before)
        assert "X Protected" in during


async def test_a_larger_window_shows_hints() -> None:
    """With room below, the terminal's own keys are shown, once; those of the map are on its screen."""
    app, _ = terminal()
    async with window_of(app, size=(132, 50)):
        rows = [row(app, y).strip() for y in range(50)]
        last = [text for text in rows if text][-1]
        assert last == LOCAL_HINTS
        assert [sum(text.count(key) for text in rows) for key in ("F3=Exit", "Ctrl+Q=Quit")] == [1, 1]


async def test_a_smaller_window_gets_one_sentence() -> None:
    """No broken form: a sentence that says what to do, nothing typed blindly, and the form when there is room."""
    app, host = terminal()
    async with window_of(app, size=(70, 20)) as pilot:
        assert row(app, 0).startswith("This screen has 24 rows of 80 columns and the window 20 of 70")
        await pilot.press(*"ann", "enter")
        app.post_message(events.Paste("bob"))
        await pilot.press("ctrl+k")
        await pilot.click(next(key for key in app.screen.query(PadKey) if key.key is Key.CLEAR))
        await pilot.resize_terminal(80, 25)
        await settled(pilot)
        assert "FORM01" in row(app, 0)
        assert (host.inputs, row(app, 3)[20:23]) == ([], "   ")


async def test_insert_and_type_ahead_have_marks() -> None:
    """The status line says Insert, X Wait and T."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("insert")
        assert "Insert" in row(app, 24)
        host.gate.clear()
        await pilot.press("enter", "a")
        await pilot.pause(0.2)
        line = row(app, 24)
        host.gate.set()
        await settled(pilot)
        assert ("X Wait" in line, line[44]) == (True, "T")


async def test_a_refusal_is_said_and_nothing_is_lost() -> None:
    """The text of the refusal is on the status line; what was typed is still there."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.answers = [Refused(Reason.BUSY, "the region is full; press the key again")]
        await pilot.press(*"ann", "enter")
        await settled(pilot)
        assert "the region is full; press the key again" in row(app, 24)
        assert "ann" in row(app, 3)


async def test_a_click_moves_and_a_click_on_a_hint_presses() -> None:
    """A place moves the cursor; `F3=Exit` presses PF3; a double click is Enter."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.click(offset=(20, 4))
        assert app.session.space.cursor == 4 * 80 + 20
        await pilot.click(offset=(16, 23))
        await settled(pilot)
        await pilot.click(offset=(20, 4), times=2)
        await settled(pilot)
        assert [i.aid for i in host.inputs] == [Aid.PF3, Aid.ENTER]


async def test_paste_fills_a_field_a_line() -> None:
    """Lines go into fields; what is too long for one is left out and said."""
    app, _ = terminal()
    async with window_of(app) as pilot:
        app.copy_to_clipboard("twelve chars\n12.50\nsecret")
        await pilot.press("ctrl+v")
        await settled(pilot)
        space = app.session.space
        assert (space.text(3, 20, 10), space.text(4, 20, 8).strip()) == ("twelve cha", "12.50")
        assert "characters left out: 2" in row(app, 24)
        assert "secret" not in row(app, 5)


async def test_a_marked_block_is_copied() -> None:
    """Shift and the arrows mark a block from the cursor; copying takes its text."""
    app, _ = terminal()
    async with window_of(app) as pilot:
        await pilot.press(
            "home", "left", "left", "left", "left", *["shift+left"] * 14, *["shift+down"] * 2, "ctrl+c"
        )
        await settled(pilot)
        assert app.clipboard == "Name . . . . .\nAmount . . . .\nPassword . . ."
        assert "Copied 3 x 15" in row(app, 24)


async def test_the_key_pad_presses_keys() -> None:
    """Ctrl+K, a click on PA2, and PA2 is sent."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+k")
        assert isinstance(app.screen, KeyPad)
        await pilot.click(next(key for key in app.screen.query(PadKey) if key.key is Key.PA2))
        await settled(pilot)
        assert host.inputs[-1].aid is Aid.PA2


async def test_the_palette_finds_a_command_by_a_word() -> None:
    """Ctrl+P, a word, Enter."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p", *"pf17", "enter")
        await settled(pilot)
        assert host.inputs[-1].aid is Aid.PF17


async def test_a_look_is_previewed_and_remembered(tmp_path: Path) -> None:
    """Highlighting tries a look, Esc takes it back, Enter keeps it for the next time."""
    app, _ = terminal(tmp_path)
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p", *"colours", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Chooser)
        await pilot.press("down")
        await pilot.pause()
        previewed = app.view.look.theme.title
        await pilot.press("escape")
        await pilot.pause()
        back = app.view.look.theme.title
        await pilot.press("ctrl+p", *"cursor", "enter")
        await pilot.press("down", "enter")
        await pilot.pause()
        assert (previewed, back) == ("Green tube", "3279 colour")
    again, _ = terminal(tmp_path)
    async with window_of(again) as pilot:
        assert again.view.look.cursor is CursorShape.UNDERSCORE


async def test_a_key_without_function_after_the_prefix_is_said() -> None:
    """The prefix never swallows a key in silence."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+a", "z")
        assert "Ctrl+A Z has no function" in row(app, 24)
        assert host.inputs == []
        assert app.keymap.find(("f3",)) is Key.PF3


async def test_the_terminal_is_left_after_a_prefix_too() -> None:
    """Ctrl+A and then Ctrl+Q quits."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+a", "ctrl+q")
        await pilot.pause()
        assert (app.is_running, host.inputs) == (False, [])


async def test_the_window_cursor_is_where_the_cursor_is() -> None:
    """For screen readers and for the terminal's own cursor."""
    app, _ = terminal()
    async with window_of(app, size=(132, 50)):
        geometry = app.view.geometry
        assert app.cursor_position == (geometry.left + 20, geometry.top + 3)


async def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR in the environment nothing on the window has a colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    app, _ = terminal()
    async with window_of(app):
        styles = [segment.style for y in range(25) for segment in app.view.render_line(y) if segment.style]
        assert [style for style in styles if style.color or style.bgcolor] == []
        assert any(style.underline for style in styles)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (b"theme =", "terminal.toml: Invalid value (at end of document)"),
        (b"theme = 5", "terminal.toml: theme = 5 is no choice"),
        (b'theme = ["amber"]\ncursor = "blok"', "terminal.toml: theme = ['amber'] is no choice, cursor"),
        (b'theme = "\xff"', "terminal.toml: 'utf-8' codec can't decode byte"),
        (b'keys = "mine"', "there is no key map 'mine'"),
        (b'keys = "bytes"', "key map 'bytes': 'utf-8' codec can't decode byte"),
        (
            b'theme = "none"\nkeys = "mine"',
            "terminal.toml: theme = 'none' is no choice; there is no key map 'mine'",
        ),
    ],
)
async def test_what_was_chosen_and_cannot_be_used_is_told(tmp_path: Path, kept: bytes, told: str) -> None:
    """On the status line, until the next key; the rest is as it was chosen."""
    (tmp_path / "terminal.toml").write_bytes(kept)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "bytes.toml").write_bytes(b"\xff\xfe")
    app, _ = terminal(tmp_path)
    async with window_of(app, size=(132, 25)) as pilot:
        assert told in row(app, 24)
        await pilot.press("a")
        assert "terminal.toml" not in row(app, 24)


async def test_a_choice_that_cannot_be_remembered_takes_effect_and_is_told(tmp_path: Path) -> None:
    """A folder that cannot be made, or none at all."""
    (tmp_path / "plain").touch()
    for place, told in (
        (tmp_path / "plain" / "in", "terminal.toml: Not a directory"),
        (None, "no home folder"),
    ):
        app, _ = terminal(place)
        async with window_of(app) as pilot:
            await pilot.press("ctrl+p", *"cursor", "enter", "down", "enter")
            await pilot.pause()
            assert "Not remembered: " in row(app, 24)
            assert told in row(app, 24)
            assert app.view.look.cursor is CursorShape.UNDERSCORE


def test_choices_are_written_whole_through_a_link(tmp_path: Path) -> None:
    """Who reads meanwhile has all of the old ones, and nothing else is left in the folder."""
    (tmp_path / "there").mkdir()
    kept, link = tmp_path / "there" / "kept.toml", tmp_path / "terminal.toml"
    kept.write_text('keys = "pcomm"\n')
    link.symlink_to(kept)
    with link.open() as reader:
        assert Preferences(keys="c3270").write(link) == ""
        assert reader.read() == 'keys = "pcomm"\n'
    assert (link.is_symlink(), Preferences.read(link)[0].keys) == (True, "c3270")
    assert [file.name for file in kept.parent.iterdir()] == ["kept.toml"]


def test_who_has_no_home_has_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept then."""

    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)
    assert folder() is None


def test_one_wrong_choice_spoils_no_other(tmp_path: Path) -> None:
    """It alone is the default one."""
    kept = tmp_path / "terminal.toml"
    kept.write_text('theme = "none"\ncursor = "underscore"\nkeys = "c3270"\n')
    preferences, told = Preferences.read(kept)
    assert Preferences(cursor=CursorShape.UNDERSCORE, keys="c3270") == preferences
    assert "terminal.toml: theme = 'none' is no choice" == told


async def test_the_screen_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the palette, into a file named on the status line."""
    monkeypatch.chdir(tmp_path)
    app, _ = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+p", *"print", "enter")
        await settled(pilot)
        said = row(app, 24)
    name, text = printed_in(tmp_path)
    assert f"Printed to {name}" in said
    assert "A  F O R M" in text


async def test_help_belongs_to_the_terminal() -> None:
    """It names the keys of the map in use, and nothing of it reaches the host."""
    app, host = terminal()
    async with window_of(app) as pilot:
        await pilot.press("ctrl+a", "h")
        await settled(pilot)
        assert isinstance(app.screen, HelpPanel)
        await pilot.press("escape")
        await settled(pilot)
        assert host.inputs == []


async def test_a_screen_of_another_size_is_drawn_where_there_is_room() -> None:
    """A host's screen of 43x132 is drawn in a window that has room, and said where there is none."""
    presenter = FakePresenter(form(43, 132))
    app = Terminal(FakeHost(presenter), presenter, "T001")
    async with window_of(app, size=(132, 44)) as pilot:
        assert "F3=Exit" in row(app, 42)
        await pilot.resize_terminal(100, 44)
        await settled(pilot)
        assert "43 rows of 132 columns" in row(app, 0)


async def test_a_lost_region_is_said_and_comes_back() -> None:
    """No traceback: a lock with its reason, and then the screen."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.answers = [ConnectionError("gone")]
        await pilot.press(*"ann", "enter")
        await pilot.pause(0.05)
        lost = row(app, 24)
        await settled(pilot)
        assert "X Not Connected  the region does not answer" in lost
        assert row(app, 7).strip() == "ENTER ann"

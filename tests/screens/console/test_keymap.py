"""Key maps: every profile reaches every key, and a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.console.keymap import PROFILES, KeyMapError, Local, load, parse
from screens.keys import Key

EVERYWHERE = {
    *(Key(f"PF{n}") for n in range(1, 25)),
    Key.PA1,
    Key.PA2,
    Key.PA3,
    Key.CLEAR,
    Key.ENTER,
    Key.RESET,
}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_reaches_the_keys_that_matter(profile: str) -> None:
    """No profile leaves an aid, Reset, or the terminal's own functions without a key."""
    reached = set(load(profile).functions.values())
    assert set() == (EVERYWHERE | {Local.PALETTE, Local.KEY_PAD, Local.QUIT, Local.HELP}) - reached


@pytest.mark.parametrize("profile", PROFILES)
def test_all_function_keys_belong_to_the_application(profile: str) -> None:
    """F1 to F24 and Shift+F1 to Shift+F12 are PF keys in every profile."""
    keymap = load(profile)
    assert [keymap.find((f"f{n}",)) for n in range(1, 25)] == [Key(f"PF{n}") for n in range(1, 25)]
    assert [keymap.find((f"shift+f{n}",)) for n in range(1, 13)] == [Key(f"PF{n + 12}") for n in range(1, 13)]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_prefix_works_in_every_terminal(profile: str) -> None:
    """Ctrl+A and a plain key reach what some terminals have no key for."""
    keymap = load(profile)
    assert keymap.is_prefix("ctrl+a")
    assert keymap.find(("ctrl+a", "1")) is Key.PA1
    assert keymap.find(("ctrl+a", "c")) is Key.CLEAR


def test_a_prefix_takes_no_key_of_the_terminal_away() -> None:
    """Ctrl+A Ctrl+Q leaves; a key of the 3270 has under the prefix what the map says, or nothing."""
    keymap = load("default")
    after = [keymap.find(("ctrl+a", key)) for key in ("ctrl+q", "ctrl+p", "f3", "escape", "z")]
    assert after == [Local.QUIT, Local.PALETTE, Key.PF15, None, None]


def test_a_user_map_changes_a_profile(tmp_path: Path) -> None:
    """`based_on` takes a profile over; an empty function takes a key away."""
    (tmp_path / "mine.toml").write_text('based_on = "default"\n[keys]\n"f9" = ""\n"ctrl+t" = "Clear"\n')
    mine = load("mine", tmp_path)
    assert (mine.find(("f9",)), mine.find(("ctrl+t",)), mine.find(("f8",))) == (None, Key.CLEAR, Key.PF8)


def test_an_unknown_function_names_the_nearest() -> None:
    """A misspelt function is an error that helps."""
    with pytest.raises(KeyMapError, match="did you mean 'EraseEOF'"):
        parse("mine", '[keys]\n"f9" = "EraseEof"\n')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[keys]\nctrl.f1 = 'PF13'\n", "in quotes"),
        ("[keys]\nf1 = ['PF1']\n", "in quotes"),
        ("[keys]\nf1 = 3\n", "in quotes"),
        ("keys = 1\n", r"write \[keys\]"),
        ("based_on = ['default']\n", "there is no key map"),
    ],
)
def test_a_map_of_other_values_is_told(text: str, told: str) -> None:
    """What TOML makes of a key without quotes is a table; nothing of it is a traceback."""
    with pytest.raises(KeyMapError, match=told):
        parse("mine", text)


def test_an_unknown_profile_names_the_shipped_ones() -> None:
    """So is a misspelt profile."""
    with pytest.raises(KeyMapError, match="default, c3270, pcomm"):
        load("x3270")


def test_keys_are_spoken_as_they_are_printed() -> None:
    """Help shows keys as people read them, the shortest way first."""
    assert load("default").keys_of(Key.PF15) == ["F15", "Shift+F3", "Ctrl+A F3"]
    assert load("default").keys_of(Key.RESET)[0] == "Esc"

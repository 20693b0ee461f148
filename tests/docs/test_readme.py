"""The README's application is run as it stands there, and its screens are the real ones."""

from __future__ import annotations

from pathlib import Path

from monitor.settings import load_settings
from tests.docs import pages
from tests.transactions.operator import GOLDEN

README = "README.md"


def test_the_application_answers_as_shown(tmp_path: Path) -> None:
    """The files of the README, the keys of the README, the screen of the README."""
    pages.write_files(README, tmp_path)
    said = pages.entracte(tmp_path, "script", typed=pages.titled(README, "typed"))
    answer = said.split("ok\n")[-2].splitlines()[:-1]
    assert pages.titled(README, "answer").splitlines() == answer


def test_the_application_refuses_and_leaves(tmp_path: Path) -> None:
    """Its other paths work as well: no such part, what is no number to take, too many, and F3."""
    pages.write_files(README, tmp_path)
    keys = ('String("9999")', "Enter", "Ascii(6,0,30)", "Home", 'String("1002")', "Enter", "Tab")
    more = ('String("-1")', "PF(5)", "Ascii(6,0,30)", "EraseEOF", 'String("8")', "PF(5)", "Ascii(6,0,30)")
    said = pages.entracte(tmp_path, "script", typed="\n".join((*keys, *more, "PF(3)", "AsciiField")))
    shown = [line.removeprefix("data:").strip() for line in said.splitlines() if line.startswith("data:")]
    assert shown[:3] == ["There is no such part", "Take must not be negative", "There are not as many"]
    assert set(shown[3:]) == {""}
    assert pages.entracte(tmp_path, "dumps") == "no dumps\n"


def test_the_transfer_form_is_the_golden_one() -> None:
    """The screen in the README is the one the bank's tests compare with."""
    assert (GOLDEN / "XFER01.txt").read_text("utf-8") == pages.titled(README, "screen")


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    """The example can be loaded."""
    file = tmp_path / "entracte.toml"
    file.write_text(pages.titled(README, "settings"), "utf-8")
    assert load_settings(file, {}).limits.area_bytes_max == 32_763

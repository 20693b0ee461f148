"""Every scenario that ships with an application passes: through core and store, a few on a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.settings import Settings
from screens.replay.running import run_file
from screens.replay.telling import report_lines

ROOT = Path(__file__).parents[2]
APPLICATIONS = sorted(
    folder for folder in (ROOT / "transactions").iterdir() if (folder / "maps.py").is_file()
)
SCENARIOS = sorted((ROOT / "transactions").rglob("*.replay.toml"))
THROUGH_UI = ("statement-kill", "inquiry-mistakes", "menu-kill")


def name_of(file: Path) -> str:
    """A scenario's name, without what all have in common."""
    return f"{file.parent.parent.name}-{file.name.removesuffix('.replay.toml')}"


@pytest.mark.parametrize("via", ["core", "store"])
@pytest.mark.parametrize("file", SCENARIOS, ids=name_of)
def test_it_passes(file: Path, via: str) -> None:
    """All its screens are what they were."""
    report = run_file(file, Settings(), via)
    assert report.verdict == 0, "\n" + "\n".join(report_lines(report, 170))


@pytest.mark.parametrize(
    "file", [file for file in SCENARIOS if file.name.startswith(THROUGH_UI)], ids=name_of
)
def test_it_passes_through_the_terminal_for_people(file: Path) -> None:
    """Worked by its own keys, and read off its window."""
    report = run_file(file, Settings(), "ui")
    assert report.verdict == 0, "\n" + "\n".join(report_lines(report, 170))


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda folder: folder.name)
def test_every_application_has_three(application: Path) -> None:
    """A good path, mistakes, and a session that is killed in the middle."""
    files = sorted((application / "scenarios").glob("*.replay.toml"))
    names = [file.name for file in files]
    assert len(files) >= 3
    assert any("mistake" in name for name in names)
    assert any(
        "kill" in name and "\nkill\n" in file.read_text() for name, file in zip(names, files, strict=True)
    )

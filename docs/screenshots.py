"""Take the pictures of docs/terminal.md: the real terminal, on a real region, driven by keys.

Run it with `python docs/screenshots.py`, and look at what came out in docs/screenshots/.
"""

from __future__ import annotations

import asyncio
import html
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.settings import Settings
from monitor.startup import open_region
from screens.console.app import Terminal
from screens.presenter import Presenter

FOLDER = Path(__file__).parent / "screenshots"
FORM = (*"10020011", "tab", *"20030022", "tab", *"250.00", "tab", *"rent")
TRANSFER = (*"xfer", "enter", *FORM, "enter")


class Picture(NamedTuple):
    """One picture: what is pressed, how large the window is, and how it looks."""

    name: str
    keys: Sequence[str]
    columns: int = 80
    rows: int = 25
    theme: str = "3279"


PICTURES = (
    Picture("menu", ()),
    Picture("transfer", TRANSFER),
    Picture("lock", (*"xfer", "enter", "up", "x")),
    Picture("statement", (*"stmt", "enter", *"10020011", "enter"), theme="amber"),
    Picture("green", TRANSFER, theme="green"),
    Picture("paper", TRANSFER, theme="paper"),
    Picture("contrast", TRANSFER, theme="contrast"),
    Picture("palette", (*TRANSFER, "ctrl+p"), columns=96, rows=30),
    Picture("key-pad", (*TRANSFER, "ctrl+k"), columns=96, rows=30),
    Picture("help", ("ctrl+a", "h"), rows=44, columns=84),
)


async def take(wanted: Sequence[str]) -> None:
    """Take the pictures named, or all of them, each at a terminal of its own."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with open_region(Settings(store=str(Path(folder) / "pictures.db"))) as region:
            for number, picture in enumerate(PICTURES, 1):
                if not wanted or picture.name in wanted:
                    presentation = region.presentation
                    assert isinstance(presentation, Presenter)  # noqa: S101  the shipped one
                    app = Terminal(region, presentation, f"T{number:03}")
                    await _take(app, picture)


async def _take(app: Terminal, picture: Picture) -> None:
    async with app.run_test(size=(picture.columns, picture.rows)) as pilot:
        await pilot.pause()
        await app.session.settle()
        app.choose(app.preferences.with_choice("theme", picture.theme))
        for key in picture.keys:
            await pilot.press(key)
            await app.session.settle()
        app.session.response_s = 0.003
        app.draw()
        await pilot.pause(0.3)
        svg = app.export_screenshot(title=f"Entracte  {app.session.terminal}")
        (FOLDER / f"{picture.name}.svg").write_text(tidied(svg), encoding="utf-8")
        print(f"docs/screenshots/{picture.name}.svg")


def tidied(svg: str) -> str:
    """The same picture with no blanks at the ends of words: some viewers drop them and shift the words."""
    return _TEXT.sub(_without_blanks, svg)


_TEXT = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>([^<]*)</text>'
)


def _without_blanks(match: re.Match[str]) -> str:
    style, x, y, length, rest, escaped = match.groups()
    text = html.unescape(escaped)
    words = text.strip("\xa0 ")
    if not words:
        return ""
    cell = float(length) / len(text)
    start = float(x) + cell * (len(text) - len(text.lstrip("\xa0 ")))
    shown = html.escape(words).replace("\xa0", "&#160;")
    where = f'x="{start:.1f}" y="{y}" textLength="{cell * len(words):.1f}"'
    return f'<text class="{style}" {where}{rest}>{shown}</text>'


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1:]))

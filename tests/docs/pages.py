"""Pages of Markdown as the tests read them: their fenced blocks, their links, and the paths they name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_COMMAND = (sys.executable, "-c", "from monitor.cli import main; main()")


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str
    """What stands behind the language: a file the block is the content of, or what the block is for."""
    text: str


def page(name: str) -> str:
    """The text of a page, by its path in the repository."""
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, language: str = "") -> list[Block]:
    """The fenced blocks of a page, of one language if it is named."""
    found = (Block(match[1], match[2] or "", match[3]) for match in _FENCE.finditer(page(name)))
    return [block for block in found if language in ("", block.language)]


def titled(name: str, title: str) -> str:
    """The text of the one block with this title."""
    (found,) = [block.text for block in blocks(name) if block.title == title]
    return found


def write_files(name: str, folder: Path) -> None:
    """Write every block whose title is a file's name to that file; several for one file follow each other."""
    for block in blocks(name):
        if "." in block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(block.text)


def prose(name: str) -> str:
    """The text of a page without its fenced blocks."""
    return _FENCE.sub("", page(name))


def links(name: str) -> list[str]:
    """Where the links of a page lead."""
    return _LINK.findall(prose(name))


def code_words(name: str) -> list[str]:
    """What a page sets as code within its sentences."""
    return _CODE.findall(prose(name))


def entracte(folder: Path, *arguments: str, typed: str = "") -> str:
    """What a command says, run in `folder`; it must end well."""
    done = subprocess.run(
        [*_COMMAND, *arguments],
        input=typed,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout

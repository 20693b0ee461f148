"""The papers name only what is there."""

from __future__ import annotations

import re

import pytest

from tests.docs import pages

PAPERS = sorted(
    str(path.relative_to(pages.ROOT))
    for path in (pages.ROOT / "README.md", pages.ROOT / "CHANGELOG.md", *(pages.ROOT / "docs").rglob("*.md"))
)
_PATH = re.compile(r"[\w./-]+/(?:[\w.-]+\.\w+)?|[\w-]+\.(?:py|toml|sql|md)")


def named_paths(name: str) -> list[str]:
    """The paths a page sets as code."""
    return [word for word in pages.code_words(name) if _PATH.fullmatch(word)]


def test_the_architecture_names_only_what_exists() -> None:
    """Every file and folder on the page is in the repository, and there are many of them."""
    named = named_paths("docs/architecture.md")
    assert len(named) > 30
    assert [path for path in named if not (pages.ROOT / path).exists()] == []


def test_the_architecture_is_one_page() -> None:
    """It is short enough to be read."""
    assert len(pages.page("docs/architecture.md").splitlines()) <= 100


@pytest.mark.parametrize("paper", PAPERS)
def test_links_resolve(paper: str) -> None:
    """A link within the repository leads to a file, and one with an anchor to a heading of it."""
    broken = []
    for link in pages.links(paper):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (pages.ROOT / paper).parent / path if path else pages.ROOT / paper
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

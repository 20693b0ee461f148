"""The library of docs/programs.md, as it stands there, does what the page says."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.docs import pages

PAGE = "docs/programs.md"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with the page's files in it."""
    pages.write_files(PAGE, tmp_path)
    return tmp_path


def messages(folder: Path, *keys: str, row: int = 7, terminal: str = "T001") -> list[str]:
    """Work at the terminal, `?` meaning: look at the message row; what was seen."""
    look = f"Ascii({row},1,78)"
    script = "\n".join(look if key == "?" else key for key in keys)
    said = pages.entracte(folder, "script", "--terminal", terminal, typed=script)
    assert "error\n" not in said, said
    return [line.removeprefix("data:").strip() for line in said.splitlines() if line.startswith("data:")]


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """What the store says."""
    with closing(sqlite3.connect(folder / "entracte.db", isolation_level=None)) as database:
        return database.execute(sql).fetchall()


LOOK = ('String("2")', "Enter")


def test_look_at_a_book(library: Path) -> None:
    """The first screen, a mistake, a number nobody has, and a book."""
    seen = messages(library, "?", "Enter", "?", 'String("99")', "Enter", "?", "EraseEOF", *LOOK, "?")
    assert seen == [
        "Type the number of a book",
        "Number must be a number such as 1204",
        "There is no such book",
        "F5 saves what you change, F6 lends it",
    ]
    assert json.loads(str(ask(library, "SELECT area FROM step ORDER BY unit DESC")[0][0])) == {
        "number": 2,
        "seen": 1,
    }


def test_lend_by_a_linked_program(library: Path) -> None:
    """The ledger has each loan once, and nobody gets a third book."""
    take = ("Tab", "Tab", "Tab", 'String("ANN")', "PF(6)", "?", "Home", "EraseEOF")
    seen = messages(library, *(key for number in "123" for key in (f'String("{number}")', "Enter", *take)))
    assert seen == ["Lent to ANN", "Lent to ANN", "ANN has 2 books"]
    assert ask(library, "SELECT book, reader FROM loan ORDER BY id") == [(1, "ANN"), (2, "ANN")]
    assert ask(library, "SELECT number FROM book WHERE reader = 'ANN'") == [(1,), (2,)]


def test_save_what_nobody_changed(library: Path) -> None:
    """A change is saved, and another one after it: one's own change is nobody else's."""
    retitle = ("Tab", "EraseEOF", 'String("Emma, by Austen")', "PF(5)", "?")
    move = ("Tab", "Tab", "EraseEOF", 'String("Z9")', "PF(5)", "?")
    assert messages(library, *LOOK, *retitle, *move) == ["Saved", "Saved"]
    assert ask(library, "SELECT title, shelf FROM book WHERE number = 2") == [("Emma, by Austen", "Z9")]


def test_synchronous_program_and_another_process(library: Path) -> None:
    """A plain `def` reads a file and has the work done elsewhere."""
    seen = messages(library, "Clear", 'String("LONG")', "Enter", "?", "Ascii(3,18,20)")
    assert seen == ["This is the longest", "Middlemarch"]


def test_save_what_someone_else_changed(library: Path) -> None:
    """Another terminal was faster: nothing is overwritten."""
    messages(library, *LOOK)
    messages(library, *LOOK, "Tab", "Tab", 'String("C9")', "PF(5)", terminal="T002")
    assert messages(library, "PF(5)", "?") == ["Changed by someone else: press Enter to see it"]
    assert ask(library, "SELECT shelf FROM book WHERE number = 2") == [("C9",)]


def test_save_what_sql_changed(library: Path) -> None:
    """The page's SQL changes a row in a way that an update notices, each time."""
    for _ in range(2):
        messages(library, "Home", "EraseEOF", *LOOK)
        ask(library, "UPDATE book SET shelf = 'A2' WHERE number = 2")
        ask(library, pages.titled(PAGE, "move"))
        assert messages(library, "PF(5)", "?") == ["Changed by someone else: press Enter to see it"]
    assert ask(library, "SELECT shelf FROM book WHERE number = 2") == [("C1",)]


def test_browse_in_both_directions(library: Path) -> None:
    """The list begins with the first title, goes on, and comes back."""
    seen = messages(
        library, "PF(4)", "Ascii(2,9,12)", "PF(8)", "Ascii(2,9,12)", "PF(7)", "Ascii(2,9,12)", row=2
    )
    assert seen == ["Emma", "Ulysses", "Emma"]
    ends = messages(library, "PF(7)", "?", "Ascii(2,9,12)", "PF(8)", "PF(8)", "?", "Ascii(2,9,12)", row=6)
    assert ends == ["There are no more books", "Emma", "There are no more books", "Ulysses"]
    assert messages(library, "PF(3)", "?") == ["Type the number of a book"]


def test_browse_past_a_page_of_one_title(library: Path) -> None:
    """Five books called Emma fill more than a page, and all others are reached after them, and they again."""
    messages(library, "?")
    ask(library, "INSERT INTO book VALUES (5,'Emma','','',1), (6,'Emma','','',1), (7,'Emma','','',1)")
    look = "Ascii(2,1,7)"
    seen = messages(library, "PF(4)", look, "PF(8)", look, "PF(8)", look, "PF(7)", look, "PF(7)", look, row=2)
    assert seen == ["2", "7", "3", "7", "2"]


def test_browse_where_no_book_is(library: Path) -> None:
    """An empty file is a message, in all directions."""
    messages(library, "?")
    ask(library, "DELETE FROM book")
    seen = messages(library, "PF(4)", "?", "PF(8)", "?", "PF(7)", "?", row=6)
    assert seen == ["There are no books here"] * 3


def test_abend_leaves_everything_as_it_was(library: Path) -> None:
    """The book is there, the code on the screen, and the dump in the list."""
    (seen,) = messages(library, "Clear", 'String("BURN")', "Enter", "?", row=23)
    assert seen.startswith("BURN abend NOGO: step backed out, nothing lost. Clear=Leave. Dump ")
    assert ask(library, "SELECT count(*) FROM book") == [(4,)]
    assert pages.entracte(library, "dumps").rstrip().endswith("BURN NOGO  books are not burnt here")


def test_a_bound_key_starts_it(library: Path) -> None:
    """F1 on a blank screen, as `keys=` says."""
    assert messages(library, "Clear", "PF(1)", "?") == ["Type the number of a book"]


def test_an_old_area_is_upgraded(library: Path) -> None:
    """A conversation that waits since version 1 goes on."""
    messages(library, *LOOK)
    ask(library, """UPDATE step SET area_version = 1, area = '{"book": "3"}'""")
    take = ("Tab", "Tab", "Tab", 'String("BEN")', "PF(6)", "?")
    assert messages(library, *take) == ["Lent to BEN"]
    assert ask(library, "SELECT number FROM book WHERE reader = 'BEN'") == [(3,)]


def test_the_tests_on_the_page_pass(library: Path) -> None:
    """A program called as the plain function it is, and a scenario with files: pytest needs no more than is shown."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA"],
        cwd=library,
        env={"PYTHONPATH": str(pages.ROOT)},
        capture_output=True,
        text=True,
    )
    passed = [line for line in done.stdout.splitlines() if line.startswith("PASSED ")]
    assert passed == ["PASSED lend.replay.toml::core", "PASSED test_library.py::test_f3_leaves"], done.stdout

"""A line of the action language is taken apart as s3270 takes it apart."""

from __future__ import annotations

import pytest

from screens.script.actions import Action, actions
from screens.script.fault import Fault


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", []),
        ("   ", []),
        ("# a comment", []),
        ("! a comment", []),
        ("Enter", [("Enter", ())]),
        ("  tab ( )  ", [("tab", ())]),
        ("Tab() Tab()", [("Tab", ()), ("Tab", ())]),
        ("Tab()Tab()", [("Tab", ()), ("Tab", ())]),
        ("Tab Tab Enter", [("Tab", ("Tab", "Enter"))]),
        ("Ascii 7 0 40", [("Ascii", ("7", "0", "40"))]),
        ("MoveCursor( 3 , 20 )", [("MoveCursor", ("3", "20"))]),
        ('String("a b", c)', [("String", ("a b", "c"))]),
        ('String "a b" c', [("String", ("a b", "c"))]),
        (r'String("a\"b\n")', [("String", (r'a"b\n',))]),
        (r'String("a\\")', [("String", (r"a\\",))]),
        (r"String(a\"b)", [("String", (r"a\"b",))]),
        ('String(a"b)', [("String", ('a"b',))]),
        ("String(a)b", [("String", ("a",)), ("b", ())]),
        ("Wait(5,InputField) Ascii(0,0,5)", [("Wait", ("5", "InputField")), ("Ascii", ("0", "0", "5"))]),
        ("3270(a,)", [("3270", ("a", ""))]),
    ],
)
def test_a_line_is_taken_apart(line: str, wanted: list[Action]) -> None:
    """Names, arguments in parentheses or after blanks, quotes, and several actions on a line."""
    assert wanted == list(actions(line))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Ascii(1", 'Syntax error: ")" expected at column 8'),
        ("Foo(", 'Syntax error: ")" expected at column 5'),
        ("String(a b)", 'Syntax error: ")" or "," expected at column 10'),
        ('String("a', 'Syntax error: unclosed " at column 10'),
        ("(", "Action name must begin with an alphanumeric character at column 1"),
    ],
)
def test_a_mistake_is_told_in_the_words_of_s3270(line: str, words: str) -> None:
    """The columns are those the real program names."""
    with pytest.raises(Fault) as caught:
        list(actions(line))
    assert (words,) == caught.value.lines


def test_what_stands_before_a_mistake_is_done() -> None:
    """A mistake is met only when its place in the line is reached."""
    found = actions("Tab(),Tab()")
    assert next(found) == ("Tab", ())
    with pytest.raises(Fault, match="Action name"):
        next(found)

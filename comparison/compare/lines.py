"""Lines of application code: statements as written, without blank lines, comments and docstrings.

The way of both steps from input to screen counts for everybody: who calls `comparison.teller` has what is called
added, for the others wrote it out. The keyboard that the bench presses on an asyncio handler is taken off. What all
call is not counted for anybody: the maps, and the checks and amounts of `transactions.bank.transfer`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from typing import Any

from comparison import teller
from comparison.competitor import Competitor
from comparison.per_step import Handler

STEPS = (
    teller.Reading, teller.Answer, teller.Moved, teller.empty_form, teller.read, teller.answer, teller._page,
)  # fmt: skip
KEPT = (teller.found, teller.encoded, teller.decoded)
"""Needed by those that keep rows."""
KEYBOARD = (Handler.check, Handler.post, Handler._inbound)


def count(written: tuple[object, ...]) -> int:
    """Lines of the functions and classes given."""
    sources: list[Any] = list(written)
    return sum(_lines(textwrap.dedent(inspect.getsource(one))) for one in sources)


def of(competitor: Competitor) -> int | None:
    """Lines of a competitor's application; None if it is not installed."""
    if competitor.missing():
        return None
    style = competitor.style()
    keyboard = count(KEYBOARD) if Handler in style.written else 0
    return count(style.written) + count(_called(vars(style))) - keyboard


def _called(names: Mapping[str, object]) -> tuple[object, ...]:
    """What of the teller's a module with these names calls."""
    known = {id(one) for one in names.values()}
    if id(teller.answer) not in known:
        return ()
    return (*STEPS, *(one for one in KEPT if id(one) in known))


def _lines(source: str) -> int:
    tree = ast.parse(source)
    taken: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.arg | ast.keyword):
            taken.update((node.lineno, node.end_lineno or node.lineno))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            text = node.body[0]
            taken.difference_update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return len(taken)

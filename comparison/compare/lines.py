"""Lines of application code: statements as written, without blank lines, comments and docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

from comparison.competitor import Competitor


def count(written: tuple[object, ...]) -> int:
    """Lines of the functions and classes given."""
    sources: list[Any] = list(written)
    return sum(_lines(textwrap.dedent(inspect.getsource(one))) for one in sources)


def of(competitor: Competitor) -> int | None:
    """Lines of a competitor's application; None if it is not installed."""
    return None if competitor.missing() else count(competitor.style().written)


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

"""On which line a TOML file says what: tables, keys, and where multi-line strings begin. Pure."""

from __future__ import annotations

import re

_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([\w.\-]+)[ \t]*\]")
_KEY = re.compile(r"""[ \t]*((?:[\w\-]+|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*[\w\-]+)*)[ \t]*=""")
_TOKEN = re.compile(
    r"""(?s:'''.*?(?:'''|\Z)|\"\"\"(?:\\.|.)*?(?:\"\"\"|\Z))"""
    r"""|'[^'\n]*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*|[\[\]{}]|\n"""
)

Place = tuple[int, str]
"""(step from 0, or -1 for the header; key, dotted in a table of the step; empty for the step itself)."""


def lines_of(text: str) -> dict[Place, int]:
    """The line, from 1, of every key of a scenario file. Of a text that is not TOML: what could be found."""
    lines: dict[Place, int] = {}
    step, prefix, depth, position, line = -1, "", 0, 0, 1
    while position <= len(text):
        if depth == 0:
            if header := _HEADER.match(text, position):
                step, prefix = _entered(header, step)
                lines.setdefault((step, prefix.rstrip(".")), line)
                position = header.end() + (header[1] == "[[")
            elif key := _KEY.match(text, position):
                lines.setdefault((step, prefix + re.sub(r"[ \t\"']", "", key[1])), line)
                position = key.end()
        position, line, depth = _rest_of_line(text, position, line, depth)
    return lines


def _entered(header: re.Match[str], step: int) -> tuple[int, str]:
    """The step a table header is about, and what stands before the names of its keys."""
    name = header[2]
    if header[1] == "[[":
        return (step + 1, "") if name == "step" else (step, f"{name}.")
    inner = name.partition(".")[2] if name.startswith("step.") else name
    return step, f"{inner}."


def _rest_of_line(text: str, position: int, line: int, depth: int) -> tuple[int, int, int]:
    """Go on to the line after this one, past strings and brackets that run over several."""
    while token := _TOKEN.search(text, position):
        found, position = token[0], token.end()
        line += found.count("\n")
        if found == "\n":
            return position, line, depth
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth = max(depth - 1, 0)
    return len(text) + 1, line, depth

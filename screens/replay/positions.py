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
                step, table, prefix = _entered(header, step)
                lines.setdefault((table, prefix.rstrip(".")), line)
                position = header.end() + (header[1] == "[[")
            elif key := _KEY.match(text, position):
                lines.setdefault((step, prefix + re.sub(r"[ \t\"']", "", key[1])), line)
                position = key.end()
        position, line, depth = _rest_of_line(text, position, line, depth)
    return lines


def _entered(header: re.Match[str], step: int) -> tuple[int, int, str]:
    """The step that is current now, the one a table belongs to, and what stands before its keys."""
    name = header[2]
    if name == "step" and header[1] == "[[":
        return step + 1, step + 1, ""
    if name.startswith("step."):
        return step, step, f"{name.removeprefix('step.')}."
    return step, -1, f"{name}."


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

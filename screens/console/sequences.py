"""What a terminal sends, cut into characters, keys and reports, by the grammar of ECMA-48. Pure.

A sequence is cut out whole before anyone asks what it means, so that nothing of one nobody knows is typed.
"""

from __future__ import annotations

import re

ESC = "\x1b"
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"

_WHOLE = re.compile(
    r"""
    [^\x1b]+                                                 # characters
    | \x1b \[ (?: M [^\x1b]{3}                               # a mouse report of old
                | \[ [@-~]                                   # F1 to F5 of a Linux console
                | \d+ \$                                     # a key with Shift, of rxvt
                | (?!M|\[) [0-?]* [\ -/]* [@-~] )            # a control sequence
    | \x1b O [\d;]* [ @-~]                                   # a function key
    | \x1b (?: \] \d | P [\d!>] | _G ) [^\x07\x1b]* (?: \x07 | \x1b\\ )   # an answer to a question
    | \x1b [^\x1b\[O\]P_]                                    # Alt and a character
    """,
    re.VERBOSE,
)
_BEGUN = re.compile(
    r"""
    \x1b (?: \[ (?: M [^\x1b]{0,2} | \[ | [0-?]* [\ -/]* )
           | O [\d;]*
           | (?: \] \d | P [\d!>] | _G ) [^\x07\x1b]* (?: \x1b (?=\Z) )?
           | [\]P_] )?
    """,
    re.VERBOSE,
)
_NEEDS_ITS_END = re.compile(r"\x1b(?:\[[0-?]|O[\d;])")
"""The start of what can only be a sequence: however late the rest comes, it is no typing."""


def cut(held: str) -> tuple[str, bool]:
    """The first part of some text, and whether it is whole; "" when more must come first to tell.

    A part that is not whole was cut short by the Escape or the character that follows it.
    """
    if held.startswith(PASTE_BEGINS):
        end = held.find(PASTE_ENDS)
        return (held[: end + len(PASTE_ENDS)], True) if end >= 0 else ("", False)
    if whole := _WHOLE.match(held):
        return whole.group(), True
    begun = _BEGUN.match(held)
    return ("", False) if begun is None or begun.end() == len(held) else (begun.group(), False)


def waits_for_ever(held: str) -> bool:
    """True for a begun sequence that no pause ends."""
    return held.startswith(PASTE_BEGINS) or _NEEDS_ITS_END.match(held) is not None

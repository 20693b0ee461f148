"""The keys of a 3270 keyboard by name: what each does to the presentation space, or which aid it sends."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

from monitor.exchange import Aid
from screens.presentation_space import Lock, PresentationSpace


class Key(enum.StrEnum):
    """A key function, under the name x3270 gives it."""

    ENTER = "Enter"
    CLEAR = "Clear"
    PA1 = "PA1"
    PA2 = "PA2"
    PA3 = "PA3"
    PF1 = "PF1"
    PF2 = "PF2"
    PF3 = "PF3"
    PF4 = "PF4"
    PF5 = "PF5"
    PF6 = "PF6"
    PF7 = "PF7"
    PF8 = "PF8"
    PF9 = "PF9"
    PF10 = "PF10"
    PF11 = "PF11"
    PF12 = "PF12"
    PF13 = "PF13"
    PF14 = "PF14"
    PF15 = "PF15"
    PF16 = "PF16"
    PF17 = "PF17"
    PF18 = "PF18"
    PF19 = "PF19"
    PF20 = "PF20"
    PF21 = "PF21"
    PF22 = "PF22"
    PF23 = "PF23"
    PF24 = "PF24"
    RESET = "Reset"
    ATTN = "Attn"
    SYSREQ = "SysReq"
    UP = "Up"
    DOWN = "Down"
    LEFT = "Left"
    RIGHT = "Right"
    LEFT2 = "Left2"
    RIGHT2 = "Right2"
    TAB = "Tab"
    BACKTAB = "BackTab"
    HOME = "Home"
    NEWLINE = "Newline"
    FIELD_END = "FieldEnd"
    NEXT_WORD = "NextWord"
    PREVIOUS_WORD = "PreviousWord"
    BACKSPACE = "BackSpace"
    ERASE = "Erase"
    DELETE = "Delete"
    DELETE_WORD = "DeleteWord"
    DELETE_FIELD = "DeleteField"
    ERASE_EOF = "EraseEOF"
    ERASE_INPUT = "EraseInput"
    INSERT = "Insert"
    DUP = "Dup"
    FIELD_MARK = "FieldMark"

    @property
    def aid(self) -> Aid:
        """The aid this key sends; `Aid.NONE` for a key that stays in the terminal."""
        return _AIDS.get(self, Aid.NONE)


_AIDS: Mapping[Key, Aid] = {
    Key(name): aid
    for name, aid in {
        "Enter": Aid.ENTER,
        "Clear": Aid.CLEAR,
        **{aid.value: aid for aid in Aid if aid.value.startswith("P")},
    }.items()
}

_EFFECTS: Mapping[Key, Callable[[PresentationSpace], None]] = {
    Key.RESET: PresentationSpace.reset,
    Key.UP: PresentationSpace.up,
    Key.DOWN: PresentationSpace.down,
    Key.LEFT: PresentationSpace.left,
    Key.RIGHT: PresentationSpace.right,
    Key.LEFT2: PresentationSpace.left_two,
    Key.RIGHT2: PresentationSpace.right_two,
    Key.TAB: PresentationSpace.tab,
    Key.BACKTAB: PresentationSpace.backtab,
    Key.HOME: PresentationSpace.home,
    Key.NEWLINE: PresentationSpace.newline,
    Key.FIELD_END: PresentationSpace.field_end,
    Key.NEXT_WORD: PresentationSpace.next_word,
    Key.PREVIOUS_WORD: PresentationSpace.previous_word,
    Key.BACKSPACE: PresentationSpace.backspace,
    Key.ERASE: PresentationSpace.erase_character,
    Key.DELETE: PresentationSpace.delete,
    Key.DELETE_WORD: PresentationSpace.delete_word,
    Key.DELETE_FIELD: PresentationSpace.delete_field,
    Key.ERASE_EOF: PresentationSpace.erase_eof,
    Key.ERASE_INPUT: PresentationSpace.erase_input,
    Key.INSERT: PresentationSpace.toggle_insert,
    Key.DUP: PresentationSpace.dup,
    Key.FIELD_MARK: PresentationSpace.field_mark,
}


_RELEASING = frozenset(
    {
        Key.UP,
        Key.DOWN,
        Key.LEFT,
        Key.RIGHT,
        Key.LEFT2,
        Key.RIGHT2,
        Key.TAB,
        Key.BACKTAB,
        Key.HOME,
        Key.FIELD_END,
        Key.ERASE_EOF,
        Key.ERASE_INPUT,
        Key.DELETE_FIELD,
        Key.DELETE_WORD,
    }
)
"""Keys that end the operator's own lock and then do their work, as in x3270; a real 3270 wants Reset first."""


def press(space: PresentationSpace, key: Key) -> Aid:
    """Do what a key does. Returns the aid to send, or `Aid.NONE` when there is nothing to send.

    Leaving a changed trigger field sends Enter. A key this terminal does not have locks it (`X -f`).
    """
    if key.aid is not Aid.NONE:
        space.triggered = False
        return key.aid if space.may_send(key.aid) else Aid.NONE
    if key in _RELEASING and space.lock.operator:
        space.lock = Lock.NONE
    effect = _EFFECTS.get(key)
    if effect is not None:
        effect(space)
    elif space.lock is Lock.NONE:
        space.lock = Lock.MINUS_FUNCTION
    return _triggered(space)


def move_to(space: PresentationSpace, address: int) -> Aid:
    """Put the cursor somewhere, as a click does; ends the operator's own lock as the arrows do.

    x3270 lets a click do nothing under a lock. Leaving a changed trigger field sends Enter.
    """
    if space.lock.operator:
        space.lock = Lock.NONE
    space.move_to(address)
    return _triggered(space)


def type_text(space: PresentationSpace, text: str) -> Aid:
    """Type characters until the keyboard locks or a trigger field sends; returns the aid to send."""
    for char in text:
        space.type(char)
        if space.triggered:
            break
    return _triggered(space)


def _triggered(space: PresentationSpace) -> Aid:
    if not space.triggered:
        return Aid.NONE
    space.triggered = False
    return Aid.ENTER if space.may_send(Aid.ENTER) else Aid.NONE

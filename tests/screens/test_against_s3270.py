"""The same keys on the same screens in s3270 and in our presentation space: same text, cursor, lock and input.

Left out, where we follow the architecture and s3270 4.1 has ways of its own: Insert on a locked keyboard is
kept for later, DUP and minus are refused by numeric fields, Erase moves before it finds the field protected,
insert mode loses characters of a field that wraps over the end of the screen, EraseInput may stop at a field
without a position.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator

import pytest

from monitor.exchange import Aid
from screens.attributes import Attribute
from screens.keys import Key, press
from screens.presentation_space import Lock, PresentationSpace
from screens.replay.foreign import script_string
from tests.screens.s3270 import Laid, Pair, address

pytestmark = pytest.mark.skipif(shutil.which("s3270") is None, reason="needs s3270")

SCREENS = 60
LAST = 1919
KEYS = [key for key in Key if key.aid is Aid.NONE and key not in (Key.ATTN, Key.SYSREQ)]
ACTIONS = {Key.INSERT: "ToggleInsert"}
CHARACTERS = {"x": "x", "7": "7", " ": "space", ".": "period"}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """One s3270 for all screens."""
    connected = Pair()
    yield connected
    connected.close()


def some_fields(chance: random.Random) -> list[Laid]:
    """Fields anywhere, overlapping, empty, wrapping; none at all now and then."""
    fields = []
    for _ in range(chance.choice((0, 1, 2, 3, 5, 8))):
        at = chance.choice((chance.randrange(LAST), chance.randrange(200), LAST - chance.randrange(20)))
        length = chance.choice((0, 0, 1, 3, 8, 20, 100))
        kinds = (chance.random() < share for share in (0.4, 0.3, 0.2))
        protected, numeric, modified = kinds
        attribute = Attribute(protected=protected, numeric=numeric, modified=modified)
        text = "".join(chance.choice("ab 1\0") for _ in range(chance.randrange(length + 1)))
        fields.append((at, length, attribute, text))
    return fields


def differs_by_design(space: PresentationSpace, key: Key) -> bool:
    """The keys left out, see above."""
    cell = space.cell(space.cursor)
    typable = not (cell.is_attribute or cell.attribute.protected)
    if key is Key.INSERT:
        wraps = any(field.start + field.length > space.size for field in space.fields())
        return space.lock is not Lock.NONE or wraps or not space.formatted
    if key is Key.ERASE:
        return not typable or space.cursor == 0
    if key is Key.ERASE_INPUT:
        return any(not field.length or field.address == LAST for field in space.fields())
    return key in (Key.DUP, Key.FIELD_MARK) and cell.attribute.numeric


def inbound(space: PresentationSpace) -> bytes:
    """What Enter sends, as bytes."""
    sent = space.read_modified(Aid.ENTER)
    data = b"\x7d" + address(sent.cursor or 0) + sent.text.encode("cp037")
    return data + b"".join(b"\x11" + address(at) + text.encode("cp037") for at, text in sent.fields)


@pytest.mark.parametrize("seed", range(SCREENS))
def test_the_same_keys_do_the_same(pair: Pair, seed: int) -> None:
    """After every key the same cursor and lock, at the end the same text and the same input."""
    chance = random.Random(seed)  # noqa: S311  a test's own choice
    fields, cursor = some_fields(chance), chance.randrange(LAST)
    space = PresentationSpace()
    for field in fields:
        space.write_field(*field)
    space.set_cursor(cursor)
    pair.show(fields, cursor)
    theirs: list[object] = []
    ours: list[object] = []
    for _ in range(chance.randrange(1, 15)):
        action = act(space, chance)
        if action and theirs == ours:
            status = pair.act(action)
            theirs.append((action, status.cursor, status.locked))
            ours.append((action, space.cursor, space.lock is not Lock.NONE))
    theirs += [line.rstrip() for line in pair.act("Ascii").lines]
    ours += [space.row_text(row).rstrip() for row in range(24)]
    space.reset()
    theirs.append(pair.enter())
    ours.append(inbound(space))
    assert theirs == ours, fields


def act(space: PresentationSpace, chance: random.Random) -> str:
    """Type or press something in our space; the action that does the same in s3270, or nothing."""
    if chance.random() < 0.45:
        char = chance.choice(list(CHARACTERS))
        space.type(char)
        return f"Key({CHARACTERS[char]})"
    key = chance.choice(KEYS)
    if differs_by_design(space, key):
        return ""
    press(space, key)
    return ACTIONS.get(key, key.value)


@pytest.mark.parametrize("text", ["x\\", 'a\\"b', "a\\b", '"', "\\u0041", "\\\\", 'it"s'])
def test_an_exported_text_is_typed_there(pair: Pair, text: str) -> None:
    """Backslashes and quotes, wherever they stand."""
    pair.show([(0, 78, Attribute(), "")], 1)
    pair.act(script_string(text))
    assert [text.ljust(10)] == pair.act("Ascii(0,1,10)").lines
    pair.enter()

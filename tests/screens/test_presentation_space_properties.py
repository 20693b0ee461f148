"""Whatever is typed on whatever screen, the rules of a 3270 hold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor.exchange import Aid
from screens.attributes import Attribute, Validation
from screens.keys import Key, press, type_text
from screens.presentation_space import NUL, Lock, PresentationSpace, ScreenField

LOCAL_KEYS = [key for key in Key if key.aid is Aid.NONE]
NAVIGATION = [Key.UP, Key.DOWN, Key.LEFT, Key.RIGHT, Key.TAB, Key.BACKTAB, Key.HOME, Key.NEWLINE, Key.LEFT2]

attributes = st.builds(
    Attribute,
    protected=st.booleans(),
    numeric=st.booleans(),
    modified=st.booleans(),
    validation=st.sampled_from([Validation.NONE, Validation.MUST_FILL, Validation.TRIGGER]),
)
fields = st.lists(
    st.tuples(st.integers(0, 39), st.integers(0, 12), attributes, st.text("ab 1", max_size=12)), max_size=6
)
inputs = st.lists(
    st.one_of(st.sampled_from(LOCAL_KEYS), st.sampled_from("a1 .-"), st.integers(0, 39)), max_size=30
)


def screen_of(laid: list[tuple[int, int, Attribute, str]]) -> PresentationSpace:
    """A small screen, so that everything wraps and collides."""
    space = PresentationSpace(4, 10)
    for address, length, attribute, text in laid:
        space.write_field(address, length, attribute, text)
    return space


def feed(space: PresentationSpace, action: Key | str | int) -> None:
    """A key, a character, or a click."""
    if isinstance(action, Key):
        press(space, action)
    elif isinstance(action, str):
        type_text(space, action)
    else:
        space.move_to(action)


def contents(space: PresentationSpace) -> dict[ScreenField, str]:
    """Every field with its characters."""
    return {field: space.content(field) for field in space.fields()}


@settings(max_examples=150, deadline=None)
@given(fields, inputs)
def test_any_keys_keep_the_rules(
    laid: list[tuple[int, int, Attribute, str]], actions: list[Key | str | int]
) -> None:
    """Protected cells never change, the cursor stays inside, an MDT comes on only by a key that changes."""
    space = screen_of(laid)
    before = contents(space)
    for action in actions:
        feed(space, action)
        assert 0 <= space.cursor < space.size
    after = contents(space)
    assert [field[:3] for field in before] == [field[:3] for field in after]
    for (was, had), (now, has) in zip(before.items(), after.items(), strict=True):
        if was.attribute.protected:
            assert (was, had) == (now, has)
        touched = any(not isinstance(action, int) and action not in NAVIGATION for action in actions)
        assert was.attribute.modified or not now.attribute.modified or touched
        assert (
            not now.attribute.numeric or was.attribute.protected or set(has) <= set(had + "01 .-\x1c" + NUL)
        )


@settings(max_examples=100, deadline=None)
@given(fields, st.lists(st.sampled_from(NAVIGATION), max_size=20))
def test_moving_changes_nothing(laid: list[tuple[int, int, Attribute, str]], moves: list[Key]) -> None:
    """Cursor keys change no cell and no MDT."""
    space = screen_of(laid)
    before = contents(space)
    for key in moves:
        press(space, key)
    assert before == contents(space)


@settings(max_examples=100, deadline=None)
@given(fields, inputs)
def test_what_is_sent_is_what_is_there(
    laid: list[tuple[int, int, Attribute, str]], actions: list[Key | str | int]
) -> None:
    """Enter sends exactly the fields whose MDT is on, NULs dropped, and asks again with the same answer."""
    space = screen_of(laid)
    for action in actions:
        feed(space, action)
    sent = space.read_modified(Aid.ENTER)
    tagged = [(f.start, space.content(f).replace(NUL, "")) for f in space.fields() if f.attribute.modified]
    assert list(sent.fields) == tagged
    assert sent == space.read_modified(Aid.ENTER)


class OneField(RuleBasedStateMachine):
    """One entry field against a list of characters: same keys, same text, cursor and lock."""

    @initialize(length=st.integers(1, 8), start=st.integers(0, 39))
    def lay(self, length: int, start: int) -> None:
        """One entry field anywhere, the rest protected and skipped."""
        self.space = PresentationSpace(4, 10)
        self.space.write_field(start, length, Attribute())
        self.space.write_field(start + length + 1, 40 - length - 2, Attribute(protected=True, numeric=True))
        self.space.home()
        self.cells = [NUL] * length
        self.at = 0
        self.locked = Lock.NONE
        self.inserting = False
        self.changed = False
        self.start = (start + 1) % 40

    @rule(char=st.sampled_from("abc "))
    def type(self, char: str) -> None:
        """Overtype or insert; skip round to the start after the last position."""
        self.space.type(char)
        if self.locked is not Lock.NONE:
            return
        if self.inserting:
            if NUL not in self.cells[self.at :]:
                self.locked = Lock.OVERFLOW
                return
            del self.cells[self.cells.index(NUL, self.at)]
            self.cells.insert(self.at, char)
        else:
            self.cells[self.at] = char
        self.changed = True
        self.at = (self.at + 1) % len(self.cells)

    @rule()
    def delete(self) -> None:
        """Close up and fill with a NUL."""
        self.space.delete()
        if self.locked is Lock.NONE:
            del self.cells[self.at]
            self.cells.append(NUL)
            self.changed = True

    @rule()
    def erase(self) -> None:
        """Delete before the cursor, but not before the field."""
        self.space.erase_character()
        if self.locked is Lock.NONE and self.at:
            self.at -= 1
            del self.cells[self.at]
            self.cells.append(NUL)
            self.changed = True

    @rule()
    def erase_eof(self) -> None:
        """Empty the rest."""
        self.space.erase_eof()
        if self.locked is Lock.NONE:
            self.cells[self.at :] = [NUL] * (len(self.cells) - self.at)
            self.changed = True

    @rule()
    def erase_input(self) -> None:
        """Empty all, as if never touched."""
        self.space.erase_input()
        if self.locked is Lock.NONE:
            self.cells = [NUL] * len(self.cells)
            self.changed, self.at = False, 0

    @rule()
    def home(self) -> None:
        """Back to the start."""
        self.space.home()
        if self.locked is Lock.NONE:
            self.at = 0

    @rule()
    def insert(self) -> None:
        """Insert mode on or off."""
        self.space.toggle_insert()
        if self.locked is Lock.NONE:
            self.inserting = not self.inserting

    @precondition(lambda self: self.at > 0)
    @rule()
    def left(self) -> None:
        """One left inside the field."""
        self.space.left()
        if self.locked is Lock.NONE:
            self.at -= 1

    @rule()
    def reset(self) -> None:
        """Unlock."""
        self.space.reset()
        self.locked, self.inserting = Lock.NONE, False

    @invariant()
    def agrees(self) -> None:
        """Text, cursor, lock, insert mode and MDT are the model's."""
        field = self.space.field_at(self.start)
        assert field is not None
        assert "".join(self.cells) == self.space.content(field)
        assert (self.start + self.at) % 40 == self.space.cursor
        assert self.locked is self.space.lock
        assert self.inserting is self.space.insert_mode
        assert self.changed is field.attribute.modified


TestOneField = OneField.TestCase
TestOneField.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

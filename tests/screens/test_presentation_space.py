"""The presentation space does what a 3270 does, key by key."""

from __future__ import annotations

import pytest

from monitor.exchange import Aid
from screens.attributes import Attribute, Intensity, Validation
from screens.keys import Key, press, type_text
from screens.presentation_space import DUP, NUL, Lock, PresentationSpace

ENTRY = Attribute()
LABEL = Attribute(protected=True)
SKIP = Attribute(protected=True, numeric=True)
NUMBER = Attribute(numeric=True)


def form() -> PresentationSpace:
    """A label, a field of 5, a stopper that skips; a field of 3, a stopper that does not; a number of 4."""
    space = PresentationSpace()
    space.write_field(0, 9, SKIP, "Account:")
    space.write_field(10, 5, ENTRY)
    space.write_field(16, 63, SKIP)
    space.write_field(80, 3, ENTRY, "abc")
    space.write_field(84, 75, LABEL)
    space.write_field(160, 4, NUMBER)
    space.write_field(165, 1754, SKIP)
    space.home()
    return space


def test_home_is_the_first_unprotected_field() -> None:
    """Home passes over protected fields."""
    assert form().cursor == 11


def test_typing_fills_the_field_and_skips_to_the_next() -> None:
    """After the last position an auto-skip field is passed over."""
    space = form()
    type_text(space, "12345")
    assert (space.cursor, space.text(0, 11, 5)) == (81, "12345")


def test_typing_stops_behind_a_protected_field_that_does_not_skip() -> None:
    """Without auto-skip the cursor stands in the protected field, and the next character locks."""
    space = form()
    space.set_cursor(81)
    type_text(space, "xyz1")
    assert (space.cursor, space.lock) == (85, Lock.PROTECTED)


def test_reset_takes_the_operators_lock_and_insert_mode_away() -> None:
    """Reset unlocks what the operator locked."""
    space = form()
    space.toggle_insert()
    space.set_cursor(0)
    space.type("x")
    space.reset()
    assert (space.lock, space.insert_mode) == (Lock.NONE, False)


def test_reset_does_not_take_the_hosts_lock_away() -> None:
    """Only the host ends X Wait."""
    space = form()
    space.lock = Lock.WAIT
    space.reset()
    assert space.lock is Lock.WAIT


@pytest.mark.parametrize("char", ["x", ",", " ", "+"])
def test_a_numeric_field_takes_digits_full_stop_and_minus_only(char: str) -> None:
    """Anything else locks the keyboard."""
    space = form()
    space.set_cursor(161)
    type_text(space, "-1." + char)
    assert (space.lock, space.text(2, 1, 4)) == (Lock.NUMERIC, "-1. ")


def test_dup_is_taken_by_a_numeric_field() -> None:
    """DUP passes the numeric lock, shows as an asterisk, and goes to the next field."""
    space = form()
    space.set_cursor(161)
    space.dup()
    assert (space.lock, space.text(2, 1, 1), space.cell(161).char, space.cursor) == (Lock.NONE, "*", DUP, 11)


@pytest.mark.parametrize("char", [*"\t漢\u0301\u0e31\u0941\u093e\ufe0f\u20dd\u1160\ud7b0"])
def test_a_character_no_cell_can_hold_locks(char: str) -> None:
    """Controls, wide characters and marks of every kind are refused with a lock, not lost in silence."""
    space = form()
    space.type(char)
    assert space.lock is Lock.CHARACTER


def test_insert_shifts_up_to_the_first_nul() -> None:
    """Insert mode uses the first empty cell after the cursor."""
    space = form()
    type_text(space, "ac")
    space.set_cursor(12)
    space.toggle_insert()
    space.type("b")
    assert space.text(0, 11, 5) == "abc  "


def test_insert_into_a_full_field_overflows() -> None:
    """Without an empty cell nothing changes and the keyboard locks."""
    space = form()
    space.set_cursor(81)
    space.toggle_insert()
    space.type("x")
    assert (space.lock, space.text(1, 1, 3)) == (Lock.OVERFLOW, "abc")


def test_delete_closes_the_field_up() -> None:
    """Delete shifts left within its field and sets the MDT."""
    space = form()
    space.set_cursor(81)
    space.delete()
    assert (space.text(1, 1, 3), space.attribute_at(81).modified) == ("bc ", True)


def test_erase_takes_the_character_before_the_cursor() -> None:
    """Erase stops at the start of the field."""
    space = form()
    type_text(space, "ab")
    for _ in range(5):
        space.erase_character()
    assert (space.cursor, space.text(0, 11, 5), space.lock) == (11, "     ", Lock.NONE)


def test_backspace_erases_nothing() -> None:
    """BackSpace only moves."""
    space = form()
    space.set_cursor(82)
    space.backspace()
    assert (space.cursor, space.text(1, 1, 3)) == (81, "abc")


def test_erase_eof_empties_from_the_cursor_on() -> None:
    """EraseEOF leaves what stands before the cursor."""
    space = form()
    space.set_cursor(82)
    space.erase_eof()
    assert space.read_modified(Aid.ENTER).fields == ((81, "a"),)


def test_an_emptied_field_is_sent_with_no_text() -> None:
    """A field the operator emptied comes back as its address and nothing else."""
    space = form()
    space.set_cursor(81)
    space.erase_eof()
    assert space.read_modified(Aid.PF5).fields == ((81, ""),)


def test_erase_input_empties_all_and_clears_the_tags() -> None:
    """EraseInput leaves nothing to send and goes to the first field."""
    space = form()
    space.set_cursor(81)
    space.type("x")
    space.erase_input()
    assert (space.read_modified(Aid.ENTER).fields, space.cursor, space.text(1, 1, 3)) == ((), 11, "   ")


def test_delete_field_and_delete_word() -> None:
    """DeleteField empties the whole field; DeleteWord the word before the cursor."""
    space = PresentationSpace()
    space.write_field(0, 20, ENTRY, "one two  ")
    space.set_cursor(10)
    space.delete_word()
    words = space.text(0, 1, 9)
    space.delete_field()
    assert (words, space.text(0, 1, 9), space.cursor) == ("one      ", "         ", 1)


def test_tab_goes_round_the_unprotected_fields_and_backtab_back() -> None:
    """Tab goes round the unprotected fields; BackTab first to the start of this one."""
    space = form()
    seen = []
    for _ in range(3):
        space.tab()
        seen.append(space.cursor)
    space.set_cursor(163)
    for _ in range(3):
        space.backtab()
        seen.append(space.cursor)
    assert seen == [81, 161, 11, 161, 81, 11]


def test_newline_goes_to_the_first_unprotected_position_of_the_next_row() -> None:
    """Newline on a protected row start looks on; on an unformatted screen it is column 1."""
    space = form()
    space.newline()
    bare = PresentationSpace()
    bare.set_cursor(85)
    bare.newline()
    assert (space.cursor, bare.cursor) == (81, 160)


def test_the_cursor_wraps_at_every_edge() -> None:
    """Up, down, left and right go round."""
    space = PresentationSpace()
    seen = []
    for move in (space.up, space.down, space.left, space.right):
        move()
        seen.append(space.cursor)
    assert seen == [1840, 0, 1919, 0]


def test_words_and_field_end() -> None:
    """Word moves stay in unprotected fields; field end is after the last character."""
    space = PresentationSpace()
    space.write_field(0, 20, LABEL, "not here")
    space.write_field(21, 20, ENTRY, "one two")
    space.write_field(42, 10, LABEL, "nor here")
    space.home()
    seen = []
    for move in (space.next_word, space.field_end, space.previous_word, space.previous_word, space.next_word):
        move()
        seen.append(space.cursor)
    assert seen == [26, 29, 26, 22, 26]


def test_a_field_wraps_over_the_end_of_the_screen() -> None:
    """A field that begins in the last row goes on in the first, for typing and for sending."""
    space = PresentationSpace()
    space.write_field(1917, 4, ENTRY)
    space.write_field(2, 1914, SKIP)
    space.home()
    type_text(space, "ABCD")
    assert space.read_modified(Aid.ENTER) == (Aid.ENTER, 1918, ((1918, "ABCD"),), "")


def test_nuls_are_dropped_and_blanks_are_sent() -> None:
    """A gap left by the cursor is dropped; a typed blank is not."""
    space = form()
    space.type("A")
    space.right()
    type_text(space, "B ")
    assert space.read_modified(Aid.ENTER).fields == ((11, "AB "),)


def test_an_unformatted_screen_sends_its_text() -> None:
    """A bare screen takes keys anywhere and sends all it holds."""
    space = PresentationSpace()
    type_text(space, "MENU")
    assert space.read_modified(Aid.ENTER) == (Aid.ENTER, 4, (), "MENU")


@pytest.mark.parametrize("aid", [Aid.PA1, Aid.PA2, Aid.PA3])
def test_pa_keys_send_nothing_else(aid: Aid) -> None:
    """A short read has neither cursor nor fields, and leaves the screen alone."""
    space = form()
    space.type("x")
    assert (space.read_modified(aid), space.text(0, 11, 1)) == ((aid, None, (), ""), "x")


def test_clear_erases_the_display_to_its_default_size() -> None:
    """Clear leaves an unformatted screen of the default size, cursor in the first position."""
    space = form()
    space.erase(43, 132)
    space.write_field(0, 10, ENTRY, "x")
    assert space.read_modified(Aid.CLEAR) == (Aid.CLEAR, None, (), "")
    assert (space.formatted, space.cursor, space.rows, space.columns) == (False, 0, 24, 80)


def test_dark_fields_show_blanks() -> None:
    """What a person reads of a dark field is blank; what is sent is not."""
    space = PresentationSpace()
    space.write_field(0, 8, Attribute(intensity=Intensity.DARK))
    space.write_field(9, 5, SKIP, "after")
    space.home()
    type_text(space, "secret")
    assert space.row_text(0)[:15] == "          after"
    assert space.read_modified(Aid.ENTER).fields == ((1, "secret"),)


def test_writing_over_an_attribute_byte_removes_the_field() -> None:
    """The later write wins where two overlap."""
    space = PresentationSpace()
    space.write_field(0, 10, ENTRY, "0123456789")
    space.write_field(5, 10, LABEL, "later")
    space.write_field(4, 3, LABEL, "xyz")
    assert [field.address for field in space.fields()] == [0, 4]


def test_erase_unprotected_and_reset_modified() -> None:
    """The host's two ways to turn MDTs off."""
    space = form()
    space.type("x")
    space.reset_modified()
    kept = space.text(0, 11, 1)
    space.erase_unprotected()
    assert (kept, space.text(0, 11, 1), space.read_modified(Aid.ENTER).fields) == ("x", " ", ())


def validated(validation: Validation) -> PresentationSpace:
    """A field of 3 that the terminal checks, and a free one after it."""
    space = PresentationSpace()
    space.write_field(0, 3, Attribute(validation=validation))
    space.write_field(4, 3, ENTRY)
    space.write_field(8, 3, SKIP)
    space.home()
    return space


def test_a_must_fill_field_cannot_be_left_half_filled() -> None:
    """Neither a move nor a key that sends gets past it; filling it does."""
    space = validated(Validation.MUST_FILL)
    space.type("x")
    space.tab()
    assert (space.lock, space.cursor) == (Lock.MUST_FILL, 2)
    space.reset()
    assert (press(space, Key.ENTER), space.lock) == (Aid.NONE, Lock.MUST_FILL)
    space.reset()
    space.set_cursor(2)
    type_text(space, "yz")
    assert (press(space, Key.ENTER), space.lock) == (Aid.ENTER, Lock.NONE)


def test_a_must_enter_field_holds_enter_back_but_not_a_short_read() -> None:
    """Enter is refused until the field was changed; PA1 is not."""
    space = validated(Validation.MUST_ENTER)
    assert press(space, Key.PA1) is Aid.PA1
    assert press(space, Key.ENTER) is Aid.NONE
    assert space.lock is Lock.MUST_ENTER


def test_leaving_a_changed_trigger_field_sends_enter() -> None:
    """A trigger field sends by itself once it was changed and left."""
    space = validated(Validation.TRIGGER)
    assert press(space, Key.TAB) is Aid.NONE
    space.home()
    space.type("x")
    assert press(space, Key.TAB) is Aid.ENTER


def test_a_key_that_sends_leaves_the_trigger_nothing_to_do() -> None:
    """One input, wherever the cursor had gone before."""
    space = validated(Validation.TRIGGER)
    space.home()
    space.type("x")
    space.move_to(0)
    assert press(space, Key.PF5) is Aid.PF5
    assert press(space, Key.HOME) is Aid.NONE


def test_a_locked_keyboard_does_nothing() -> None:
    """No key has an effect while the host has the keyboard."""
    space = form()
    space.lock = Lock.WAIT
    before = (space.cursor, [space.row_text(row) for row in range(24)])
    for key in Key:
        assert press(space, key) is Aid.NONE
    assert (space.cursor, [space.row_text(row) for row in range(24)]) == before


def test_a_cursor_key_ends_the_operators_lock() -> None:
    """As in x3270: Tab unlocks and moves on; typing and keys that send stay locked until then."""
    space = form()
    space.set_cursor(0)
    space.type("x")
    space.type("y")
    assert (press(space, Key.ENTER), space.lock) == (Aid.NONE, Lock.PROTECTED)
    press(space, Key.TAB)
    assert (space.lock, space.cursor) == (Lock.NONE, 11)


def test_a_function_the_terminal_lacks_locks() -> None:
    """Attn and SysReq have nobody to go to: X -f."""
    space = form()
    press(space, Key.ATTN)
    assert space.lock is Lock.MINUS_FUNCTION


@pytest.mark.parametrize("size", [(24, 80), (32, 80), (43, 80), (27, 132), (62, 160)])
def test_a_display_of_every_size_is_used_to_its_last_position(size: tuple[int, int]) -> None:
    """Erase sets the size; the last position is a position."""
    space = PresentationSpace()
    space.erase(*size)
    space.left()
    space.type("x")
    assert (space.size, space.row_text(size[0] - 1)[-1], space.cursor) == (size[0] * size[1], "x", 0)


def test_a_display_beyond_14_bit_addresses_is_refused() -> None:
    """16,383 positions is the most a 3270 address reaches."""
    with pytest.raises(ValueError, match="200x200"):
        PresentationSpace(200, 200)


def test_host_text_never_breaks_the_grid() -> None:
    """A wide or control character in a value shows as a question mark."""
    space = PresentationSpace()
    space.write_field(0, 4, LABEL, "a漢\n" + NUL)
    assert space.row_text(0)[:5] == " a?? "

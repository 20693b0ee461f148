"""A terminal and its host: nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

import asyncio

import msgspec

from monitor.exchange import Aid, Reason, Refused
from screens.attributes import Attribute, Validation
from screens.console.session import (
    RETRY_S_MAX,
    RETRY_S_MIN,
    TYPE_AHEAD_FULL,
    TYPE_AHEAD_KEYS_MAX,
    Link,
    Session,
    retry_s,
)
from screens.keys import Key
from screens.layout import LaidField, Layout
from screens.presentation_space import Lock
from tests.screens.console.fakes import FakeHost, FakePresenter, form

NAME, MESSAGE = 3 * 80 + 20, 7 * 80 + 1


async def attached(*layouts: Layout) -> tuple[Session, FakeHost]:
    """A session on the form, or on another layout."""
    presenter = FakePresenter(*layouts)
    host = FakeHost(presenter)
    session = Session(host, presenter, "T001", lambda: None)
    session.attach()
    await session.settle()
    return session, host


def message(session: Session) -> str:
    """The form's message line."""
    return session.space.row_text(7).strip()


async def test_attaching_shows_where_the_terminal_stands() -> None:
    """The stored screen is on the display and the keyboard is free."""
    session, _ = await attached()
    assert (session.space.cursor, session.space.lock, session.link) == (NAME, Lock.NONE, Link.UP)


async def test_enter_sends_the_changed_fields_under_the_next_sequence() -> None:
    """Only what was typed goes out; the answer is drawn."""
    session, host = await attached()
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    assert (host.inputs[0].sequence, host.inputs[0].fields) == (1, ((NAME, "ann"),))
    assert message(session) == "ENTER ann"


async def test_keys_typed_while_the_host_works_wait_in_line() -> None:
    """Type-ahead is replayed on unlock, through the next key that sends."""
    session, host = await attached()
    host.gate.clear()
    session.press(Key.PF5)
    session.type("bob")
    session.press(Key.ENTER)
    session.type("x")
    assert (session.space.lock, len(session.type_ahead)) == (Lock.WAIT, 5)
    host.gate.set()
    await session.settle()
    assert [(i.aid, i.sequence) for i in host.inputs] == [(Aid.PF5, 1), (Aid.ENTER, 2)]
    assert (message(session), session.space.text(3, 20, 10).strip()) == ("ENTER bob", "x")


async def test_reset_drops_what_was_typed_ahead() -> None:
    """Reset empties the line but does not take the host's lock away."""
    session, host = await attached()
    host.gate.clear()
    session.press(Key.ENTER)
    session.type("bob")
    session.press(Key.RESET)
    assert (list(session.type_ahead), session.space.lock) == ([], Lock.WAIT)
    host.gate.set()
    await session.settle()
    assert len(host.inputs) == 1


async def test_a_lock_in_the_replay_drops_the_rest() -> None:
    """After an operator's error in the line, nothing more of it is done."""
    session, host = await attached()
    host.gate.clear()
    session.press(Key.ENTER)
    session.press(Key.UP)
    session.type("bob")
    session.press(Key.ENTER)
    host.gate.set()
    await session.settle()
    assert (session.space.lock, len(host.inputs), list(session.type_ahead)) == (Lock.PROTECTED, 1, [])


async def test_a_refusal_keeps_what_was_typed() -> None:
    """Busy: the text is shown, the keyboard is free, and Enter again sends the same."""
    session, host = await attached()
    host.answers = [Refused(Reason.BUSY, "the region is full; try again")]
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    assert (session.message, session.space.lock) == ("the region is full; try again", Lock.NONE)
    session.press(Key.ENTER)
    await session.settle()
    assert [(i.sequence, i.fields) for i in host.inputs] == [(1, ((NAME, "ann"),))] * 2


async def test_a_refused_clear_brings_the_screen_back() -> None:
    """Clear erases the display at once; when it was not run, everything is there again."""
    session, host = await attached()
    host.answers = [Refused(Reason.BUSY, "the region is full")]
    session.type("ann")
    session.press(Key.CLEAR)
    assert not session.space.formatted
    await session.settle()
    assert (session.space.text(3, 20, 3), session.space.cursor) == ("ann", NAME + 3)


async def test_another_terminal_took_over() -> None:
    """The keyboard stays locked; Reset takes the terminal back under a new epoch."""
    session, host = await attached()
    host.answers = [Refused(Reason.TAKEN_OVER, "taken over by another session")]
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    session.type("lost")
    assert (session.space.lock, session.link, session.message) == (
        Lock.NOT_CONNECTED,
        Link.TAKEN,
        "taken over by another session",
    )
    session.press(Key.RESET)
    await session.settle()
    session.press(Key.ENTER)
    await session.settle()
    assert (session.link, host.inputs[-1].epoch, host.inputs[-1].fields) == (Link.UP, 2, ((NAME, "ann"),))


async def test_a_lost_answer_is_asked_for_again() -> None:
    """The region dies under an input: the same sequence number is sent again until there is an answer."""
    session, host = await attached()
    host.answers = [ConnectionError("gone")]
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    assert [(i.sequence, i.fields) for i in host.inputs] == [(1, ((NAME, "ann"),))] * 2
    assert (message(session), session.space.lock, session.message) == ("ENTER ann", Lock.NONE, "")


async def test_a_busy_store_is_asked_again() -> None:
    """Under the same sequence number, and the screen comes back by itself."""
    session, host = await attached()
    host.answers = [Refused(Reason.STORE, "busy")] * 2
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    assert [(i.sequence, i.fields) for i in host.inputs] == [(1, ((NAME, "ann"),))] * 3
    assert (message(session), session.message) == ("ENTER ann", "")


async def test_a_broken_store_is_told_at_once() -> None:
    """There is nothing to wait for: it was asked once, at the key and at the attachment."""
    session, host = await attached()
    host.answers = [Refused(Reason.BROKEN, "The store failed.")] * 2
    session.type("ann")
    session.press(Key.ENTER)
    await session.settle()
    assert (session.message, session.space.lock) == ("The store failed.", Lock.NONE)
    assert (len(host.inputs), session.space.text(3, 20, 3)) == (1, "ann")
    session.attach()
    await session.settle()
    assert (session.message, host.attached) == ("The store failed.", 2)


async def test_reset_gives_a_full_store_up() -> None:
    """The refusal is shown at once, and everything typed is there to be sent again."""
    session, host = await attached()
    host.answers = [Refused(Reason.STORE, "The disk is full.")] * 9
    session.type("ann")
    session.press(Key.ENTER)
    session.press(Key.RESET)
    await session.settle()
    assert (session.message, session.space.lock) == ("The disk is full.", Lock.NONE)
    assert (len(host.inputs), session.space.text(3, 20, 3)) == (1, "ann")


async def test_a_pa_key_keeps_what_was_typed_on_a_screen_written_without_erase() -> None:
    """A short read sends no fields; the host's next write leaves them."""
    session, host = await attached()
    host.on_step = lambda inbound: host.presenter.encode("hello").replace(
        '"cursor"', '"write":{"panel":0,"texts":["message"]},"cursor"'
    )
    session.type("ann")
    session.press(Key.PA1)
    await session.settle()
    assert (session.space.text(3, 20, 3), message(session)) == ("ann", "hello")


async def test_a_click_ends_the_operators_lock() -> None:
    """As the arrows do; while the host works it moves nothing and leaves what is said."""
    session, host = await attached()
    session.press(Key.UP)
    session.type("x")
    session.move_to(NAME + 1)
    assert (session.space.cursor, session.space.lock) == (NAME + 1, Lock.NONE)
    host.gate.clear()
    session.press(Key.ENTER)
    session.message = "the store is not ready; trying again"
    session.move_to(NAME)
    assert (session.space.cursor, session.space.lock) == (NAME + 1, Lock.WAIT)
    assert session.message == "the store is not ready; trying again"
    host.gate.set()
    await session.settle()


async def test_a_click_out_of_a_changed_trigger_field_sends() -> None:
    """At once, as a key that leaves it does."""
    fields = list(form().fields)
    fields[2] = LaidField(3 * 80 + 19, 10, Attribute(validation=Validation.TRIGGER), name="name")
    session, host = await attached(msgspec.structs.replace(form(), fields=tuple(fields)))
    session.type("ann")
    session.move_to(4 * 80 + 20)
    await session.settle()
    assert [sent.fields for sent in host.inputs] == [((NAME, "ann"),)]


async def test_a_code_on_a_blank_screen_is_sent_as_text() -> None:
    """Clear, then a code: the unformatted input."""
    session, host = await attached()
    session.press(Key.CLEAR)
    await session.settle()
    session.type("MENU")
    session.press(Key.ENTER)
    await session.settle()
    assert (host.inputs[-1].text, host.inputs[-1].fields) == ("MENU", ())


async def test_a_screen_that_cannot_be_shown_does_not_end_the_terminal() -> None:
    """A fault in a screen is said on the status line, and the keyboard is free."""
    session, host = await attached()
    host.answers = ["not a screen"]
    session.press(Key.ENTER)
    await session.settle()
    assert (session.space.lock, "cannot be shown" in session.message) == (Lock.NONE, True)


async def test_a_refused_attachment_is_told_with_no_question_open() -> None:
    """When the terminal was lost, the last word of the session already says that Reset takes it back."""
    presenter = FakePresenter()
    host = FakeHost(presenter)
    told: list[tuple[Link, bool]] = []
    session = Session(host, presenter, "T001", lambda: told.append((session.link, session.asking)))
    session.attach()
    await session.settle()
    host.answers = [Refused(Reason.TAKEN_OVER, "taken over")]
    session.press(Key.ENTER)
    await session.settle()
    assert told[-1] == (Link.TAKEN, False)
    host.answers = [Refused(Reason.BUSY, "the region is full")]
    session.press(Key.RESET)
    await session.settle()
    assert told[-1] == (Link.TAKEN, False)


async def test_reset_takes_the_word_about_dropped_keys_away() -> None:
    """With the line empty, nothing is too long any more."""
    session, host = await attached()
    host.gate.clear()
    session.press(Key.ENTER)
    session.type("x" * (TYPE_AHEAD_KEYS_MAX + 1))
    said = session.message
    session.press(Key.RESET)
    host.gate.set()
    assert (said, session.message, session.space.lock) == (TYPE_AHEAD_FULL, "", Lock.WAIT)
    await session.settle()


async def test_an_input_is_unanswered_until_its_answer_is_here() -> None:
    """Also when the session ends before: then nobody knows what became of it."""
    session, host = await attached()
    session.press(Key.ENTER)
    await session.settle()
    answered = session.unanswered
    host.gate.clear()
    session.press(Key.ENTER)
    await asyncio.sleep(0)  # it is on its way
    await session.close()
    assert (answered, session.unanswered) == (False, True)


def test_it_is_tried_again_for_ever() -> None:
    """However long the region is away."""
    assert [retry_s(0), retry_s(1), retry_s(100), retry_s(1_000_000)] == [
        RETRY_S_MIN,
        2 * RETRY_S_MIN,
        RETRY_S_MAX,
        RETRY_S_MAX,
    ]

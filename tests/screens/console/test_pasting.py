"""Pasted text goes a line to a field, whenever it is pasted, and nothing of it is lost in silence."""

from __future__ import annotations

import msgspec
import pytest

from screens.attributes import Attribute, Validation
from screens.console.pasting import paste
from screens.console.session import Session
from screens.keys import Key
from screens.layout import LaidField, Layout
from screens.presentation_space import Lock
from tests.screens.console.fakes import FakeHost, FakePresenter, form


async def attached(layout: Layout) -> tuple[Session, FakeHost]:
    """A session on a layout."""
    presenter = FakePresenter(layout)
    host = FakeHost(presenter)
    session = Session(host, presenter, "T001", lambda: None)
    session.attach()
    await session.settle()
    return session, host


def typed(session: Session) -> list[str]:
    """What stands in the three entry fields of the form, the dark one too."""
    space = session.space
    fields = (space.field_at(row * 80 + 20) for row in (3, 4, 5))
    return [space.content(field).strip("\0") for field in fields if field]


@pytest.mark.parametrize("waiting", [False, True])
@pytest.mark.parametrize(
    ("text", "fields", "lock", "message"),
    [
        ("ABCDEFGHIJ1234\n77", ["ABCDEFGHIJ", "77", ""], Lock.NONE, "Pasted; characters left out: 4"),
        ("ABCDEFGHIJ\r\n77\r\npass\r\n", ["ABCDEFGHIJ", "77", "pass"], Lock.NONE, ""),
        ("AB\t12345", ["AB", "12345", ""], Lock.NONE, ""),
        ("AB\n1x2345\nzz", ["AB", "1", ""], Lock.NUMERIC, "Pasted; characters left out: 7"),
        ("Jose\u0301", ["Jos\u00e9", "", ""], Lock.NONE, ""),
    ],
)
async def test_a_line_goes_to_a_field(
    waiting: bool, text: str, fields: list[str], lock: Lock, message: str
) -> None:
    """Also while an input is with the host: the fields are those of the screen that comes back."""
    session, host = await attached(form())
    if waiting:
        host.gate.clear()
        session.press(Key.ENTER)
    paste(session, text)
    if waiting:
        assert (typed(session), len(session.type_ahead)) == (["", "", ""], 1)
        host.gate.set()
        await session.settle()
    assert (typed(session), session.space.lock, session.message) == (fields, lock, message)


async def test_a_paste_goes_on_after_a_field_that_sends_by_itself() -> None:
    """What is left waits for the answer, before the keys typed meanwhile, and begins where that puts the cursor."""
    fields = list(form().fields)
    fields[2] = LaidField(3 * 80 + 19, 10, Attribute(validation=Validation.TRIGGER), name="name")
    session, host = await attached(msgspec.structs.replace(form(), fields=tuple(fields)))
    host.gate.clear()
    paste(session, "ann\nbob")
    session.type("by")
    host.gate.set()
    await session.settle()
    assert [[text for _, text in sent.fields] for sent in host.inputs] == [["ann"]]
    assert typed(session) == ["bobby", "", ""]


async def test_a_paste_on_a_locked_keyboard_is_told() -> None:
    """Nothing is typed, and all of it is counted; the next key ends the message."""
    session, _ = await attached(form())
    session.press(Key.UP)
    session.type("x")
    paste(session, "ann\nbob")
    assert (session.space.lock, session.message) == (Lock.PROTECTED, "Pasted; characters left out: 6")
    session.press(Key.HOME)
    assert not session.message


async def test_each_line_begins_a_row_on_a_screen_without_fields() -> None:
    """Each begins a row, a tab is a blank, and nothing is cut."""
    session, _ = await attached(form())
    session.press(Key.CLEAR)
    await session.settle()
    paste(session, "ACCT\t10001\nbob\t\tby")
    assert [session.space.row_text(row).strip("\0 ") for row in (0, 1)] == ["ACCT 10001", "bob  by"]
    assert session.message == ""


async def test_a_key_in_line_behind_a_paste_does_not_send_what_was_cut() -> None:
    """What is left out is told, and the operator decides."""
    session, host = await attached(form())
    host.gate.clear()
    session.press(Key.ENTER)
    paste(session, "A" * 20)
    session.press(Key.ENTER)
    host.gate.set()
    await session.settle()
    assert (len(host.inputs), session.message) == (1, "Pasted; characters left out: 10")

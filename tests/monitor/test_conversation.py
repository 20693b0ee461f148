"""Which transaction an input runs: the rule as a table, then what holds for every input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor import Finish, NoArea, Outcome, Program, Task
from monitor.conversation import (
    ABENDED,
    Blank,
    Choice,
    Notice,
    Repeat,
    Run,
    TerminalState,
    choose,
    typed_transid,
)
from monitor.exchange import Aid, Inbound, Reason, Received, Refused
from monitor.program import ProgramTable

FRESH = TerminalState("T001", epoch=3)
WAITING = replace(
    FRESH,
    conversation=7,
    state="open",
    step=9,
    number=2,
    sequence=4,
    outcome="converse",
    next="XFER",
    screen="s",
)
FAILED = replace(WAITING, outcome=ABENDED)
ENDED = replace(WAITING, state="ended", outcome="finish", next="")


async def nothing(task: Task[NoArea]) -> Outcome:
    """A program that ends at once."""
    return Finish()


def region(bound: Aid | None = None) -> ProgramTable:
    """A region that knows MENU, and HELP with a key of its own."""
    return ProgramTable(
        [Program("MENU", nothing, NoArea), Program("HELP", nothing, NoArea, (bound,) if bound else ())]
    )


states = st.sampled_from([FRESH, WAITING, FAILED, ENDED])
aids = st.sampled_from(Aid)
bindings = st.none() | aids


def after(state: TerminalState, aid: Aid) -> Inbound:
    """The input that is due on `state`."""
    return Inbound("T001", state.epoch, (state.sequence or 0) + 1, aid)


@pytest.mark.parametrize(
    ("state", "aid", "typed", "bound", "expected"),
    [
        (WAITING, Aid.ENTER, "", False, Run("XFER", first_time=False)),
        (WAITING, Aid.PF1, "", True, Run("XFER", first_time=False)),
        (WAITING, Aid.ENTER, "MENU", False, Run("XFER", first_time=False)),
        (WAITING, Aid.CLEAR, "", False, Run("XFER", first_time=False)),
        (FAILED, Aid.ENTER, "", False, Run("XFER", first_time=False)),
        (FAILED, Aid.PF3, "", True, Run("XFER", first_time=False)),
        (FAILED, Aid.CLEAR, "", True, Blank()),
        (ENDED, Aid.PF1, "", True, Run("HELP", first_time=True)),
        (ENDED, Aid.PF1, "MENU", True, Run("HELP", first_time=True)),
        (ENDED, Aid.CLEAR, "", True, Run("HELP", first_time=True)),
        (ENDED, Aid.CLEAR, "", False, Blank()),
        (ENDED, Aid.ENTER, "menu", False, Run("MENU", first_time=True)),
        (ENDED, Aid.ENTER, "  menu 12", False, Run("MENU", first_time=True)),
        (FRESH, Aid.ENTER, "menu", False, Run("MENU", first_time=True)),
    ],
)
def test_pending_beats_key_beats_typed_text(
    state: TerminalState, aid: Aid, typed: str, bound: bool, expected: Choice
) -> None:
    """A pending transaction beats the key's own, and that beats typed text; Clear leaves after an abend."""
    known = region(aid if bound else None)
    choice = choose(state, after(state, aid), Received(aid, text=typed), known)
    assert (type(expected), expected) == (type(choice), choice)


@pytest.mark.parametrize(
    ("known", "such_as"),
    [(("HELP", "MENU"), " such as MENU"), (("BOOK", "LIST"), " such as BOOK"), ((), "")],
)
@pytest.mark.parametrize("typed", ["NOPE", ""])
def test_a_notice_names_a_code_that_is_known(known: tuple[str, ...], such_as: str, typed: str) -> None:
    """The menu's, else the first there is, else none."""
    programs = ProgramTable([Program(transid, nothing, NoArea) for transid in known])
    choice = choose(ENDED, after(ENDED, Aid.ENTER), Received(Aid.ENTER, text=typed), programs)
    assert isinstance(choice, Notice)
    assert f" code{such_as}" + ("." if typed else ", and press Enter.") in choice.text


@pytest.mark.parametrize(("transid", "such_as"), [("MENU", " such as BOOK"), ("BOOK", " such as MENU")])
def test_a_code_that_is_not_for_typing_is_not_known(transid: str, such_as: str) -> None:
    """In the words of one that is not there, and never as an example; a key of its own starts it."""
    programs = ProgramTable(
        [
            Program(code, nothing, NoArea, (Aid.PF1,) if code == transid else (), typed=code != transid)
            for code in ("MENU", "BOOK")
        ]
    )
    choice = choose(ENDED, after(ENDED, Aid.ENTER), Received(Aid.ENTER, text=transid), programs)
    said = f"Transaction {transid} is not known. Press Clear, then type a code{such_as}."
    assert choice == Notice(said)
    assert choose(ENDED, after(ENDED, Aid.PF1), Received(Aid.PF1), programs) == Run(transid, first_time=True)
    assert choose(FRESH, after(FRESH, Aid.NONE), Received(Aid.NONE), programs, transid) == Run(
        transid, first_time=True
    )


def test_a_region_in_which_nothing_may_be_typed_gives_no_example() -> None:
    """Its programs begin by keys, or as the first of a terminal."""
    programs = ProgramTable([Program("HELP", nothing, NoArea, (Aid.PF1,), typed=False)])
    choice = choose(ENDED, after(ENDED, Aid.ENTER), Received(Aid.ENTER), programs)
    assert choice == Notice("Nothing is running here. Type a transaction code, and press Enter.")


@pytest.mark.parametrize(
    ("typed", "word"), [("NOPE", "NOPE is not known"), ("nope x", "NOPE is not known"), ("", "Type a trans")]
)
def test_unknown_code_is_a_notice(typed: str, word: str) -> None:
    """A code nobody knows, or none, leaves the screen and says what to do."""
    choice = choose(ENDED, after(ENDED, Aid.ENTER), Received(Aid.ENTER, text=typed), region())
    assert isinstance(choice, Notice)
    assert word in choice.text
    assert len(choice.text) < 80, "an attribute byte stands before it"


@pytest.mark.parametrize(
    ("epoch", "sequence", "reason"),
    [
        (2, 5, Reason.TAKEN_OVER),
        (4, 5, Reason.TAKEN_OVER),
        (2, 4, Reason.TAKEN_OVER),
        (3, 3, Reason.OUT_OF_SEQUENCE),
        (3, 6, Reason.OUT_OF_SEQUENCE),
        (3, 0, Reason.OUT_OF_SEQUENCE),
        (3, -1, Reason.OUT_OF_SEQUENCE),
    ],
)
def test_input_out_of_turn_is_refused(epoch: int, sequence: int, reason: Reason) -> None:
    """Another attachment's input, or one that skips or goes back, runs nothing and says why."""
    choice = choose(WAITING, Inbound("T001", epoch, sequence, Aid.ENTER), Received(Aid.ENTER), region())
    assert isinstance(choice, Refused)
    assert reason == choice.reason


def test_same_input_again_is_a_repeat() -> None:
    """The sequence number that was answered last gets the stored answer."""
    choice = choose(WAITING, Inbound("T001", 3, 4, Aid.ENTER), Received(Aid.ENTER), region())
    assert isinstance(choice, Repeat)


def test_terminal_that_showed_nothing_yet_has_no_repeat() -> None:
    """Sequence 0 of a terminal without a step is refused: there is no answer to repeat."""
    choice = choose(FRESH, Inbound("T001", 3, 0, Aid.ENTER), Received(Aid.ENTER), region())
    assert isinstance(choice, Refused)


@given(states, aids, bindings, st.integers(0, 5), st.integers(-1, 7))
def test_only_the_due_input_runs_a_program(
    state: TerminalState, aid: Aid, bound: Aid | None, epoch: int, sequence: int
) -> None:
    """Nothing but the next sequence of the present attachment ever runs, blanks or notifies."""
    inbound = Inbound("T001", epoch, sequence, aid)
    choice = choose(state, inbound, Received(aid, text="MENU"), region(bound))
    due = epoch == state.epoch and sequence == (state.sequence or 0) + 1
    assert due == isinstance(choice, Run | Blank | Notice)


@given(states, aids, bindings, st.text(max_size=12))
def test_open_conversation_is_never_interrupted(
    state: TerminalState, aid: Aid, bound: Aid | None, typed: str
) -> None:
    """While a conversation is open, no key and no text starts another transaction."""
    choice = choose(state, after(state, aid), Received(aid, text=typed), region(bound))
    if state.open and not isinstance(choice, Blank):
        assert Run("XFER", first_time=False) == choice


@given(st.text(max_size=30))
def test_typed_code_is_one_short_word(text: str) -> None:
    """A typed code has no blank in it and at most the length of a transaction id, whatever was typed."""
    code = typed_transid(Received(Aid.ENTER, text=text))
    assert not code.split()[1:]
    assert (code == "") == (text.split() == [])


def test_typed_code_comes_from_a_field_when_the_screen_has_some() -> None:
    """On a formatted screen the code is the text of a field that was typed in."""
    received = Received(
        Aid.ENTER, values={"a": "shown", "command": "acct 5"}, modified=frozenset({"command"})
    )
    assert typed_transid(received) == "ACCT"


def test_what_is_typed_in_a_hidden_field_is_no_transaction_code() -> None:
    """It would be displayed and stored with the notice; a code in the next field still counts."""
    typed = {"password": "s3cret", "command": "menu"}
    received = Received(
        Aid.ENTER, values=typed, modified=frozenset({"password"}), masked=frozenset({"password"})
    )
    choice = choose(ENDED, after(ENDED, Aid.ENTER), received, region())
    assert isinstance(choice, Notice)
    assert "S3CR" not in choice.text
    assert typed_transid(replace(received, modified=frozenset(typed))) == "MENU"


def test_the_first_field_on_the_screen_has_the_code() -> None:
    """Not the first by name: the one that stands first, as the values do."""
    typed = {"zone": "menu", "amount": "acct"}
    assert typed_transid(Received(Aid.ENTER, values=typed, modified=frozenset(typed))) == "MENU"

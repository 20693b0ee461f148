"""A dialogue with the scripted terminal reads as one with s3270."""

from __future__ import annotations

import pytest

from monitor.exchange import Aid, Reason, Refused
from screens.keys import Key, press
from screens.presentation_space import Lock, PresentationSpace
from screens.script.interpreter import Interpreter
from screens.script.lines import LINE_BYTES_MAX
from screens.script.terminal import ScriptTerminal
from tests.screens.console.fakes import FakeHost, FakePresenter, form

READY = "U F U C(entracte) I 2 24 80 3 20 0x0 0.000"


class StillTime:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        """Seconds slept so far."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.now_s += seconds


class Stage:
    """An interpreter on a fake host."""

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        self.host = FakeHost(FakePresenter(form(rows, columns)))
        self.terminal = ScriptTerminal(self.host, self.host.presenter, "T001")
        self.interpreter = Interpreter(self.terminal, StillTime())

    async def say(self, *lines: str) -> list[str]:
        """Run lines; the answer to the last one."""
        answer = []
        for line in lines:
            answer = await self.interpreter.answer(line)
        return answer


@pytest.fixture
async def stage() -> Stage:
    """A terminal attached to the form."""
    stage = Stage()
    await stage.terminal.connect()
    return stage


async def test_a_line_that_is_not_utf_8_is_refused_whole(stage: Stage) -> None:
    """Nothing is typed for bytes that mean no character."""
    line = b'Tab String("caf\xe9")'.decode("utf-8", "surrogateescape")
    said = "data: The line is not UTF-8 at column 16: nothing of it was done"
    assert await stage.say(line) == [said, READY, "error"]


async def test_a_line_that_is_too_long_is_refused_whole(stage: Stage) -> None:
    """Its length is in bytes, without its end; the next one is taken."""
    long = "#".ljust(LINE_BYTES_MAX - 2) + "\u20ac"
    said = f"data: The line has more than line_bytes_max = {LINE_BYTES_MAX} bytes: nothing of it was done"
    assert [said, READY, "error"] == await stage.say(long)
    longest = "#".ljust(LINE_BYTES_MAX - 3) + "\u20ac\n"
    assert [READY, "ok"] == await stage.say(longest)


async def test_an_empty_line_says_the_status(stage: Stage) -> None:
    """Twelve fields, then ok."""
    assert await stage.say("") == [READY, "ok"]


async def test_keys_and_text_reach_the_host(stage: Stage) -> None:
    """What was typed is sent with Enter, and the answer is on the display when the action is done."""
    assert await stage.say('String("Ann\\t42")', "Enter") == [READY, "ok"]
    inbound = stage.host.inputs[0]
    assert (inbound.aid, inbound.sequence, inbound.fields) == (Aid.ENTER, 1, ((260, "Ann"), (340, "42")))
    assert f"data: {' ENTER Ann, 42'.ljust(20)}" == (await stage.say("Ascii(7,0,20)"))[0]


async def test_the_sequence_goes_up_with_each_answer(stage: Stage) -> None:
    """Every input is one more than the last that was answered."""
    await stage.say("PF(3)", "pa(1)", 'String("\\pf24")', "Clear")
    assert [(inbound.aid, inbound.sequence) for inbound in stage.host.inputs] == [
        (Aid.PF3, 1),
        (Aid.PA1, 2),
        (Aid.PF24, 3),
        (Aid.CLEAR, 4),
    ]


async def test_clear_leaves_an_unformatted_screen(stage: Stage) -> None:
    """The second field is U, and typed text goes as text."""
    assert (await stage.say("Clear"))[0] == "U U U C(entracte) I 2 24 80 0 0 0x0 0.000"
    await stage.say("String(menu) Enter()")
    assert stage.host.inputs[-1].text == "menu"


@pytest.mark.parametrize(
    ("rows", "columns", "model"), [(24, 80, "2"), (32, 80, "3"), (43, 80, "4"), (27, 132, "5")]
)
async def test_the_status_names_model_and_size(rows: int, columns: int, model: str) -> None:
    """The sizes of the four models."""
    stage = Stage(rows, columns)
    await stage.terminal.connect()
    assert [model, str(rows), str(columns)] == (await stage.say(""))[0].split()[5:8]


async def test_a_mistake_locks_the_keyboard(stage: Stage) -> None:
    """Typing into a protected field: error, state E, and nothing is sent until Reset."""
    locked = "E F P C(entracte) I 2 24 80 0 3 0x0 0.000"
    said = ["data: Keyboard locked", "data: Operator error: X Protected", locked, "error"]
    assert said == await stage.say("MoveCursor(0,3)", "String(a)")
    assert said == await stage.say("String(b)")
    assert said == await stage.say("Enter")
    assert (stage.host.inputs, (await stage.say("Reset"))[-1]) == ([], "ok")


async def test_a_cursor_key_frees_the_keyboard_after_a_mistake(stage: Stage) -> None:
    """Tab, Home and the arrows take an operator's lock away, as s3270's do."""
    assert await stage.say("MoveCursor(0,3)", "String(a)", "Home") == [READY, "ok"]


@pytest.mark.parametrize("key", [key for key in Key if key.aid is Aid.NONE])
async def test_the_keys_that_free_the_keyboard_are_those_of_the_keyboard(stage: Stage, key: Key) -> None:
    """What ends a lock is said in one place: a script's key ends it if the key does."""
    await stage.say("MoveCursor(4,20)", "String(1x)")
    space = PresentationSpace()
    space.restore(stage.terminal.space.snapshot())
    space.lock = Lock.NUMERIC
    press(space, key)
    verdict = "error" if space.lock.operator else "ok"
    assert verdict == (await stage.say(key.value))[-1]
    assert (space.lock, space.cursor) == (stage.terminal.space.lock, stage.terminal.space.cursor)


@pytest.mark.parametrize(
    ("line", "cursor"),
    [
        ("MoveCursor(4,20)", "4 20"),
        ("MoveCursor1(5,21)", "4 20"),
        ("MoveCursor(340)", "4 20"),
        ("MoveCursor(24,80)", "23 79"),
        ("MoveCursor(2000)", "23 79"),
        ("MoveCursor(-1)", "0 0"),
        ("Tab", "4 20"),
        ("Tab() Tab()", "5 20"),
        ("BackTab", "5 20"),
        ("Newline", "4 20"),
        ("Up", "2 20"),
        ("Down", "4 20"),
        ("Left", "3 19"),
        ("right", "3 21"),
        ("Tab() Home()", "3 20"),
        ("String(abc) Home() FieldEnd()", "3 23"),
        ("String(abc) BackSpace()", "3 22"),
        ("Dup", "4 20"),
        ("FieldMark", "3 21"),
        ("Key(a) Key(space) Key(0x41)", "3 23"),
    ],
)
async def test_the_cursor_moves(stage: Stage, line: str, cursor: str) -> None:
    """Local keys need no host."""
    await stage.say(line)
    assert [f"data: {cursor}", "ok"] == (await stage.say("Query(Cursor)"))[::2]
    assert not stage.host.inputs


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("String(abc) Left() Left() EraseEOF()", "a"),
        ("String(abc) Left() Delete()", "ab"),
        ("String(abc) Erase()", "ab"),
        ("String(abc) EraseInput()", ""),
        ("String(abc) DeleteField()", ""),
        ("String(bc) Home() Insert() String(a)", "abc"),
        ("String(bc) Home() ToggleInsert() Insert() String(a)", "ac"),
        ("String(a,b) String c", "abc"),
    ],
)
async def test_fields_are_edited(stage: Stage, line: str, text: str) -> None:
    """Each editing key does to the field what it does on a keyboard."""
    await stage.say(line)
    assert f"data: {text.ljust(10)}" == (await stage.say("Ascii(3,20,10)"))[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Foo", "Unknown action: Foo"),
        ("Foo(1) Tab()", "Unknown action: Foo"),
        ("Asc(0,0,3)", "Ambiguous action name: Asc"),
        ("Tab(1)", "Tab() requires 0 arguments"),
        ("PF()", "PF() requires 1 argument"),
        ("PF(25)", "PF(): Invalid argument '25'"),
        ("PF(x)", "PF(): Invalid argument 'x'"),
        ("PA(0)", "PA(): Invalid argument '0'"),
        ("Query(Foo)", "Query: Unknown parameter"),
        ("Query(Curs)", "Query: Ambiguous parameter"),
        ("Query(cursor,x)", "Query() requires 0 or 1 arguments"),
        ("Key(ab)", "Key(): Nonexistent or invalid name: ab"),
        ("Key(0xZZ)", "Key(): Nonexistent or invalid name: 0xZZ"),
        ("Key(U+110000)", "Key(): Nonexistent or invalid name: U+110000"),
        ("Key(U+d800)", "Key(): Nonexistent or invalid name: U+d800"),
        ("Key(0x-1)", "Key(): Nonexistent or invalid name: 0x-1"),
        ("Connect", "Connect() requires 1 argument"),
        ("Wait(1,NVTMode)", "Wait(): Timed out"),
        ("Snap(Rows)", "Snap(): No saved state"),
        ("PrintText(html)", "PrintText(): Parameter must be string"),
        ("MoveCursor(a,b)", "MoveCursor(): Invalid argument"),
        ("MoveCursor(1_0,1)", "MoveCursor(): Invalid argument"),
        ("PF(\uff11)", "PF(): Invalid argument '\uff11'"),
        ("PF(1_0)", "PF(): Invalid argument '1_0'"),
        ("String(\\pf\uff11)", "String(): Unknown character after \\p"),
        ("Wait(\uff11,Seconds)", "Too many arguments to Wait() or invalid timeout value"),
        ("Ascii(1_0)", "Ascii: Invalid argument"),
        (
            "Snap() Snap(Ebcdic)",
            "Snap(): Parameter must be save, status, rows, cols, wait, ascii, ascii1 or readbuffer",
        ),
        (f"String({',' * 1000})", "String() requires at most 999 arguments"),
    ],
)
async def test_what_cannot_be_done_is_told(stage: Stage, line: str, words: str) -> None:
    """The reason as data, the status, then error."""
    answer = await stage.say(line)
    assert (f"data: {words}", "error", 3) == (answer[0], answer[-1], len(answer))


async def test_a_line_ends_at_its_first_error(stage: Stage) -> None:
    """What was done before stays done; what follows is not tried."""
    assert ["data: Unknown action: Foo", READY.replace("3 20", "4 20"), "error"] == await stage.say(
        "Tab() Foo(1) Tab()"
    )


@pytest.mark.parametrize(
    "line",
    ["Wait", "Wait(5,InputField)", "Wait(3270Mode)", "Wait(5,Unlock)", "Wait(2,Output)", "wait 3 inputfield"],
)
async def test_a_condition_that_holds_is_not_waited_for(stage: Stage, line: str) -> None:
    """The answer is there before the key's action is done."""
    assert await stage.say(line) == [READY, "ok"]


async def test_the_status_tells_how_long_a_wait_took(stage: Stage) -> None:
    """The twelfth field is the time the command took."""
    assert [READY.replace("0.000", "1.500"), "ok"] == await stage.say("Wait(1.5,Seconds)")


async def test_a_wait_in_vain_fails(stage: Stage) -> None:
    """Output that was read does not count; without a time the wait fails at once instead of never."""
    timed_out = ["data: Wait(): Timed out", READY.replace("0.000", "0.300"), "error"]
    assert timed_out == await stage.say("Ascii", "Wait(0.3,Output)")
    assert (await stage.say("Wait(Output)"))[-1] == "error"
    assert await stage.say("Enter", "Wait(Output)") == [READY, "ok"]
    assert (await stage.say("Clear", "Wait(0.3,InputField)"))[0] == "data: Wait(): Timed out"


async def test_a_snapshot_can_be_read_after_the_display_changed(stage: Stage) -> None:
    """Its text, its status line and its size."""
    await stage.say("String(Ann)", "Snap", "EraseInput")
    assert (await stage.say("Snap(Ascii,3,20,10)"))[0] == "data: Ann       "
    assert (await stage.say("Snap(Status)"))[0] == "data: U F U C(entracte) I 2 24 80 3 23 0x0"
    assert [(await stage.say(f"Snap({it})"))[0] for it in ("Rows", "Cols")] == ["data: 24", "data: 80"]


async def test_a_disconnected_terminal_keeps_its_screen_and_takes_no_keys(stage: Stage) -> None:
    """The screen stays on the display; nothing can be typed until the terminal is attached again."""
    gone = "L F U N N 2 24 80 3 20 0x0 0.000"
    assert [gone, "ok"] == await stage.say("Disconnect")
    assert [gone, "error"] == (await stage.say("String(a)"))[-2:]
    assert [gone, "error"] == (await stage.say("Enter"))[-2:]
    assert ["data: Wait(): Not connected", gone, "error"] == await stage.say("Wait(1,InputField)")
    assert [gone, "ok"] == await stage.say("Wait(1,Disconnect)")
    assert await stage.say("Connect(anything)") == [READY, "ok"]
    assert stage.host.attached == 2


async def test_connect_is_accepted_by_an_attached_terminal(stage: Stage) -> None:
    """A script made for s3270 begins with it."""
    assert await stage.say("Connect(L:host:23)") == [READY, "ok"]
    assert stage.host.attached == 1


@pytest.mark.parametrize("line", ["Quit", "exit"])
async def test_quit_is_answered_and_then_it_is_over(stage: Stage, line: str) -> None:
    """Exit is another word for it."""
    assert (await stage.say(line))[-1] == "ok"
    assert stage.interpreter.ended


async def test_a_refused_input_leaves_what_was_typed(stage: Stage) -> None:
    """The same key again carries the same sequence number."""
    stage.host.answers.append(Refused(Reason.BUSY, "Busy. Press the key again."))
    assert ["data: Busy. Press the key again.", READY.replace("3 20", "3 23"), "error"] == await stage.say(
        "String(Ann)", "Enter"
    )
    assert await stage.say("Enter") == [READY, "ok"]
    assert [(it.sequence, it.fields) for it in stage.host.inputs] == [(1, ((260, "Ann"),))] * 2


async def test_a_terminal_that_was_taken_over_is_disconnected(stage: Stage) -> None:
    """The status says N, and the text how to go on."""
    stage.host.answers.append(Refused(Reason.TAKEN_OVER, "Taken over."))
    answer = await stage.say("Enter")
    assert [answer[0], *answer[-2:]] == ["data: Taken over.", "L F U N N 2 24 80 3 20 0x0 0.000", "error"]
    assert "Start again" in answer[1]


async def test_an_input_out_of_sequence_attaches_again(stage: Stage) -> None:
    """The display is then where the terminal stands, and the key was not run."""
    stage.host.answers.append(Refused(Reason.OUT_OF_SEQUENCE, "Input 1 does not follow 4."))
    answer = await stage.say("String(Ann)", "Enter")
    assert (
        answer[0],
        *answer[-2:],
        stage.host.attached,
    ) == ("data: Input 1 does not follow 4.", READY, "error", 2)


async def test_query_lists_everything(stage: Stage) -> None:
    """Without a name every answer comes with its name."""
    answer = await stage.say("Query")
    assert "data: Cursor1: row 4 column 21 offset 260" in answer
    assert "data: ConnectionState: connected-3270" in answer
    assert "data: LuName: T001" in answer
    assert await stage.say("query(formatted)") == ["data: formatted", READY, "ok"]


async def test_dark_text_is_not_shown(stage: Stage) -> None:
    """A typed password is blank in `Ascii`."""
    await stage.say("MoveCursor(5,20)", "String(secret)")
    assert "secret" not in "".join(await stage.say("Ascii"))
    assert "secret" not in "".join(await stage.say("PrintText(string)"))


async def test_a_region_that_fails_is_told_and_attached_again(stage: Stage) -> None:
    """Whatever the host raises ends the line, not the script."""
    stage.host.answers.append(RuntimeError("no region"))
    answer = await stage.say("Enter")
    assert (answer[0], answer[-1]) == ("data: RuntimeError: no region", "error")
    assert await stage.say("Connect(again)") == [READY, "ok"]

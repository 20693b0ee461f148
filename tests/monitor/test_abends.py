"""A bad program harms only itself: a code, a message, a dump, everything backed out, and the work goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from monitor import Abend, Aid, Area, Converse, Finish, NoArea, Outcome, Send, Task, changed, transaction
from monitor.exchange import Reason
from monitor.limits import Limits
from monitor.startup import Region
from tests.monitor.bed import BEGINNING, QUIET, Disk, Terminal, dumps, region_on
from tests.monitor.plain import Shown
from tests.monitor.records import Account, Entry, Seat
from tests.simulation.virtual_time import run_virtually


class Tally(Area):
    """What the tests keep."""

    good: int = 0
    anything: Any = None


Fault = Callable[[Task[Tally]], Awaitable[object]]


class Unprintable(Exception):
    """An exception that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


class Talkative(Exception):
    """An exception whose `message` is no text, as some libraries have it."""

    message = object()


async def raises(task: Task[Tally]) -> object:
    """A plain mistake."""
    return dict[str, str]()["missing"]


async def raises_abend(task: Task[Tally]) -> object:
    """An abend of the program's own."""
    raise Abend("MINE", "so I say")


async def raises_unprintable(task: Task[Tally]) -> object:
    """An exception whose text cannot be had."""
    raise Unprintable


async def raises_talkative(task: Task[Tally]) -> object:
    """An exception with an attribute that looks like ours."""
    raise Talkative


async def raises_half_a_character(task: Task[Tally]) -> object:
    """An exception whose text cannot be encoded, such as one about an odd file name."""
    raise OSError("no file \udc80")


async def raises_long(task: Task[Tally]) -> object:
    """An exception with a text that would fill the disk."""
    raise ValueError("x" * 1_000_000)


async def exits(task: Task[Tally]) -> object:
    """A program that thinks it owns the process."""
    raise SystemExit(3)


async def interrupts(task: Task[Tally]) -> object:
    """A program that thinks it is the operator's shell."""
    raise KeyboardInterrupt


async def closes(task: Task[Tally]) -> object:
    """A program that thinks it is a generator."""
    raise GeneratorExit


async def cancels_itself(task: Task[Tally]) -> object:
    """A program that cancels the asyncio task it runs in, which is the terminal's."""
    current = asyncio.current_task()
    assert current
    current.cancel()
    return await asyncio.Event().wait()


async def hears_nothing(task: Task[Tally]) -> object:
    """A loop that catches whatever would end it."""
    gate = asyncio.Event()
    while True:
        with suppress(BaseException):
            await gate.wait()


async def awaits_cancelled(task: Task[Tally]) -> object:
    """A program that waits for something it has itself cancelled."""
    inner = asyncio.get_running_loop().create_future()
    inner.cancel()
    return await inner


async def fails_in_group(task: Task[Tally]) -> object:
    """A task group of which one part fails."""
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(1000))
        group.create_task(task.files[Account].delete(404))
    return None


async def keeps_object(task: Task[Tally]) -> object:
    """An area with something in it that is no JSON."""
    task.area.anything = object()
    return None


async def keeps_half_a_character(task: Task[Tally]) -> object:
    """An area with a lone surrogate."""
    task.area.anything = "\ud800"
    return None


async def keeps_much(task: Task[Tally]) -> object:
    """An area one byte too large."""
    task.area.anything = ""
    task.area.anything = "x" * (1001 - len(msgspec.json.encode(task.area)))
    return None


async def keeps_wrong_type(task: Task[Tally]) -> object:
    """An area that could not be read back."""
    task.area.good = "many"  # type: ignore[assignment]
    return None


async def keeps_deep(task: Task[Tally]) -> object:
    """An area nested past all measure."""
    for _ in range(5_000):
        task.area.anything = [task.area.anything]
    return None


async def deletes_missing(task: Task[Tally]) -> object:
    """A delete of a record that is not there."""
    await task.files[Account].delete(404)
    return None


async def writes_twice(task: Task[Tally]) -> object:
    """A write over a record that is there."""
    await task.files[Account].write(Account(1, "X", 0))
    return None


async def overdraws(task: Task[Tally]) -> object:
    """A balance the table does not allow."""
    account = await task.files[Account].read(3, update=True)
    assert account
    await task.files[Account].rewrite(changed(account, balance=-1))
    return None


async def writes_odd_value(task: Task[Tally]) -> object:
    """A record with a value no column can hold."""
    await task.files[Account].write(Account(7, "X", object()))  # type: ignore[arg-type]
    return None


async def writes_half_a_character(task: Task[Tally]) -> object:
    """A record with a lone surrogate."""
    await task.files[Account].write(Account(7, "\udc80", 0))
    return None


async def writes_giant_number(task: Task[Tally]) -> object:
    """A record with a number past 64 bits."""
    await task.files[Account].write(Account(7, "X", 2**70))
    return None


async def reads_odd_key(task: Task[Tally]) -> object:
    """A key that no store could look for."""
    return await task.files[Account].read(object())  # type: ignore[arg-type]


async def reads_half_a_character(task: Task[Tally]) -> object:
    """A key with a lone surrogate."""
    return await task.files[Seat].read(("\udc80", 1))


async def reads_ledger_by_key(task: Task[Tally]) -> object:
    """An append-only table has no reads by key."""
    return await task.files[Entry].read(1)


async def appends_file(task: Task[Tally]) -> object:
    """A file is not appended to."""
    task.files.append(Account(9, "X", 0))
    return None


async def sits(task: Task[Tally]) -> object:
    """A wait without end."""
    return await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("fault", "code", "word"),
    [
        (raises, "ASRA", "KeyError"),
        (raises_abend, "MINE", "so I say"),
        (raises_unprintable, "ASRA", "Unprintable"),
        (raises_talkative, "ASRA", "Talkative"),
        (raises_half_a_character, "ASRA", "no file"),
        (raises_long, "ASRA", "ValueError"),
        (exits, "ASRA", "SystemExit"),
        (interrupts, "ASRA", "KeyboardInterrupt"),
        (closes, "ASRA", "GeneratorExit"),
        (cancels_itself, "ASRA", "Cancelled"),
        (hears_nothing, "EWAI", "wait_s_max"),
        (awaits_cancelled, "ASRA", "Cancelled"),
        (fails_in_group, "ASRA", "TaskGroup"),
        (keeps_object, "EARE", "object"),
        (keeps_half_a_character, "EARE", "surrogates"),
        (keeps_much, "ELIM", "area_bytes_max is 1000, this task came to 1001"),
        (keeps_wrong_type, "EARE", "int"),
        (keeps_deep, "EARE", "Tally"),
        (deletes_missing, "AEIM", "404"),
        (writes_twice, "AEIN", "1"),
        (overdraws, "ECON", "balance"),
        (writes_odd_value, "EREC", "object"),
        (writes_half_a_character, "EREC", "surrogate"),
        (writes_giant_number, "EREC", str(2**70)),
        (reads_odd_key, "EKEY", "account"),
        (reads_half_a_character, "EKEY", "seat"),
        (reads_ledger_by_key, "ASRA", "ledger"),
        (appends_file, "ASRA", "account"),
        (sits, "EWAI", "wait_s_max"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning")
async def test_fault_is_backed_out_and_the_conversation_goes_on(
    disk: Disk, fault: Fault, code: str, word: str
) -> None:
    """Code, message and dump; nothing of the step stays; the last good state is kept; others never notice."""

    @transaction("TEST", area=Tally)
    async def test(task: Task[Tally]) -> Outcome:
        if task.aid is Aid.PF12:
            account = await task.files[Account].read(1, update=True)
            assert account
            await task.files[Account].rewrite(changed(account, balance=0))
            task.files.append(Entry(1, 2, 100, "lost"))
            task.area.good = 99
            await fault(task)
        else:
            task.area.good += 1
        return Converse(Send("NOTE", {"text": str(task.area.good)}))

    @transaction("EASY")
    async def easy(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(2, update=True)
        return Finish(Send("NOTE", {"text": "easy"}))

    limits = Limits(runaway_s_max=0, wait_s_max=0.5, area_bytes_max=1000, dump_chars_max=5_000)
    async with region_on(disk, test, easy, limits=limits) as region:
        disk.accounts({1: 100, 2: 0, 3: 0})
        terminal, other = Terminal(region), Terminal(region, "T002")
        await asyncio.gather(terminal.attach(), other.attach())
        assert await terminal.press(text="TEST") == Shown("NOTE", {"text": "1"})

        failed, meanwhile = await asyncio.gather(terminal.press(Aid.PF12), other.press(text="EASY"))

        unit = disk.one("SELECT unit FROM dump")
        assert failed.message.startswith(f"TEST abend {code}: step backed out, nothing lost.")
        assert f"Dump {unit >> 32}-{unit & 0xFFFFFFFF}" in failed.message
        assert len(failed.message) <= 80
        assert failed.values == {"text": "1"}
        assert meanwhile == Shown("NOTE", {"text": "easy"})
        ((transid, dumped, message),) = dumps(disk)
        assert (transid, dumped) == ("TEST", code)
        assert word in message
        assert len(message) <= 5_000
        assert disk.balance(1) == 100
        assert disk.one("SELECT count(*) FROM ledger") == 0
        assert disk.one("SELECT outcome FROM step WHERE unit = ?", unit) == "abend"
        assert await terminal.press() == Shown("NOTE", {"text": "2"})
        assert await other.press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert region.admission.running == 0
        assert len(region.engine.locks) == len(region.engine.overlay) == 0


async def test_program_that_cancels_itself_and_does_not_wait_for_it_is_taken_at_its_word(disk: Disk) -> None:
    """Neither its own step nor the terminal's next one is cancelled."""

    @transaction("STAY")
    async def stay(task: Task[NoArea]) -> Outcome:
        current = asyncio.current_task()
        assert current
        current.cancel()
        return Finish(Send("NOTE", {"text": "stayed"}))

    async with region_on(disk, stay) as region:
        terminal = Terminal(region)
        await terminal.attach()
        for _ in range(2):
            assert await terminal.press(text="STAY") == Shown("NOTE", {"text": "stayed"})
        current = asyncio.current_task()
        assert current
        assert current.cancelling() == 0


async def abended(region: Region, fault: Aid = Aid.PF12) -> Terminal:
    """A terminal in a conversation whose last step abended."""
    terminal = Terminal(region)
    await terminal.attach()
    await terminal.press(text="BAD")
    await terminal.press(fault)
    return terminal


@transaction("BAD")
async def bad(task: Task[NoArea]) -> Outcome:
    """Fails on PF12."""
    if task.aid is Aid.PF12:
        raise RuntimeError("bad")
    return Converse(Send("NOTE", {"text": "good"}))


async def test_clear_leaves_after_an_abend(disk: Disk) -> None:
    """Clear after an abend ends the conversation and leaves a blank screen to type on."""
    async with region_on(disk, bad) as region:
        terminal = await abended(region)
        assert await terminal.press(Aid.CLEAR) == Shown()
        assert disk.ask("SELECT state FROM conversation") == [("ended",)]
        assert await terminal.press(text="BAD") == Shown("NOTE", {"text": "good"})


async def test_any_other_key_runs_the_program_again(disk: Disk) -> None:
    """The abended program gets the next key, with the area from before the abend."""
    async with region_on(disk, bad) as region:
        terminal = await abended(region)
        assert "abend ASRA" in (await terminal.press(Aid.PF12)).message
        assert await terminal.press(Aid.PF1) == Shown("NOTE", {"text": "good"})
        assert await terminal.press(Aid.CLEAR) == Shown("NOTE", {"text": "good"})


async def test_abend_of_the_first_step_leaves_no_conversation(disk: Disk) -> None:
    """A transaction that fails at once leaves a terminal on which another can be typed."""

    @transaction("BAD1")
    async def worse(task: Task[NoArea]) -> Outcome:
        raise RuntimeError("at once")

    async with region_on(disk, bad, worse) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend ASRA" in (await terminal.press(text="BAD1")).message
        assert disk.ask("SELECT state FROM conversation") == [("ended",)]
        assert await terminal.press(text="BAD") == Shown("NOTE", {"text": "good"})


async def test_unknown_pending_transaction_keeps_the_conversation(disk: Disk) -> None:
    """A region without the pending program abends APCT; one that has it goes on where it was."""
    async with region_on(disk, bad) as knows, region_on(disk) as knows_not:
        terminal = Terminal(knows)
        await terminal.attach()
        await terminal.press(text="BAD")
        terminal.host = knows_not
        assert "BAD abend APCT" in (await terminal.press()).message
        terminal.host = knows
        assert await terminal.press() == Shown("NOTE", {"text": "good"})


async def test_dump_tells_what_an_operator_wants_to_know(disk: Disk) -> None:
    """The dump has the traceback with the program's line, the input without hidden fields, area and time."""

    @transaction("FORM", area=Tally)
    async def form(task: Task[Tally]) -> Outcome:
        if task.aid is Aid.PF5:
            raise RuntimeError("the line to find")
        task.area.good = 7
        return Converse(Send("FORM", {"source": "1"}))

    async with region_on(disk, form) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="FORM")
        await terminal.press(Aid.PF5, source="5", password="Passw0rd")  # noqa: S106 not one
        ((message, detail, taken_in, area, at),) = disk.ask(
            "SELECT message, detail, input, area, at FROM dump"
        )
        assert message == "RuntimeError: the line to find"
        assert "in form" in detail
        assert msgspec.json.decode(taken_in)["fields"] == {"password": "********", "source": "5"}
        assert msgspec.json.decode(area)["good"] == 7
        assert at == BEGINNING.isoformat(timespec="milliseconds")


@pytest.mark.parametrize("inner", [False, True], ids=["plain", "in a task group"])
async def test_endless_loop_is_interrupted_while_others_work(disk: Disk, inner: bool) -> None:
    """A loop that never returns to the monitor abends AICA; its lock is free again and others go on."""
    rounds = 0

    @transaction("LOOP")
    async def loop(task: Task[NoArea]) -> Outcome:
        nonlocal rounds
        await task.files[Account].read(1, update=True)
        async with asyncio.TaskGroup() as group:
            if inner:
                group.create_task(asyncio.sleep(0))
            while True:
                rounds += 1

    @transaction("PLN")
    async def plain(task: Task[NoArea]) -> Outcome:
        nonlocal rounds
        while True:
            rounds += 1

    @transaction("EASY")
    async def easy(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        return Finish(Send("NOTE", {"text": "easy"}))

    bad_one = loop if inner else plain
    async with region_on(disk, bad_one, easy, limits=Limits(runaway_s_max=0.1)) as region:
        disk.accounts({1: 100})
        looping, others = Terminal(region), [Terminal(region, f"T1{place}") for place in range(5)]
        await asyncio.gather(looping.attach(), *(other.attach() for other in others))
        answers = await asyncio.gather(
            looping.press(text=bad_one.transid), *(other.press(text="EASY") for other in others)
        )
        assert "abend AICA" in answers[0].message
        assert answers[1:] == [Shown("NOTE", {"text": "easy"})] * 5
        assert await others[0].press(text="EASY") == Shown("NOTE", {"text": "easy"})
        assert rounds > 0
        assert "runaway_s_max" in dumps(disk)[0][2]


async def test_program_that_catches_everything_is_interrupted_too(disk: Disk) -> None:
    """`except Exception` inside the loop does not keep a runaway alive."""

    @transaction("LOOP")
    async def loop(task: Task[NoArea]) -> Outcome:
        while True:
            with suppress(Exception):
                list(range(1000))

    async with region_on(disk, loop, limits=Limits(runaway_s_max=0.1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend AICA" in (await terminal.press(text="LOOP")).message


async def test_program_that_sleeps_on_its_own_is_no_runaway(disk: Disk) -> None:
    """Many short slices, longer together than `runaway_s_max`, are allowed."""

    @transaction("SLOW")
    async def slow(task: Task[NoArea]) -> Outcome:
        for _ in range(20):
            await asyncio.sleep(0.01)
        return Finish(Send("NOTE", {"text": "done"}))

    async with region_on(disk, slow, limits=Limits(runaway_s_max=0.1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="SLOW") == Shown("NOTE", {"text": "done"})


def test_record_of_a_step_that_waits_too_long_is_free_again(disk: Disk) -> None:
    """The step that sits on a record abends EWAI, and who waited for the record gets it."""

    @transaction("SIT")
    async def sit(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        await asyncio.Event().wait()
        return Finish()

    @transaction("WANT")
    async def want(task: Task[NoArea]) -> Outcome:
        await task.files[Account].read(1, update=True)
        return Finish(Send("NOTE", {"text": "got it"}))

    async def main() -> None:
        async with region_on(disk, sit, want, limits=Limits(runaway_s_max=0, wait_s_max=10)) as region:
            disk.accounts({1: 100})
            sits, wants = Terminal(region), Terminal(region, "T002")
            await asyncio.gather(sits.attach(), wants.attach())
            first = asyncio.create_task(sits.press(text="SIT"))
            await asyncio.sleep(8)
            assert (await wants.press(text="WANT")).values == {"text": "got it"}
            assert "abend EWAI" in (await first).message
            assert 10 <= asyncio.get_running_loop().time() <= 11

    run_virtually(main())


async def test_input_with_half_a_character_is_refused(disk: Disk) -> None:
    """An input that could not be kept in the history is refused, and the next one is taken."""
    async with region_on(disk, bad) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert (await terminal.refused(text="BAD \udc80")).reason is Reason.INPUT
        await terminal.press(text="BAD")
        assert disk.one("SELECT count(*) FROM step") == 1


@pytest.mark.parametrize(
    "text", ["", "BAD \0", "BAD \N{PILE OF POO}", "\N{DIGIT ONE}" * 20_000, "'; DROP TABLE"]
)
async def test_odd_inputs_are_answered(disk: Disk, text: str) -> None:
    """Nothing a keyboard can send harms the region."""
    async with region_on(disk, bad) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text=text)
        assert disk.one("SELECT count(*) FROM step") == 1


async def test_input_past_the_limits_is_refused(disk: Disk) -> None:
    """One character or one field too many is refused by the limit's name."""
    limits = Limits(runaway_s_max=0, input_chars_max=10, input_fields_max=2)
    async with region_on(disk, bad, limits=limits) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "input_chars_max" in (await terminal.refused(text="x" * 11)).text
        crowded = msgspec.structs.replace(terminal.input(), fields=((0, ""), (1, ""), (2, "")))
        answer = await terminal.send(crowded)
        assert "input_fields_max" in getattr(answer, "text", "")
        await terminal.press(text="x" * 10)


@pytest.mark.parametrize("finish", [False, True], ids=["converse", "finish"])
async def test_screen_past_its_limit_is_an_abend(disk: Disk, finish: bool) -> None:
    """A screen is measured in bytes, whatever the outcome that carries it."""

    @transaction("WIDE")
    async def wide(task: Task[NoArea]) -> Outcome:
        screen = Send("NOTE", {"text": "\N{EURO SIGN}" * 400})
        return Finish(screen) if finish else Converse(screen)

    limits = msgspec.structs.replace(QUIET, screen_bytes_max=1000)
    async with region_on(disk, wide, limits=limits) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend ELIM" in (await terminal.press(text="WIDE")).message

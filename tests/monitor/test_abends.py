"""A bad program harms only itself: a code, a message, a dump, everything backed out, and the work goes on."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from monitor import Aid, Converse, Finish, NoArea, Outcome, Send, Task, changed, transaction
from monitor.errors import TaskOver
from monitor.limits import Limits
from tests.monitor.bed import BEGINNING, QUIET, Disk, Terminal, dumps, region_on
from tests.monitor.faults import (
    Fault,
    Tally,
    abended,
    appends_file,
    awaits_cancelled,
    bad,
    cancels_itself,
    closes,
    deletes_missing,
    exits,
    fails_in_group,
    forgets_to_await,
    hears_nothing,
    interrupts,
    keeps_deep,
    keeps_half_a_character,
    keeps_much,
    keeps_object,
    keeps_wrong_type,
    leaves_a_write,
    overdraws,
    raises,
    raises_abend,
    raises_half_a_character,
    raises_long,
    raises_talkative,
    raises_unprintable,
    reads_half_a_character,
    reads_ledger_by_key,
    reads_odd_key,
    sits,
    writes_giant_number,
    writes_half_a_character,
    writes_odd_value,
    writes_twice,
)
from tests.monitor.plain import Shown
from tests.monitor.records import Account, Entry


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
        (
            forgets_to_await,
            "EAWT",
            "rewrite was called and not awaited, so it did nothing: write await before it, or in a plain def "
            "task.wait(...) around it",
        ),
        (leaves_a_write, "EAWT", "rewrite was called and not awaited"),
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


async def test_what_a_program_leaves_behind_adds_nothing_to_its_step(disk: Disk) -> None:
    """Not even while its own cancellation is taken back."""
    left: list[asyncio.Task[None]] = []

    @transaction("LEFT")
    async def leaves(task: Task[NoArea]) -> Outcome:
        async def later() -> None:
            await asyncio.sleep(0)
            task.files.append(Entry(1, 2, 1, "late"))

        left.append(asyncio.create_task(later()))
        await asyncio.sleep(0)
        current = asyncio.current_task()
        assert current
        current.cancel()
        return Finish(Send("NOTE", {"text": "left"}))

    async with region_on(disk, leaves) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert await terminal.press(text="LEFT") == Shown("NOTE", {"text": "left"})
        assert disk.one("SELECT count(*) FROM ledger") == 0
        assert isinstance(left[0].exception(), TaskOver)


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


async def test_an_error_that_quotes_a_hidden_field_is_masked(disk: Disk) -> None:
    """What was typed there is in no dump, even where Python's own message has it."""

    @transaction("FORM", area=Tally)
    async def form(task: Task[Tally]) -> Outcome:
        if task.aid is Aid.PF5:
            raise KeyError(int(task.fields["password"]))
        return Converse(Send("FORM", {"source": "1"}))

    async with region_on(disk, form) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="FORM")
        for password in ("pa'ss\\", "270182", "Sésame", "x"):
            await terminal.press(Aid.PF5, source="5", password=password)
        kept = disk.ask("SELECT message, detail FROM dump ORDER BY number")
        assert kept[0][0] == 'ValueError: invalid literal for int() with base 10: "********"'
        assert kept[1][0] == "KeyError: ********"
        assert kept[2][0] == "ValueError: invalid literal for int() with base 10: '********'"
        assert kept[3][0].startswith("masked: ")
        assert "in form" in kept[0][1]
        assert not any(secret in text for row in kept for text in row for secret in ("pa'ss", "270182"))


async def test_no_part_of_a_hidden_field_is_left_at_a_cut(disk: Disk) -> None:
    """A message is cut at its end, a traceback at its beginning: after both were masked."""

    @transaction("FORM", area=Tally)
    async def form(task: Task[Tally]) -> Outcome:
        if task.aid is Aid.PF5:
            password = task.fields["password"]
            raise ValueError("." * 25 + password + "." * 20 + password + "." * 35)
        return Converse(Send("FORM", {"source": "1"}))

    async with region_on(disk, form, limits=msgspec.structs.replace(QUIET, dump_chars_max=40)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        await terminal.press(text="FORM")
        typed = {"password": "opensesame"}
        await terminal.press(Aid.PF5, **typed)
        (kept,) = disk.ask("SELECT message, detail FROM dump")
        assert kept == ("ValueError: " + "." * 25 + "***", "****" + "." * 35 + "\n")

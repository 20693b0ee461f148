"""Work handed to other processes: it uses them, an error there is an error here, and a dead one is an abend."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.limits import Limits
from monitor.offload import NICENESS, Processes
from tests.monitor.bed import Disk, Terminal, dumps, region_on


def where() -> tuple[int, int]:
    """The process this runs in, and how nice it is."""
    return os.getpid(), os.nice(0)


def divide(one: int, by: int) -> float:
    """Fails for zero."""
    return one / by


def dies() -> None:
    """A worker that is killed, as for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def hangs() -> None:
    """Never ends."""
    while True:
        time.sleep(1)


BEHIND_A_WINDOW = """
import asyncio, io, os, sys
from monitor.offload import Processes

class Window(io.StringIO):
    def fileno(self):
        return -1

if "drawn" in sys.argv:
    sys.stderr = Window()
processes = Processes(1)
asyncio.run(processes.run(os.system, "echo one; echo two >&2"))
print(asyncio.run(processes.run(len, "abc")))
processes.close()
"""


@pytest.mark.parametrize(("terminal", "told"), [("drawn", ""), ("none", "one\ntwo\n")])
def test_what_is_printed_elsewhere_is_no_answer(terminal: str, told: str) -> None:
    """Nor is it written over a terminal. Textual's stand-in for standard error has no file, and is no hindrance."""
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_A_WINDOW, terminal],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", told, 0)


@pytest.fixture
def processes() -> Iterator[Processes]:
    """Two workers."""
    made = Processes(2)
    yield made
    made.close()


async def test_workers_are_made_as_needed_and_used_again(processes: Processes) -> None:
    """None before the first call; two calls at once use two; a third uses one of them; all are nice."""
    assert processes.count == 0
    one, two = await asyncio.gather(processes.run(where), processes.run(where))
    assert len({os.getpid(), one[0], two[0]}) == 3
    assert await processes.run(where) in (one, two)
    assert processes.count == 2
    assert one[1] == two[1] == min(19, os.nice(0) + NICENESS)


async def test_a_dead_worker_fails_its_own_call_only(processes: Processes) -> None:
    """The call whose process was killed is told so; the one beside it and the next are answered."""
    killed, divided = await asyncio.gather(
        processes.run(dies), processes.run(divide, 1, 2), return_exceptions=True
    )
    assert "EOFF: the process that computed dies ended" in str(killed)
    assert divided == 0.5
    assert await processes.run(divide, 4, 2) == 2


async def killed_at_rest(processes: Processes) -> int:
    """The number of a worker that was killed while it had nothing to do."""
    pid, _ = await processes.run(where)
    (worker,) = (child for child in active_children() if child.pid == pid)
    worker.kill()
    await asyncio.to_thread(ended, worker)
    return pid


def ended(worker: BaseProcess) -> None:
    """Wait until this process knows; the pool's thread waits as well, and may be told first."""
    while worker in active_children():
        time.sleep(0.01)


async def test_a_worker_that_died_at_rest_costs_nobody_a_call(processes: Processes) -> None:
    """Nothing was begun in it: another one takes the call."""
    pid = await killed_at_rest(processes)
    assert (await processes.run(where))[0] != pid
    assert processes.count == 1


async def test_a_number_that_is_free_again_is_not_killed(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has ended has left its number to whoever comes."""
    pid = await killed_at_rest(processes)
    killed = []
    monkeypatch.setattr(os, "kill", lambda number, _: killed.append(number))
    processes.close()
    assert pid not in killed


class OddError(Exception):
    """One that pickle cannot make again: it takes two arguments, and keeps one."""

    def __init__(self, row: int, why: str) -> None:
        super().__init__(f"{row}: {why}")


def odd() -> None:
    """Fail in an odd way."""
    raise OddError(7, "no rate")


async def test_an_error_that_cannot_be_brought_over_is_told(processes: Processes) -> None:
    """By its name and text; the process lives on."""
    pid, _ = await processes.run(where)
    with pytest.raises(RuntimeError, match="OddError: 7: no rate"):
        await processes.run(odd)
    assert (await processes.run(where))[0] == pid


def exhausts() -> object:
    """Ask an iterator for more than it has."""
    return next(iter(()))


async def test_an_error_that_no_future_can_have_is_told(processes: Processes) -> None:
    """A StopIteration would never come to who waits."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(processes.run(exhausts), 20)


async def test_a_call_given_up_ends_its_process(processes: Processes) -> None:
    """A cancelled call leaves no process that goes on for ever."""
    pid, _ = await processes.run(where)
    with suppress(TimeoutError):
        await asyncio.wait_for(processes.run(hangs), 0.05)
    assert processes.count == 0
    for _ in range(300):
        if not running(pid):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the process is still there")


@transaction("OFF")
async def offloads(task: Task[NoArea]) -> Outcome:
    """Divide in another process; by what was typed."""
    ratio = await task.offload(divide, 1, int(task.received.text.split()[1]))
    return Finish(Send("NOTE", {"text": str(ratio)}))


@transaction("DIES")
async def kills(task: Task[NoArea]) -> Outcome:
    """Its worker dies."""
    await task.offload(dies)
    return Finish()


@transaction("HANG")
def waits(task: Task[NoArea]) -> Outcome:
    """A synchronous program that hands its work on, and never gets it back."""
    task.wait(task.offload(hangs))
    return Finish()


async def test_a_program_hands_work_on(disk: Disk) -> None:
    """The result; an error of the function as ASRA; a dead process as EOFF; one that never ends as EWAI."""
    limits = Limits(runaway_s_max=0, wait_s_max=5, processes_max=2)
    async with region_on(disk, offloads, kills, waits, limits=limits) as region:
        terminals = [Terminal(region, f"T{place}") for place in range(4)]
        for terminal in terminals:
            await terminal.attach()
        texts = ("OFF 4", "OFF 0", "DIES", "HANG")
        answers = await asyncio.gather(
            *(terminal.press(text=text) for terminal, text in zip(terminals, texts, strict=True))
        )
        assert answers[0].values == {"text": "0.25"}
        codes = {(transid, code) for transid, code, _ in dumps(disk)}
        assert codes == {("OFF", "ASRA"), ("DIES", "EOFF"), ("HANG", "EWAI")}
        assert (await terminals[0].press(text="OFF 2")).values == {"text": "0.5"}
    assert region.engine.processes.count == 0


async def test_a_function_that_cannot_be_sent_is_an_error(disk: Disk) -> None:
    """A local function cannot be pickled: ASRA, and the worker is used again."""

    @transaction("LOC")
    async def local(task: Task[NoArea]) -> Outcome:
        return Finish(Send("NOTE", {"text": str(await task.offload(lambda: 1))}))

    async with region_on(disk, local, offloads, limits=Limits(processes_max=1)) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "LOC abend ASRA" in (await terminal.press(text="LOC")).message
        assert (await terminal.press(text="OFF 2")).values == {"text": "0.5"}


REGION = """
import asyncio, os, sys, time
from monitor.offload import Processes
from tests.monitor.test_offload import where

async def main():
    pid, _ = await Processes(1).run(where)
    print(pid, flush=True)
    time.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_workers_end_with_a_region_that_is_killed(tmp_path: Path) -> None:
    """A region that is killed closes nothing; its workers notice, and leave nothing behind."""
    script = tmp_path / "region.py"
    script.write_text(REGION, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment) as region:
        assert region.stdout is not None
        worker = int(region.stdout.readline())
        region.kill()
    for _ in range(300):
        if not running(worker):
            return
        time.sleep(0.01)
    pytest.fail("the worker is still there")


def running(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

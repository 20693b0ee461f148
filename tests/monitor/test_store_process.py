"""The store's own process: when it is used, what its end means, and that it never outlives its region."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import StoreBroken, StoreBusy, StoreProcessLost
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import Region, open_region
from monitor.store import COMMITTED, Key, Unit
from monitor.store.process import StoreProcess, Unsendable, start
from monitor.store.relay import RelayedStore
from monitor.store.tables import MONITOR_TABLES
from monitor.store.wire import Answer, Found, Frames, Judged, Opening, answer_in, frame, opening_of
from tests.monitor.stores import threaded

SOON_S = 10.0


def opening(path: Path, busy_s_max: float = 5.0) -> Opening:
    """Of a store with the monitor's own tables."""
    return opening_of(path, MONITOR_TABLES, busy_s_max, cache_kib=256)


def layout(number: int, unit: int) -> Unit:
    """A unit that stores a layout."""
    return Unit(unit, {}, {Key("layout", number): (number, "{}", unit)}, [])


async def make(path: Path) -> None:
    """A store file."""
    async with open_region(Settings(store=str(path))):
        pass


def gone(pid: int) -> bool:
    """True once there is no such process, or only what its parent has not asked for yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/status")
    return status.is_file() and "\nState:\tZ" in status.read_text()


async def until_gone(pid: int) -> bool:
    """True as soon as the process is gone; False if it stays."""
    for _ in range(int(SOON_S / 0.05)):
        if gone(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_killed_process_fails_what_it_was_asked(tmp_path: Path) -> None:
    """Its requests end at once with an error that says to press the key again, and so do later ones."""
    await make(tmp_path / "store.db")
    store = await start(opening(tmp_path / "store.db"))
    assert await store.commit([layout(1, 1)]) == [COMMITTED]
    asked = asyncio.ensure_future(store.read([Key("layout", 1)]))
    await asyncio.sleep(0)
    os.kill(store.pid, signal.SIGKILL)
    with pytest.raises(StoreProcessLost, match="press the key again"):
        await asked
        await store.read([Key("layout", 1)])  # the first may have been answered before the signal came
    with pytest.raises(StoreProcessLost):
        await store.commit([layout(2, 2)])
    assert await until_gone(store.pid)
    await store.close()


async def test_a_store_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    """The error of the other process is raised here, and that process is gone."""
    (tmp_path / "store.db").write_text("This is not a database, and long enough to look like none." * 20)
    with pytest.raises(StoreBroken, match="not a database"):
        await start(opening(tmp_path / "store.db"))


async def test_a_busy_store_is_busy_over_there_too(tmp_path: Path) -> None:
    """Errors keep their kind on the way, so that a terminal is told what to do."""
    await make(tmp_path / "store.db")
    store = await start(opening(tmp_path / "store.db", busy_s_max=0.05))
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await store.commit([layout(1, 1)])
    assert await store.commit([layout(1, 1)]) == [COMMITTED]
    assert store.cpu_s > 0
    await store.close()
    assert gone(store.pid)


BUSY_TERMINALS = 24


@asynccontextmanager
async def busy_region(path: Path) -> AsyncIterator[tuple[Region, list[Attachment]]]:
    """A region whose store has a process of its own by now, and its terminals."""
    limits = Limits(store_process_units_min=4)
    async with open_region(Settings(store=str(path), limits=limits)) as region:
        attached = [await region.attach(f"T{number:03}") for number in range(BUSY_TERMINALS)]
        terminals = [one for one in attached if isinstance(one, Attachment)]
        async with asyncio.timeout(60):
            for number in itertools.count(1):
                await press(region, terminals, number)
                if region.elsewhere_cpu_s() > 0:
                    break
        yield region, terminals


async def press(region: Region, terminals: list[Attachment], number: int) -> list[str]:
    """Enter at all terminals at once; the texts of those that were refused."""
    answers = await asyncio.gather(
        *(
            region.step(Inbound(one.terminal, one.epoch, one.sequence + number, Aid.ENTER))
            for one in terminals
        )
    )
    return [str(answer) for answer in answers if not isinstance(answer, Outbound)]


def process_of(region: Region) -> StoreProcess:
    """The store's own process, which a busy region has."""
    assert isinstance(region.store, RelayedStore)
    assert region.store.process is not None
    return region.store.process


async def test_a_region_goes_on_without_its_process(tmp_path: Path) -> None:
    """Steps under way when it dies may be refused; pressed again they are done once, and nothing is lost."""
    async with busy_region(tmp_path / "store.db") as (region, terminals):
        (done,) = (await region.store.select("SELECT max(sequence) FROM step", {}, 1))[0]
        last = done - terminals[0].sequence
        pid = process_of(region).pid
        pressed = asyncio.gather(press(region, terminals, last + 1))
        os.kill(pid, signal.SIGKILL)
        refused = (await pressed)[0]
        assert all("press the key again" in text for text in refused)
        while refused:
            refused = await press(region, terminals, last + 1)
        assert await press(region, terminals, last + 2) == []
        assert await until_gone(pid)
        rows = await region.store.select(
            "SELECT count(*), count(DISTINCT terminal || sequence) FROM step", {}, 1
        )
        assert rows[0] == ((last + 3) * BUSY_TERMINALS,) * 2


async def test_the_process_ends_with_its_region(tmp_path: Path) -> None:
    """Closed, the region waits for it."""
    async with busy_region(tmp_path / "store.db") as (region, _):
        pid = process_of(region).pid
        assert region.elsewhere_cpu_s() > 0
    assert gone(pid)


KILLED_REGION = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.monitor.test_store_process import busy_region, process_of

async def main() -> None:
    async with busy_region(Path(sys.argv[1])) as (region, _):
        print(process_of(region).pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_the_process_ends_when_its_region_is_killed(tmp_path: Path) -> None:
    """SIGKILL closes nothing; the process sees that nobody is there any more."""
    command = [sys.executable, "-c", KILLED_REGION, str(tmp_path / "store.db")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    began = time.monotonic()
    assert await until_gone(int(done.stdout))
    assert time.monotonic() - began < SOON_S


@settings(max_examples=40)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6), st.integers(1, 5000))
def test_frames_come_out_as_they_went_in(sizes: list[int], piece: int) -> None:
    """However the bytes are cut on their way, the messages are the same, and large ones leave no large buffer."""
    sent: list[Answer] = [
        Found(0.5, ["x" * 997, [(0, size, "y", None)]] * size)
        if size % 2
        else Judged(0.5, [COMMITTED] * size)
        for size in sizes
    ]
    data = b"".join(frame(number, message) for number, message in enumerate(sent))
    frames = Frames()
    got: list[tuple[int, Answer]] = []
    at = 0
    while at < len(data):
        with frames.room() as room:
            count = min(piece, len(room), len(data) - at)
            room[:count] = data[at : at + count]
        got += [(number, answer_in(body)) for number, body in frames.filled(count)]
        at += count
    assert got == list(enumerate(sent))
    with frames.room() as room:
        assert len(room) <= 1 << 18


async def test_the_log_is_safe_from_a_store_that_was_renamed(tmp_path: Path) -> None:
    """A process that finds no file, or another one, under the name of the store touches nothing and is not used."""
    path = tmp_path / "store.db"
    await make(path)
    asked = opening(path)
    path.rename(tmp_path / "moved.db")
    with pytest.raises(StoreProcessLost, match=r"No such file.*store\.db"):
        await start(asked)
    assert not path.exists()
    await make(path)
    with pytest.raises(StoreProcessLost, match="another file"):
        await start(asked)


async def test_a_process_makes_no_log_in_place_of_one_that_was_removed(tmp_path: Path) -> None:
    """What the region's own connections have committed is in the one that has no name any more."""
    path = tmp_path / "store.db"
    async with threaded(path) as open_one:
        await open_one()
        asked = opening(path)
        (tmp_path / "store.db-wal").unlink()
        with pytest.raises(StoreProcessLost, match="the log of the store"):
            await start(asked)
        assert not (tmp_path / "store.db-wal").exists()


async def test_another_version_of_the_code_is_not_asked(tmp_path: Path) -> None:
    """After an upgrade in place a running region goes on with its threads."""
    await make(tmp_path / "store.db")
    asked = msgspec.structs.replace(opening(tmp_path / "store.db"), fingerprint="older")
    with pytest.raises(StoreProcessLost, match="another version"):
        await start(asked)


async def test_a_process_that_stands_still_is_ended(tmp_path: Path) -> None:
    """Stopped at work it is killed when its time for an answer is over; who waited is told."""
    await make(tmp_path / "store.db")
    store = await start(opening(tmp_path / "store.db", busy_s_max=0.2), answer_s_max=1.0)
    os.kill(store.pid, signal.SIGSTOP)
    with pytest.raises(StoreProcessLost):
        await asyncio.wait_for(store.commit([layout(1, 1)]), SOON_S)
    assert await until_gone(store.pid)


class Stuck:
    """A process that does not end when it is killed: the disk holds it up."""

    pid = 1

    def __init__(self) -> None:
        self.killed = False
        self.waited: list[threading.Thread] = []

    def poll(self) -> None:
        """It is there."""

    def kill(self) -> None:
        self.killed = True

    def wait(self, timeout: float | None = None) -> None:
        self.waited.append(threading.current_thread())
        if timeout is not None:
            raise subprocess.TimeoutExpired("store", timeout)


async def test_a_process_that_cannot_be_killed_holds_up_nobody() -> None:
    """Only a thread waits for its end, when its time for an answer is over and when the region closes."""
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        process = Stuck()
        store = StoreProcess(process, ours, answer_s_max=0.001)  # type: ignore[arg-type]
        await asyncio.get_running_loop().create_connection(lambda: store, sock=ours)
        with pytest.raises(StoreProcessLost):
            await store.read([Key("layout", 1)])
        await store.close()
        assert process.killed
        assert threading.current_thread() not in process.waited


async def test_an_undecodable_unit_does_not_end_the_process(tmp_path: Path) -> None:
    """It is told so, nothing of it is done, and the process goes on."""
    await make(tmp_path / "store.db")
    store = await start(opening(tmp_path / "store.db"))
    odd = Unit(1, {Key("layout", 1): None}, {}, [])  # type: ignore[dict-item]  # a table with NULL in written_by
    with pytest.raises(Unsendable):
        await store.commit([odd])
    assert await store.commit([layout(2, 2)]) == [COMMITTED]
    await store.close()


def test_a_region_runs_on_another_event_loop(tmp_path: Path) -> None:
    """On uvloop steps are stored, and the store's process takes over and ends with the region."""
    uvloop = pytest.importorskip("uvloop", reason="there is no uvloop for this machine")

    async def work() -> int:
        async with busy_region(tmp_path / "store.db") as (region, terminals):
            pid = process_of(region).pid
            (done,) = (await region.store.select("SELECT max(sequence) FROM step", {}, 1))[0]
            assert await press(region, terminals, done - terminals[0].sequence + 1) == []
        return pid

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert gone(runner.run(work()))

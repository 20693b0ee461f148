"""The region's log: few events, one JSON object a line, and only where the settings say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from monitor import Abend, Finish, NoArea, Outcome, Task, transaction
from monitor.errors import StartupError
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.limits import Limits
from monitor.log import RegionLog
from monitor.settings import Settings
from monitor.startup import Region, open_region
from tests.monitor.bed import Disk, region_on


@transaction("BAD")
async def bad(task: Task[NoArea]) -> Outcome:
    """End badly when asked to."""
    if task.received.text != "GOOD":
        raise Abend("MINE", "as asked")
    return Finish()


async def _bad(region: Region) -> None:
    attached = await region.attach("T001")
    assert isinstance(attached, Attachment)
    assert isinstance(await region.step(Inbound("T001", attached.epoch, 1, Aid.ENTER, text="BAD")), Outbound)


async def test_an_abend_is_logged(tmp_path: Path) -> None:
    """Start, abend and stop are in the log, with the code and the unit; nothing else is."""
    log = tmp_path / "region.log"
    settings = Settings(
        store=str(tmp_path / "s.db"),
        programs=("tests.monitor.test_log",),
        good_morning_transid="",
        log=str(log),
    )
    async with open_region(settings) as region:
        await _bad(region)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert ["region started", "abend", "region stopped"] == [line["event"] for line in lines]
    assert ("MINE", "BAD", "warning") == (lines[1]["code"], lines[1]["transid"], lines[1]["level"])


async def test_no_log_is_no_file(disk: Disk) -> None:
    """Without a setting nothing is written anywhere."""
    async with region_on(disk, bad) as region:
        await _bad(region)
        assert region.log.log.info("dropped") is None


async def test_a_log_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    """A log in a folder that is not there stops the start with a sentence, not a traceback."""
    settings = Settings(
        store=str(tmp_path / "s.db"),
        programs=(),
        good_morning_transid="",
        limits=Limits(),
        log=str(tmp_path / "no/log"),
    )
    with pytest.raises(StartupError, match="cannot be written"):
        async with open_region(settings):
            pass


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@needs_full
async def test_a_log_without_room_harms_no_step(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The region starts, an abend is answered, the region stops; it is told once."""
    settings = Settings(
        store=str(tmp_path / "s.db"),
        programs=("tests.monitor.test_log",),
        good_morning_transid="",
        log="/dev/full",
    )
    async with open_region(settings) as region:
        await _bad(region)
    told = "log /dev/full cannot be written (No space left on device)"
    assert [told in record.getMessage() for record in caplog.records] == [True]


def test_a_line_after_lost_ones_says_how_many(tmp_path: Path) -> None:
    """A pipe whose reader goes away loses lines, and whoever reads next is told."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log = RegionLog(str(pipe))
    log.log.info("read")
    assert b"read" in os.read(reader, 1000)
    os.close(reader)
    for event in ("lost", "lost as well"):
        log.log.info(event)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log.log.info("read again")
    log.log.info("and again")
    log.close()
    read = [json.loads(line) for line in os.read(reader, 1000).splitlines()]
    os.close(reader)
    assert [("read again", 2), ("and again", None)] == [
        (line["event"], line.get("lines_lost")) for line in read
    ]


def test_a_line_that_is_cut_short_ends_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills takes a part of a line; the next one begins on a line of its own."""
    file, write = tmp_path / "log", os.write
    log = RegionLog(str(file))
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, line: write(handle, line[:9]))
        log.log.info("cut")
    log.log.info("whole")
    log.close()
    cut, whole = file.read_text().splitlines()
    assert (9, "whole", 1) == (len(cut), json.loads(whole)["event"], json.loads(whole)["lines_lost"])


def test_a_pipe_that_nobody_reads_is_told_at_the_start(tmp_path: Path) -> None:
    """Opening it does not wait for a reader."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"):
        RegionLog(str(tmp_path / "pipe"))

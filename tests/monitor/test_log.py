"""The region's log: few events, one JSON object a line, and only where the settings say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor import Abend, Finish, NoArea, Outcome, Task, transaction
from monitor.errors import StartupError
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.limits import Limits
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

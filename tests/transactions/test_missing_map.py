"""A program that names a map or a field that is not there abends ABM0, and its dump says what there is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor import Finish, NoArea, Outcome, Send, Task, transaction
from monitor.exchange import Aid, Attachment, Inbound, Outbound
from monitor.settings import Settings
from monitor.startup import open_region
from transactions.menu.maps import MENU01


@transaction("NOMP")
async def no_map(task: Task[NoArea]) -> Outcome:
    """Show a map nobody declared."""
    return Finish(Send("MENU99"))


@transaction("NOFD")
async def no_field(task: Task[NoArea]) -> Outcome:
    """Fill a field the map has not."""
    return Finish(MENU01.show(selektion="1"))


@pytest.mark.parametrize(("transid", "named"), [("NOMP", "MENU99"), ("NOFD", "selektion")])
async def test_a_missing_map_or_field_is_abm0(tmp_path: Path, transid: str, named: str) -> None:
    """The terminal sees ABM0; the dump names what was asked for and the nearest known name."""
    store = tmp_path / "s.db"
    settings = Settings(
        store=str(store), programs=("tests.transactions.test_missing_map",), good_morning_transid=""
    )
    async with open_region(settings) as region:
        attached = await region.attach("T1")
        assert isinstance(attached, Attachment)
        answer = await region.step(Inbound("T1", attached.epoch, 1, Aid.ENTER, text=transid))
    assert isinstance(answer, Outbound)
    assert f"{transid} abend ABM0" in answer.screen
    with closing(sqlite3.connect(store)) as database:
        ((code, message),) = database.execute("SELECT code, message FROM dump").fetchall()
    assert code == "ABM0"
    assert named in message
    assert "MENU0" in message or "selection" in message

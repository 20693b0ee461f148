"""A value of another type than its field's never reaches the table."""

from __future__ import annotations

from typing import Any

import pytest

from monitor import Finish, NoArea, Outcome, Query, Send, Task, transaction
from tests.monitor.bed import Disk, Terminal, dumps, region_on
from tests.monitor.records import Account, Entry


@pytest.mark.parametrize(
    "record",
    [Account(1, "X", "many"), Account(1, 5, 5), Entry(1, 2, "ten", "r")],  # type: ignore[arg-type]
)
async def test_a_wrong_type_abends(disk: Disk, record: Any) -> None:
    """The step abends EREC and names the field; nothing is stored."""

    @transaction("TYPE")
    async def typed(task: Task[NoArea]) -> Outcome:
        if isinstance(record, Account):
            await task.files[Account].write(record)
        else:
            task.files.append(record)
        return Finish(Send("NOTE", {"text": "stored"}))

    async with region_on(disk, typed) as region:
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend EREC" in (await terminal.press(text="TYPE")).message
    assert "another type" in dumps(disk)[0][2]
    assert disk.one("SELECT count(*) FROM account") == disk.one("SELECT count(*) FROM ledger") == 0


NULLS = Query("nulls", "SELECT number, owner, NULL FROM account LIMIT :limit", Account)


@pytest.mark.parametrize("way", ["read", "browse", "select"])
async def test_another_type_that_sql_has_left_abends(disk: Disk, way: str) -> None:
    """However the record is read: a program may rely on its fields' types."""

    @transaction("TYPE")
    async def typed(task: Task[NoArea]) -> Outcome:
        accounts = task.files[Account]
        if way == "read":
            await accounts.read(1)
        elif way == "browse":
            await accounts.browse(limit=1)
        else:
            await task.files.select(NULLS, limit=1)
        return Finish()

    async with region_on(disk, typed) as region:
        disk.accounts({1: 5})
        disk.ask("UPDATE account SET balance = 'five'")
        terminal = Terminal(region)
        await terminal.attach()
        assert "abend EREC" in (await terminal.press(text="TYPE")).message
    found = "NULL" if way == "select" else "a str"
    assert f"Account has another type in the store: {found} in balance" in dumps(disk)[0][2]

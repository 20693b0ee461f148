"""One transfer, and every single store call of it failing in turn: before its effect, after it, or for good."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

import pytest

from monitor.exchange import Aid
from tests.simulation.checkers import check_history, check_money, check_postings
from tests.simulation.programs import OPENING_BALANCE
from tests.simulation.virtual_time import run_virtually
from tests.simulation.world import (
    Faults,
    FaultyConnection,
    Operator,
    World,
    store_failure,
)

T = TypeVar("T")


class FailingCall(FaultyConnection):
    """Fails one call, counted from 1: `before` or `after` it takes effect, or its process `dies` then."""

    def __init__(self, world: World, number: int, how: str) -> None:
        super().__init__(world.disk.database, world.chance, Faults())
        self.calls = 0
        self._world = world
        self._number = number
        self._how = how

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Count, and fail if it is the one."""
        self.calls += 1
        failing = self.calls == self._number
        if failing and self._how == "before":
            raise store_failure()
        result = await super().run(work)
        if failing and self._how == "after":
            raise store_failure()
        if failing and self._how == "dies" and self._world.processes:
            await self._world.replace(0)
            raise store_failure()
        return result


async def one_transfer(number: int, how: str) -> int:
    """A transfer with call `number` failing; how many calls there were."""
    world = World(number, Faults(), regions=1)
    connection = FailingCall(world, number, how)
    usual, world.connect = world.connect, lambda: connection
    await world.open()
    world.connect = usual
    operator = Operator(world, "T001")
    await operator.attach()
    await operator.key(Aid.ENTER, "XFER")
    await operator.key(Aid.ENTER, source="1", target="2", amount="300")
    await operator.key(Aid.PF5)
    await operator.key(Aid.PF3)
    await world.close()
    check_money(world.disk)
    check_history(world.disk, world.acknowledged)
    check_postings(world.disk, world.acknowledged)
    moved = dict(world.disk.ask("SELECT number, balance FROM account WHERE number <= 2"))
    assert moved == {1: OPENING_BALANCE - 300, 2: OPENING_BALANCE + 300}
    assert world.disk.one("SELECT count(*) FROM ledger") == 1
    assert world.disk.one("SELECT count(*) FROM step") == 4
    world.disk.database.close()
    return connection.calls


@pytest.mark.parametrize("how", ["before", "after", "dies"])
def test_transfer_is_posted_once_whichever_call_fails(how: str) -> None:
    """For every N: the operator repeats the input or attaches anew, and the transfer is there exactly once."""
    calls = run_virtually(one_transfer(0, "never"))
    assert calls >= 10
    for number in range(1, calls + 1):
        run_virtually(one_transfer(number, how))


def test_calls_are_few() -> None:
    """Attaching and four steps need no more store calls than reads and commits: nothing is asked for alone."""
    assert run_virtually(one_transfer(0, "never")) <= 14


def test_virtual_world_closes() -> None:
    """A world that did nothing can be closed, and all is as it was."""

    async def main() -> None:
        world = World(1, Faults(), regions=1)
        await world.open()
        await world.close()
        check_money(world.disk)
        world.disk.database.close()
        assert asyncio.get_running_loop().time() >= 60

    run_virtually(main())

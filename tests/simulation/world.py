"""A small world: one database, regions that are killed and started again, terminals that never give up.

Everything that happens is drawn from one seed and happens on virtual time, so that a seed is a whole history.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from monitor.exchange import Aid, Attachment, Inbound, Outbound, Reason, Refused
from monitor.limits import Limits
from monitor.settings import Settings
from monitor.startup import Region, prepare_schema, start
from monitor.store.sqlite import SqliteStore
from monitor.store.tables import MONITOR_TABLES
from tests.monitor.bed import BEGINNING, Disk, application_of
from tests.monitor.plain import addressed, shown
from tests.monitor.records import TABLES
from tests.simulation.programs import ACCOUNTS, OPENING_BALANCE, PROGRAMS
from tests.simulation.virtual_time import LoopClock, VirtualLoop

T = TypeVar("T")
TRIES_MAX = 200


class Faults(NamedTuple):
    """What goes wrong, and how often."""

    delay_s_max: float = 0.02
    before: float = 0.0
    """Share of store calls that fail without effect."""
    after: float = 0.0
    """Share of store calls that take effect and then fail."""
    kills: int = 0
    """Times a region is killed."""
    duplicates: float = 0.0
    """Share of inputs that are sent twice at once."""
    attachments: float = 0.0
    """Share of inputs during which the terminal is attached anew."""


def store_failure() -> sqlite3.OperationalError:
    """What SQLite raises when another process holds the file too long."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


class FaultyConnection:
    """A connection with the verbs of `monitor.store.connection.Connection`, slow and unreliable."""

    def __init__(self, database: sqlite3.Connection, chance: random.Random, faults: Faults) -> None:
        self._database = database
        self._chance = chance
        self._faults = faults
        self.dead = False

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Wait, fail perhaps, do the work, wait, fail perhaps."""
        faults, chance = self._faults, self._chance
        await asyncio.sleep(chance.random() * faults.delay_s_max)
        self._fail_if(self.dead or chance.random() < faults.before)
        result = work(self._database)
        await asyncio.sleep(chance.random() * faults.delay_s_max)
        self._fail_if(self.dead or chance.random() < faults.after)
        return result

    async def close(self) -> None:
        """The database outlives its regions."""

    @staticmethod
    def _fail_if(failing: bool) -> None:
        if failing:
            raise store_failure()


class Process:
    """A region, and the calls under way in it, so that all can die together."""

    def __init__(self, region: Region, connection: FaultyConnection) -> None:
        self.region = region
        self.connection = connection
        self.calls: dict[asyncio.Task[Any], None] = {}  # in order, so that a seed is one history

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T | None:
        """The answer, or None if the process is dead, or died over it."""
        if self.connection.dead:
            coroutine.close()
            return None
        task = asyncio.get_running_loop().create_task(coroutine)
        self.calls[task] = None
        try:
            await asyncio.wait([task])
        finally:
            self.calls.pop(task, None)
        return None if task.cancelled() else task.result()

    def kill(self) -> None:
        """SIGKILL: no call is answered, and what the store has not done by now is not done."""
        self.connection.dead = True
        for task in list(self.calls):
            task.cancel()
        self.region.close()


class Acknowledged(NamedTuple):
    """An answer a terminal has shown."""

    terminal: str
    sequence: int
    screen: str


class World:
    """The database, the regions, the operators, and the trace of all that happened."""

    def __init__(self, seed: int, faults: Faults, regions: int) -> None:
        self.connect: Callable[[], FaultyConnection] = self._connection
        self.chance = random.Random(seed)  # noqa: S311 a seed is a whole history
        self.faults = faults
        self.disk = Disk()
        self.processes: list[Process] = []
        self.acknowledged: list[Acknowledged] = []
        self.kills = 0
        self._regions = regions
        self._trace = hashlib.sha256()

    @property
    def digest(self) -> str:
        """Stands for everything that happened, in its order, at its time."""
        return self._trace.hexdigest()

    def tell(self, *event: object) -> None:
        """Add to the trace."""
        now = asyncio.get_running_loop().time()
        self._trace.update(f"{now:.9f} {event}\n".encode())

    async def open(self) -> None:
        """Start the regions, and open the accounts."""
        for _ in range(self._regions):
            self.processes.append(await self.start_process())
        self.disk.accounts({number + 1: OPENING_BALANCE for number in range(ACCOUNTS)})

    async def start_process(self) -> Process:
        """Start a region; its number is the next one."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        application = application_of(PROGRAMS)
        self.disk.regions += 1
        reliable = FaultyConnection(self.disk.database, self.chance, Faults(delay_s_max=0))
        await prepare_schema(reliable, application)
        connection = self.connect()
        region = await start(
            Settings(
                presentation="tests.monitor.plain:PlainPresentation",
                good_morning_transid="",
                limits=Limits(runaway_s_max=0, tasks_max=64),
            ),
            application,
            store=SqliteStore(connection, connection, connection, (*MONITOR_TABLES, *TABLES)),
            number=self.disk.regions,
            clock=LoopClock(loop, BEGINNING),
            randomness=random.Random(self.chance.getrandbits(32)),  # noqa: S311 drawn from the seed
        )
        return Process(region, connection)

    def _connection(self) -> FaultyConnection:
        return FaultyConnection(self.disk.database, self.chance, self.faults)

    async def be_cruel(self) -> None:
        """Kill a region now and then, and start another in its place."""
        for _ in range(self.faults.kills):
            await asyncio.sleep(self.chance.random())
            place = self.chance.randrange(len(self.processes))
            await self.replace(place)

    async def replace(self, place: int) -> None:
        """Kill a region and start another in its place."""
        self.tell("kill", place)
        self.processes[place].kill()
        self.kills += 1
        self.processes[place] = await self.start_process()

    async def close(self) -> None:
        """Let what the killed left behind come to its end, and close the rest."""
        await asyncio.sleep(60)
        for process in self.processes:
            process.region.close()


class Operator:
    """Types transfers; repeats an input until it is answered, and attaches anew when the line is lost."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self.name = name
        self._process = world.processes[0]
        self._at = Attachment(name, 0, 0, "")

    async def work(self, rounds: int) -> None:
        """So many transfers or audits, one after the other."""
        chance = self._world.chance
        await self.attach()
        for _ in range(rounds):
            await asyncio.sleep(chance.random() / 10)
            if chance.random() < 0.2:
                await self.key(Aid.ENTER, "AUDT")
                continue
            await self.key(Aid.ENTER, "XFER")
            source, target = chance.sample(range(1, ACCOUNTS + 1), 2)
            amount = chance.randint(1, OPENING_BALANCE)
            await self.key(Aid.ENTER, source=str(source), target=str(target), amount=str(amount))
            await self.key(Aid.PF5)
            while await self.key(Aid.PF3):
                pass

    async def key(self, aid: Aid, text: str = "", **fields: str) -> bool:
        """Press a key until it is answered; True if the answer is an abend, and the conversation is open."""
        for _ in range(TRIES_MAX):
            inbound = Inbound(
                self.name,
                self._at.epoch,
                self._at.sequence + 1,
                aid,
                fields=addressed(self._at.screen, fields),
                text=text,
            )
            answer = await self._send(inbound)
            if isinstance(answer, Outbound):
                self._world.acknowledged.append(Acknowledged(self.name, answer.sequence, answer.screen))
                self._at = Attachment(self.name, self._at.epoch, answer.sequence, answer.screen)
                return "abend" in shown(answer.screen).message
            if answer is None or answer.reason in (Reason.TAKEN_OVER, Reason.OUT_OF_SEQUENCE):
                before = self._at.sequence
                await self.attach()
                if self._at.sequence > before:
                    return "abend" in shown(self._at.screen).message
            await asyncio.sleep(self._world.chance.random() / 10)
        raise AssertionError(f"{self.name} was not answered in {TRIES_MAX} tries")

    async def _send(self, inbound: Inbound) -> Outbound | Refused | None:
        world, chance = self._world, self._world.chance
        calls = [self._process.call(self._process.region.step(inbound))]
        if chance.random() < world.faults.duplicates:
            other = chance.choice(world.processes)
            calls.append(other.call(other.region.step(inbound)))
        if chance.random() < world.faults.attachments:
            await_attachment = asyncio.ensure_future(self._attach_soon())
        else:
            await_attachment = None
        answers = await asyncio.gather(*calls)
        if await_attachment is not None:
            await await_attachment
        world.tell(self.name, inbound, answers)
        outbound = [answer for answer in answers if isinstance(answer, Outbound)]
        assert len(set(outbound)) <= 1, "two answers to one input"
        return outbound[0] if outbound else answers[0]

    async def _attach_soon(self) -> None:
        """Somebody takes the terminal over, and is gone again."""
        process = self._world.chance.choice(self._world.processes)
        await asyncio.sleep(self._world.chance.random() / 20)
        with suppress(asyncio.CancelledError):
            await process.call(process.region.attach(self.name))

    async def attach(self) -> None:
        """Attach to any region, until one takes it, and see that no step was lost."""
        for _ in range(TRIES_MAX):
            self._process = self._world.chance.choice(self._world.processes)
            attached = await self._process.call(self._process.region.attach(self.name))
            self._world.tell(self.name, attached)
            if isinstance(attached, Attachment):
                assert attached.sequence in (self._at.sequence, self._at.sequence + 1), "a step was lost"
                if attached.sequence > self._at.sequence:
                    self._world.acknowledged.append(
                        Acknowledged(self.name, attached.sequence, attached.screen)
                    )
                elif self._at.sequence:
                    assert attached.screen == self._at.screen, "the terminal comes back to another screen"
                self._at = attached
                return
            await asyncio.sleep(self._world.chance.random() / 10)
        raise AssertionError(f"{self.name} could not attach in {TRIES_MAX} tries")

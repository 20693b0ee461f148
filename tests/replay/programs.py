"""Transactions the tests of replay play: a sign-on with a dark field, one that draws, and bad ones."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import tempfile
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime

from monitor import Aid, Area, Converse, Finish, Outcome, Task, transaction
from screens.field import Entry, Output
from screens.map import Map


class RPLY01(Map):
    """A form with a field that is not displayed."""

    picture = """
     RPLY01                       S I G N   O N

     User . . . . . .[name    ]
     Password . . . .[password]
     Said . . . . . .{said                                              }
     At . . . . . . .{moment              }
    """
    name = Entry(cursor=True)
    password = Entry(intensity="dark")
    said = Output()
    moment = Output()


class Count(Area):
    """How often Enter was pressed."""

    entered: int = 0


@transaction("SIGN", area=Count)
async def sign(task: Task[Count]) -> Outcome:
    """Tell whether the password was the right one, and what time it is."""
    if task.aid is Aid.PF3:
        return Finish()
    if task.first_time:
        return Converse(RPLY01.show(), area=Count())
    form = task.receive(RPLY01)
    said = "right" if form.password == "open" else "wrong"  # noqa: S105
    moment = task.now.isoformat(timespec="seconds")[:19]
    entered = task.area.entered + 1
    shown = RPLY01.show(form, said=f"{said}, {entered}, {task.random.randrange(10**6)}", moment=moment)
    return Converse(shown, area=Count(entered))


async def _shown(task: Task[Count], said: object) -> Outcome:
    return Converse(RPLY01.show(said=str(said)[:40]), area=Count())


@transaction("CLOC", area=Count)
async def reads_clock(task: Task[Count]) -> Outcome:
    """Reads the machine's clock."""
    return await _shown(task, datetime.now(UTC).year > 2000)


@transaction("TIME", area=Count)
async def reads_time(task: Task[Count]) -> Outcome:
    """Reads the machine's clock by another name."""
    return await _shown(task, time.time() > 0)


@transaction("RAND", area=Count)
async def draws(task: Task[Count]) -> Outcome:
    """Draws from the generator all share."""
    return await _shown(task, random.random() < 2)  # noqa: S311


@transaction("UNSE", area=Count)
async def draws_unseeded(task: Task[Count]) -> Outcome:
    """Draws from a generator of its own, without a seed."""
    return await _shown(task, random.Random().random() < 2)  # noqa: S311


@transaction("UUID", area=Count)
async def makes_id(task: Task[Count]) -> Outcome:
    """Makes an identifier of real randomness."""
    return await _shown(task, len(str(uuid.uuid4())))


@transaction("SEED", area=Count)
async def draws_seeded(task: Task[Count]) -> Outcome:
    """Does it right: a generator with a seed, an identifier and the time of the task."""
    return await _shown(task, (random.Random(7).random(), task.new_id(), task.now))  # noqa: S311


@transaction("BOOM", area=Count)
async def fails(task: Task[Count]) -> Outcome:
    """Abends on Enter."""
    if task.first_time:
        return Converse(RPLY01.show(said="Enter abends"))
    raise ZeroDivisionError


@transaction("THRE", area=Count)
def reads_time_in_thread(task: Task[Count]) -> Outcome:
    """Reads the machine's clock in a thread."""
    return Converse(RPLY01.show(said=str(time.monotonic() > 0)))


@transaction("COLL", area=Count)
async def collects(task: Task[Count]) -> Outcome:
    """Has the garbage collected while it computes."""
    return await _shown(task, gc.collect() >= 0)


@transaction("HOUR", area=Count)
async def reads_hour(task: Task[Count]) -> Outcome:
    """Writes the machine's time as text."""
    return await _shown(task, len(time.strftime("%H")))


@transaction("TEXT", area=Count)
async def writes_time(task: Task[Count]) -> Outcome:
    """Does it right: the task's time as text, and read again."""
    moment = task.now.timetuple()
    read = datetime.strptime(time.strftime("%Y-%m-%d +0000", moment), "%Y-%m-%d %z")
    return await _shown(task, (time.asctime(moment), read))


@transaction("CHIL", area=Count)
async def reads_time_in_children(task: Task[Count]) -> Outcome:
    """Reads the machine's clock in tasks of its own, after they have waited."""

    async def read() -> bool:
        await asyncio.sleep(0)
        return time.time_ns() > 0

    return await _shown(task, await asyncio.gather(read(), read()))


@transaction("WAIT", area=Count)
async def waits(task: Task[Count]) -> Outcome:
    """Waits, for a time and in a thread: asyncio reads the clock for itself."""
    async with asyncio.timeout(60):
        await asyncio.sleep(0.001)
        await asyncio.wait_for(asyncio.sleep(0), 60)
        return await _shown(task, await asyncio.to_thread(len, "abc"))


@transaction("LOGS", area=Count)
async def logs(task: Task[Count]) -> Outcome:
    """Logs, and has a file for a moment: both for themselves read the clock, or draw a name."""
    logging.getLogger(__name__).warning("hi")
    with tempfile.TemporaryFile() as file, tempfile.NamedTemporaryFile():
        return await _shown(task, file.write(b"abc"))


@transaction("LOOP", area=Count)
async def reads_loop_time(task: Task[Count]) -> Outcome:
    """Reads the clock of the event loop."""
    return await _shown(task, asyncio.get_running_loop().time() > 0)


@transaction("BELO", area=Count)
async def reads_time_below_logging(task: Task[Count]) -> Outcome:
    """Reads the machine's clock in a function that logging calls."""
    logger = logging.Logger("shy")
    logger.addFilter(lambda _: time.time() < 0)
    logger.warning("never told")
    return await _shown(task, "done")


@transaction("CANC", area=Count)
async def cancels_a_child(task: Task[Count]) -> Outcome:
    """Cancels a task of its own before that has begun."""
    child = asyncio.create_task(asyncio.sleep(1))
    child.cancel()
    with suppress(asyncio.CancelledError):
        await child
    return await _shown(task, "done")


class RPLY27(Map):
    """A wide form."""

    rows = 27
    columns = 132
    picture = """
     RPLY27                                                                                         W I D E

     Code . .[code    ]
    """
    code = Entry(cursor=True)


@transaction("WIDE", area=Count)
async def shows_wide(task: Task[Count]) -> Outcome:
    """Leaves a wide screen with a field in which the next transaction is typed."""
    return Converse(RPLY27.show(), area=Count()) if task.first_time else Finish(RPLY27.show())

"""The retention of the history: old steps go, those that are somebody's state stay."""

from __future__ import annotations

from monitor import Aid, Converse, Finish, NoArea, Outcome, Send, Task, transaction
from monitor.history import prune
from tests.monitor.bed import Disk, Terminal, region_on
from tests.monitor.plain import Shown

OLD, LATELY, TODAY = "2025-01-01T00:00", "2025-12-01T00:00", "2026-01-01T00:00"


@transaction("TALK")
async def talk(task: Task[NoArea]) -> Outcome:
    """Converse until PF3."""
    return Finish() if task.aid is Aid.PF3 else Converse(Send("NOTE", {"text": str(task.step)}))


async def conversation(disk: Disk, name: str, *, end: bool, regions: int = 1) -> Terminal:
    """A terminal that has talked for three steps."""
    for _ in range(regions):
        async with region_on(disk, talk) as region:
            terminal = Terminal(region, name)
            await terminal.attach()
            await terminal.press(text="TALK")
            await terminal.press()
            if end:
                await terminal.press(Aid.PF3)
    return terminal


async def test_old_steps_go_and_the_state_of_every_terminal_stays(disk: Disk) -> None:
    """The last step of an open conversation, and the screen of any terminal, outlive every limit."""
    await conversation(disk, "OPEN", end=False)
    await conversation(disk, "ENDED", end=True)
    disk.ask("UPDATE step SET started = ?", OLD)
    assert prune(disk.database, TODAY) == 3
    assert disk.ask("SELECT terminal, number FROM step ORDER BY terminal") == [("ENDED", 3), ("OPEN", 2)]
    async with region_on(disk, talk) as region:
        again = Terminal(region, "OPEN")
        assert await again.attach() == Shown("NOTE", {"text": "2"})
        assert await again.press() == Shown("NOTE", {"text": "3"})


async def test_steps_of_today_stay(disk: Disk) -> None:
    """Nothing younger than the limit is touched."""
    await conversation(disk, "OPEN", end=False)
    disk.ask("UPDATE step SET started = ?", LATELY)
    assert prune(disk.database, OLD) == 0
    assert disk.one("SELECT count(*) FROM step") == 2


async def test_long_lived_region_does_not_keep_the_steps_of_later_ones(disk: Disk) -> None:
    """A region that has run for long has young steps with low ids: the old ones of others go all the same."""
    await conversation(disk, "FIRST", end=True)
    disk.ask("UPDATE step SET started = ?", TODAY)
    await conversation(disk, "LATER", end=True)
    disk.ask("UPDATE step SET started = ? WHERE terminal = 'LATER'", OLD)
    assert prune(disk.database, LATELY, rows=2) == 2
    assert disk.one("SELECT count(*) FROM step WHERE terminal = 'LATER'") == 1


async def test_pages_are_followed_to_the_end(disk: Disk) -> None:
    """More old steps than one page holds all go."""
    for name in ("A", "B", "C", "D"):
        await conversation(disk, name, end=True)
    disk.ask("UPDATE step SET started = ?", OLD)
    assert prune(disk.database, TODAY, rows=3) == 8


async def test_conversations_and_dumps_go_with_their_steps(disk: Disk) -> None:
    """An ended conversation of which no step is left is forgotten, and so is an old dump; open ones stay."""

    @transaction("BAD")
    async def bad(task: Task[NoArea]) -> Outcome:
        raise ValueError("as asked")

    await conversation(disk, "OPEN", end=False)
    await conversation(disk, "ENDED", end=True)
    async with region_on(disk, talk, bad) as region:
        again = Terminal(region, "ENDED")
        await again.attach()
        await again.press(text="BAD")
    assert (disk.one("SELECT count(*) FROM conversation"), disk.one("SELECT count(*) FROM dump")) == (3, 1)
    disk.ask("UPDATE step SET started = ?", OLD)
    prune(disk.database, TODAY)
    assert disk.one("SELECT count(*) FROM conversation") == 2
    assert disk.one("SELECT count(*) FROM dump") == 1
    disk.ask("UPDATE dump SET at = ?", OLD)
    prune(disk.database, TODAY)
    assert disk.one("SELECT count(*) FROM dump") == 0

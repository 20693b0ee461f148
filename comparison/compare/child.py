"""What the processes of the experiments do: they open one competitor and say, line by line, what they see."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from comparison.compare import idle_child, neighbour_child
from comparison.competitor import Competitor, Keyboard
from comparison.table import COMPETITORS
from comparison.workload import Transfer, transfers


def say(*values: Any) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def named(name: str) -> Competitor:
    """The competitor of that name."""
    return next(one for one in COMPETITORS if one.name == name)


def seen(screen: str) -> str:
    """The stage a screen shows: what an operator who comes back goes by."""
    if "Press F5 to post" in screen:
        return "checked"
    return "posted" if " posted from " in screen else "empty"


async def work(competitor: str, store: str, terminals: int, seed: int) -> None:
    """Transfers without end; each step is announced before it is sent, and again once it is answered."""
    style = named(competitor)

    async def operate(keyboard: Keyboard, terminal: str, number: int) -> None:
        for transfer in transfers(seed, number):
            for kind in ("checked", "posted"):
                say("sent", terminal, kind, transfer.reference)
                await (keyboard.check(transfer) if kind == "checked" else keyboard.post())
                say("answered", terminal, kind, transfer.reference)

    async with style.opened(Path(store)) as opened, asyncio.TaskGroup() as group:
        for number in range(terminals):
            terminal = f"K{number:03}"
            group.create_task(operate(await style.keyboard(opened, terminal), terminal, number))


async def resume(competitor: str, store: str, terminals: int, seed: int) -> None:
    """Where each terminal is after a restart; then each goes on from its screen, and makes one more transfer."""
    style = named(competitor)
    async with style.opened(Path(store)) as opened:
        keyboards = {}
        for number in range(terminals):
            terminal = f"K{number:03}"
            keyboards[terminal] = await style.keyboard(opened, terminal)
            say("stands", terminal, seen(keyboards[terminal].screen))
        for number, (terminal, keyboard) in enumerate(keyboards.items()):
            said = await _go_on(keyboard, _fresh(seed, number))
            say("went on", terminal, said)


def _fresh(seed: int, number: int) -> Transfer:
    made = next(transfers(seed, 1_000_000 + number))
    return made._replace(reference=f"R{seed}-{number}")


async def _go_on(keyboard: Keyboard, transfer: Transfer) -> str:
    try:
        if seen(keyboard.screen) == "checked":
            await keyboard.post()
        await keyboard.check(transfer)
        await keyboard.post()
    except Exception as error:  # noqa: BLE001 whatever a competitor raises is what the operator gets
        return f"{type(error).__name__}: {error}"[:200]
    return ""


async def check_once(competitor: str, store: str) -> None:
    """One checked transfer on a terminal; then close everything as a deploy does."""
    style = named(competitor)
    async with style.opened(Path(store)) as opened:
        await (await style.keyboard(opened, "D001")).check(next(transfers(3, 3)))
        say("checked")


async def post_once(competitor: str, store: str) -> None:
    """Go on with it."""
    style = named(competitor)
    try:
        async with style.opened(Path(store)) as opened:
            keyboard = await style.keyboard(opened, "D001")
            stage = seen(keyboard.screen)
            if stage == "checked":
                await asyncio.wait_for(keyboard.post(), 10)
            say(stage, seen(keyboard.screen), keyboard.screen)
    except Exception as error:  # noqa: BLE001 whatever a competitor raises is what the operator gets
        say("failed", type(error).__name__, str(error)[:300])


ROLES: dict[str, Callable[..., Awaitable[None]]] = {
    "work": work,
    "resume": resume,
    "check_once": check_once,
    "post_once": post_once,
    "idle": idle_child.idle,
    "restarted": idle_child.restarted,
    "neighbour": neighbour_child.neighbour,
}


if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](**json.loads(sys.argv[2])))  # type: ignore[arg-type]

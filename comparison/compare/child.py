"""What the processes of the experiments do: they open one competitor and say, line by line, what they see."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2s
from pathlib import Path

from comparison.compare import idle_child, neighbour_child
from comparison.compare.speech import say
from comparison.competitor import Keyboard
from comparison.table import competitor_named
from comparison.workload import Transfer, transfers

WATCH_S = 0.5
"""Between two looks at whether the process that started this one is still there."""


def seen(screen: str) -> str:
    """The stage a screen shows: what an operator who comes back goes by."""
    if "Press F5 to post" in screen:
        return "checked"
    return "posted" if " posted from " in screen else "empty"


def mark(screen: str) -> str:
    """By which a screen is known again."""
    return blake2s(screen.encode(), digest_size=8).hexdigest()


async def transfer_once(keyboard: Keyboard, transfer: Transfer, tell: Callable[..., None]) -> None:
    """Check and post; each step is told before it is sent, and again once it is answered."""
    for kind in ("checked", "posted"):
        tell("sent", keyboard.terminal, kind, *transfer)
        await (keyboard.check(transfer) if kind == "checked" else keyboard.post())
        tell(
            "answered", keyboard.terminal, kind, transfer.reference, keyboard.sequence, mark(keyboard.screen)
        )


def stands(keyboard: Keyboard) -> tuple[int, str, str]:
    """Where a terminal is that was just attached: the last input that was answered, the stage, and the screen."""
    return keyboard.sequence, seen(keyboard.screen), mark(keyboard.screen)


async def work(competitor: str, store: str, terminals: int, seed: int, commit_delay_s: float = 0.0) -> None:
    """Transfers without end, at terminals that are all attached before the first."""
    style = competitor_named(competitor)

    async def operate(keyboard: Keyboard, number: int) -> None:
        for transfer in transfers(seed, number):
            await transfer_once(keyboard, transfer, say)

    async with style.opened(Path(store), commit_delay_s) as opened:
        keyboards = [await style.keyboard(opened, f"K{number:03}") for number in range(terminals)]
        say("attached", terminals)
        async with asyncio.TaskGroup() as group:
            for number, keyboard in enumerate(keyboards):
                group.create_task(operate(keyboard, number))


async def resume(competitor: str, store: str, terminals: int, seed: int, commit_delay_s: float = 0.0) -> None:
    """Where each terminal is after a restart; then each goes on from its screen, and makes one more transfer."""
    style = competitor_named(competitor)
    async with style.opened(Path(store), commit_delay_s) as opened:
        keyboards = [await style.keyboard(opened, f"K{number:03}") for number in range(terminals)]
        for keyboard in keyboards:
            say("stands", keyboard.terminal, *stands(keyboard))
        for number, keyboard in enumerate(keyboards):
            say("went on", keyboard.terminal, await _go_on(keyboard, fresh(seed, number)))


def fresh(seed: int, number: int) -> Transfer:
    """What a terminal types after the restart."""
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


async def check_once(competitor: str, store: str, commit_delay_s: float = 0.0) -> None:
    """One checked transfer on a terminal; then close everything as a deploy does."""
    style = competitor_named(competitor)
    async with style.opened(Path(store), commit_delay_s) as opened:
        await (await style.keyboard(opened, "D001")).check(next(transfers(3, 3)))
        say("checked")


async def post_once(competitor: str, store: str, commit_delay_s: float = 0.0) -> None:
    """Go on with it."""
    style = competitor_named(competitor)
    try:
        async with style.opened(Path(store), commit_delay_s) as opened:
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


def end_with(parent: int) -> None:
    """Have a thread that ends this process, and all it has started, soon after `parent` (its process id) is gone.

    A thread, for the event loop may be stuck for ever: that is one of the experiments.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_S)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    end_with(int(sys.argv[3]))
    asyncio.run(ROLES[sys.argv[1]](**json.loads(sys.argv[2])))  # type: ignore[arg-type]

"""Two regions at a time on one file, each killed and followed by the next, until the plan is done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple

from tests.crash.region import BEREFT, CROWDED, POINTS

ROOT = Path(__file__).parents[2]
LIFE_S_MAX = 15.0
POLL_S = 0.004


class Death(NamedTuple):
    """How a process is to end: by itself at the `passes`-th pass of a point, or from outside after a time."""

    point: str
    passes: int = 0
    after_s: float = 0.0


def plan(seed: int, *, a_point: int, at_random: int) -> deque[Death]:
    """Every named point some times, and random times, in an order the seed decides."""
    chance = random.Random(seed)  # noqa: S311  chance, not secrecy
    deaths = [Death(point, chance.randint(4, 90)) for point in POINTS for _ in range(a_point)]
    deaths += [Death("random", 0, chance.uniform(0.05, 0.9)) for _ in range(at_random)]
    for point in (CROWDED, BEREFT):
        deaths += [Death(point, chance.randint(20, 60), chance.uniform(0.7, 1.5)) for _ in range(a_point)]
    chance.shuffle(deaths)
    return deque(deaths)


class Life:
    """One process, from its start to its kill."""

    def __init__(self, number: int, folder: Path, seed: int, terminals: list[str], death: Death) -> None:
        self.death = death
        self._started_s = time.monotonic()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.crash.region", str(folder / "store.db")),
                *(str(folder / f"{number:03d}.log"), str(seed + number), death.point, str(death.passes)),
                *terminals,
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def over(self) -> bool:
        """Kill it when its time has come; True once it is dead. Raises if it ended in any other way."""
        age_s = time.monotonic() - self._started_s
        if self.death.after_s and age_s > self.death.after_s:
            self.kill()
        code = self._process.poll()
        if code is None:
            if age_s > LIFE_S_MAX:
                self.kill()
                raise AssertionError(f"a region did not come to its end: {self.death}")
            return False
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            said = stderr.read()
        assert code == -signal.SIGKILL, f"{self.death}: exit {code}\n{said}"
        return True

    def kill(self) -> None:
        """SIGKILL, from outside."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Kill it when another has failed, whatever it may have to say."""
        self._process.kill()
        self._process.communicate()


def run(folder: Path, seed: int, deaths: deque[Death], slots: list[list[str]]) -> list[Death]:
    """A process at a time for each slot's terminals; returns the deaths that were died, in order."""
    died: list[Death] = []
    lives: dict[int, Life] = {}
    number = 0
    try:
        while deaths or lives:
            for slot, terminals in enumerate(slots):
                if slot in lives and lives[slot].over():
                    died.append(lives.pop(slot).death)
                if slot not in lives and deaths:
                    lives[slot] = Life(number, folder, seed, terminals, deaths.popleft())
                    number += 1
            time.sleep(POLL_S)
    finally:
        for life in lives.values():
            life.end()
    return died

"""How much is measured: the quick plan, the whole one, and tiny ones for the tests."""

from __future__ import annotations

from typing import NamedTuple


class Plan(NamedTuple):
    """What `entracte compare` runs."""

    terminals: tuple[int, ...]
    rates: tuple[int, ...]
    idle: tuple[int, ...]
    seconds: float
    """For each figure, after the warm-up."""
    rounds: int
    kills: int
    """Times each competitor is killed."""
    neighbour_s: float
    """For the quiet and for the noisy phase each: at 200 inputs a second, 5 s are the 1,000 a p99 needs."""
    warm_up_s: float = 0.3
    heavy_terminals_max: int = 100
    """For the competitors that are far slower than the others."""
    commit_delay_s: float = 0.0
    seed: int = 1
    everything: bool = True
    """False: the experiments leave out what is slow, and what differs only in how it is reached."""
    answers_before_kill: int = 110
    pool: int = 200
    """Terminals that open-loop inputs are spread over."""


WHOLE = Plan(
    terminals=(1, 10, 100, 1_000),
    rates=(100, 300, 1_000, 3_000, 10_000),
    idle=(1_000, 10_000, 100_000),
    seconds=1.0,
    rounds=3,
    kills=3,
    neighbour_s=5.0,
)
QUICK = Plan(
    terminals=(1, 100),
    rates=(300,),
    idle=(1_000,),
    seconds=0.4,
    rounds=1,
    kills=1,
    neighbour_s=1.0,
    warm_up_s=0.15,
    everything=False,
    answers_before_kill=40,
    pool=50,
    heavy_terminals_max=10,
)

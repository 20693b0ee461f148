"""What one run of the comparison found, as values: the JSON file is these, and the pages are made from them."""

from __future__ import annotations

import msgspec


class About(msgspec.Struct):
    """A competitor, as the pages introduce it."""

    name: str
    saves: bool
    durability: str
    over: str
    by_hand: str
    lines: int | None
    """Of the application, without the maps and checks all share; None: not installed."""
    missing: str = ""


class Spread(msgspec.Struct):
    """A figure over the rounds."""

    median: float
    low: float
    high: float


class Speed(msgspec.Struct):
    """A competitor at a number of terminals, closed loop."""

    name: str
    terminals: int
    steps_per_s: Spread
    p50_ms: Spread
    p95_ms: Spread
    p99_ms: Spread
    cpu_us_per_step: Spread
    ratio: Spread | None
    """Entracte's steps a second over this one's, round by round."""
    rounds_unanswered: int = 0
    """Rounds of no step at all: 0 steps a second; latency and ratio take the round's length for one step, or more."""


class Latency(msgspec.Struct):
    """A competitor at an arrival rate, open loop."""

    name: str
    rate: int
    saturated: bool
    p50_ms: float | None
    """None: nothing was answered in time."""
    p99_ms: float | None
    max_ms: float | None
    share: float = 1.0
    """Answers in the measured time, or within 50 ms, over inputs due in it; below 0.95 it is called saturated."""


class Idle(msgspec.Struct):
    """What so many idle conversations cost."""

    name: str
    conversations: int
    bytes_each: float | None
    """Growth of the process's own memory; None: not reached."""
    first_answer_ms: float | None = None
    """From the start of a new process to the answer to a key of one of them; None: it knows them no more."""
    note: str = ""


class Survival(msgspec.Struct):
    """After being killed in mid-conversation."""

    name: str
    kills: int
    """0: nothing was ever answered, so that there is nothing to say; the note says why."""
    open_conversations: int
    conversations_lost: int
    steps_acknowledged: int
    steps_lost: int
    """Of all that were answered, the checks as well as the postings."""
    steps_doubled: int
    expected: str
    note: str = ""
    findings: list[str] = []
    """What the audit of the books found wrong in the stores it left."""


class Deploy(msgspec.Struct):
    """A conversation begun before the area gained a field, and continued after."""

    name: str
    carries_on: bool
    note: str


class Neighbour(msgspec.Struct):
    """The other terminals beside a bad one, at a steady rate of inputs."""

    name: str
    kind: str
    quiet_p99_ms: float | None
    """None: it failed before."""
    p99_ms: float | None
    max_ms: float | None
    became: str
    """Of the bad one."""
    inputs: int = 0
    """In each of the two phases: p99 of fewer than 1,000 says little, p95 more."""
    quiet_p95_ms: float | None = None
    p95_ms: float | None = None
    at_least: bool = False
    """True: the others waited at least so long beside it; the experiment was ended, not their wait."""


class Result(msgspec.Struct):
    """Everything."""

    when: str
    python: str
    sqlite: str
    system: str
    cores: int
    fsync_ms: float
    commit_delay_ms: float
    quick: bool
    spin_before: float
    spin_after: float
    """Millions of loop turns a second in one core, before and after: how steady the machine was."""
    versions: dict[str, str]
    about: list[About] = []
    speed: list[Speed] = []
    latency: list[Latency] = []
    idle: list[Idle] = []
    survival: list[Survival] = []
    deploy: list[Deploy] = []
    neighbour: list[Neighbour] = []
    findings: list[str] = []
    """What the audits found wrong, and a kill after which something was; a competitor named here does not count."""
    seconds: float = 0.0

"""The table of competitors, in the order they are shown."""

from __future__ import annotations

from comparison.competitor import Competitor

_HERE = "comparison.competitors."
_STEP = "each step, one fsync"
_SHARED = "each step; one fsync for all steps that wait"

_UPGRADE = "the registered upgrade filled the field in"

ENTRACTE = "entracte"

COMPETITORS = (
    Competitor(
        ENTRACTE, _HERE + "dispatcher", True, _SHARED, "in process",
        by_hand="nothing: commit, locks, re-runs and repeats are the monitor's",
        on_deploy=_UPGRADE,
    ),
    Competitor(
        "entracte over TCP", _HERE + "dispatcher_tcp", True, _SHARED,
        "TCP on the loopback", by_hand="nothing: commit, locks, re-runs and repeats are the monitor's",
        on_deploy=_UPGRADE,
        idle="connected", idle_max=10_000,
    ),
    Competitor(
        "asyncio, saved", _HERE + "asyncio_saved", True, _STEP, "in process",
        by_hand="the transaction, its lock, the step rows, the sequence check; a repeat is refused, not answered",
    ),
    Competitor(
        "asyncio, grouped", _HERE + "asyncio_grouped", True, _SHARED, "in process",
        by_hand="as asyncio, saved, and the queue, the writer thread, a savepoint a step; a step cannot await anything",
    ),
    Competitor(
        "tornado, saved", _HERE + "tornado_saved", True, _STEP, "TCP on the loopback",
        by_hand="as asyncio, saved, and the greeting after a reconnect", needs=("tornado",),
        idle="connected", idle_max=10_000,
    ),
    Competitor(
        "threads, saved", _HERE + "threads_saved", True, _STEP, "in process", terminals_max=1_000,
        by_hand="the transaction, its lock, a pool of readers, the step rows, the sequence check",
        idle="attached", idle_max=10_000,
    ),
    Competitor(
        "starlette, saved", _HERE + "starlette_saved", True, _STEP, "HTTP/1.1 on the loopback",
        by_hand="as asyncio, saved, and the signed cookie", needs=("starlette", "uvicorn"),
    ),
    Competitor(
        "dbos", _HERE + "dbos_saved", True, "each step, several commits", "in process", terminals_max=100,
        by_hand="which workflow a terminal is in; a repeat waits for a workflow that is over",
        needs=("dbos",), steps_kept=False,
        on_deploy="the field's default filled it in; a workflow whose own source changes stays with the old version",
        idle="live", idle_max=300,
    ),
    Competitor(
        "langgraph", _HERE + "langgraph_saved", True, "each step, checkpoint and rows in two commits",
        "in process", terminals_max=100,
        by_hand="the transaction on the bank's rows, its lock, and the look in the ledger before a node posts again",
        needs=("langgraph", "langgraph-checkpoint-sqlite"), steps_kept=False,
        idle="live", idle_max=1_000,
    ),
    Competitor(
        "asyncio, in memory", _HERE + "asyncio_memory", False, "none", "in process",
        by_hand="nothing is durable, so there is nothing to write", steps_kept=False,
        idle="live",
    ),
    Competitor(
        "tornado, in memory", _HERE + "tornado_memory", False, "none", "TCP on the loopback",
        by_hand="nothing is durable, so there is nothing to write", needs=("tornado",), steps_kept=False,
        idle="connected", idle_max=10_000,
    ),
)  # fmt: skip


def competitor_named(name: str) -> Competitor:
    """The competitor of that name."""
    return next(one for one in COMPETITORS if one.name == name)

"""Everything has a limit, and the limit has a name with its unit."""

from __future__ import annotations

import os

import msgspec


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of a region; each can be set under `[limits]` in the settings file."""

    tasks_max: int = 192
    """Programs that run at once; more only wait for the same processor, and crowd its caches."""
    threads_max: int = 64
    """Synchronous programs that run at once, each in its thread; more wait for a place."""
    processes_max: int = msgspec.field(default_factory=lambda: os.cpu_count() or 1)
    """Worker processes for `Task.offload`, made as they are needed; as many as there are cores, if not set."""
    waiting_max: int = 10_000
    """Inputs that wait for a place; one more is refused as busy."""
    batch_units_max: int = 64
    """Units of work in one database transaction."""
    reruns_max: int = 50
    """Times a step runs again because another changed what it read."""
    transfers_max: int = 16
    """Programs one step may pass through by TransferTo or link."""
    records_max: int = 1_000
    """Records one step may read by key."""
    writes_max: int = 1_000
    """Records one step may write."""
    browse_rows_max: int = 10_000
    """Rows one browse or query may ask for."""
    area_bytes_max: int = 32_763
    """Size of a conversation area as JSON; the field's own limit for a COMMAREA."""
    screen_bytes_max: int = 262_144
    """Size of a stored screen as JSON."""
    parked_max: int = 32
    """Conversations that may be parked at one terminal."""
    input_fields_max: int = 2_000
    """Fields in one input."""
    input_chars_max: int = 20_000
    """Characters in one input."""
    dump_chars_max: int = 16_384
    """Length of the traceback kept in a dump."""
    wait_s_max: float = 30.0
    """Seconds a step may take in all, waits and reruns included; then abend EWAI, or refused as busy."""
    runaway_s_max: float = 5.0
    """Seconds a program may compute without returning to the monitor; then abend AICA. 0: no limit."""
    store_busy_s_max: float = 10.0
    """Seconds a commit waits for another process that writes to the store."""
    store_cache_kib: int = 2_048
    """SQLite's page cache of each connection, in KiB."""
    store_process_units_min: int = 32
    """Units a commit carries, on average, from which on a process of its own does the store's work; 0: never.

    It does so too while a program computes in a thread, however small the commits are.
    """
    history_days_max: int = 90
    """Days a step is kept in the history; the last step of a conversation is kept as long as it is open."""

"""The monitor's own tables, as `schema/0001_monitor.sql` makes them."""

from __future__ import annotations

from monitor.store import Table

TERMINAL = Table("terminal", ("id",), ("id", "epoch", "user", "conversation"))
CONVERSATION = Table("conversation", ("id",), ("id", "terminal", "state", "seed"))
STEP = Table(
    "step",
    ("unit",),
    (
        "unit",
        "conversation",
        "number",
        "previous",
        "terminal",
        "sequence",
        "user",
        "transid",
        "input",
        "outcome",
        "code",
        "next",
        "area_type",
        "area_version",
        "area",
        "screen",
        "started",
        "elapsed_us",
        "runs",
    ),
    append=True,
)
LAYOUT = Table("layout", ("id",), ("id", "fields"))
DUMP = Table(
    "dump",
    ("number",),
    (
        "unit",
        "terminal",
        "user",
        "conversation",
        "transid",
        "code",
        "message",
        "detail",
        "input",
        "area_type",
        "area",
        "at",
    ),
    append=True,
)
TERMINAL_STATE = Table(
    "terminal_state",
    ("id",),
    (
        "id",
        "epoch",
        "user",
        "conversation",
        "state",
        "seed",
        "step",
        "number",
        "sequence",
        "outcome",
        "next",
        "area_type",
        "area_version",
        "area",
        "screen",
    ),
)
PARKED = Table(
    "parked",
    ("unit",),
    (
        "unit",
        "terminal",
        "user",
        "transid",
        "title",
        "parked_at",
        "next",
        "area_type",
        "area_version",
        "area",
        "screen",
    ),
    alternate="terminal",
    holds=("whole", *["text"] * 7, "whole", "text", "text"),
)
MONITOR_TABLES = (TERMINAL, CONVERSATION, STEP, LAYOUT, DUMP, TERMINAL_STATE, PARKED)

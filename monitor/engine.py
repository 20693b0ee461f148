"""What every step of a region uses: one value, handed down; none of it belongs to a conversation."""

from __future__ import annotations

import random

import msgspec

from monitor.clock import Clock
from monitor.deadline import Deadlines
from monitor.exchange import Presentation
from monitor.files import Reports
from monitor.limits import Limits
from monitor.loader import Loader
from monitor.locks import UpdateLocks
from monitor.log import Log
from monitor.offload import Processes
from monitor.program import ProgramTable
from monitor.runaway import Watchdog
from monitor.threads import Threads
from monitor.unit_of_work import Overlay
from monitor.units import UnitIds


class Engine(msgspec.Struct, frozen=True):
    """The parts of a region, as its steps see them."""

    programs: ProgramTable
    presentation: Presentation
    loader: Loader
    reports: Reports
    overlay: Overlay
    locks: UpdateLocks
    units: UnitIds
    watchdog: Watchdog
    deadlines: Deadlines
    log: Log
    threads: Threads
    processes: Processes
    clock: Clock
    random: random.Random
    limits: Limits

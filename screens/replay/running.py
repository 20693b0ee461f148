"""Scenario files, run one after the other or several at once; a signal ends them early, with what was run so far."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from monitor.errors import MonitorError
from monitor.settings import Settings
from screens.replay.playing import Played, Report, Way, report_on
from screens.replay.reading import load_scenario
from screens.replay.stopping import Stop

STOPPED = "ended early by a signal"
ending_s_max = 5.0
"""Seconds until a process is killed that was asked to end."""

Tell = Callable[[Path, Played], None]
"""Called after each step of a file."""


def run_file(file: Path, settings: Settings, via: str) -> Report:
    """The report on a file; one that cannot be read is a report too."""
    return run_until(Stop(()), file, Way(settings, via))


def run_until(stop: Stop, file: Path, way: Way, tell: Tell | None = None) -> Report:
    """The report on a file, on its first steps if it is stopped."""
    try:
        scenario = load_scenario(file)
    except MonitorError as error:
        return Report(str(file), way.via, trouble=str(error))
    started = time.perf_counter()
    played: list[Played] = []

    def note(step: Played) -> None:
        played.append(step)
        if tell is not None:
            tell(file, step)

    report = report_on(scenario, way, told=note)
    try:
        return asyncio.run(stop.cancels(report))
    except asyncio.CancelledError:
        if not stop.by:
            raise
    return Report(
        str(scenario.file),
        way.via,
        tuple(played),
        STOPPED,
        len(scenario.steps),
        time.perf_counter() - started,
        scenario.volatile,
    )


def one_by_one(stop: Stop, files: Sequence[Path], way: Way, tell: Tell | None = None) -> Iterator[Report]:
    """The reports, until it is stopped."""
    for file in files:
        if stop.by:
            return
        yield run_until(stop, file, way, tell)


def side_by_side(stop: Stop, files: Sequence[Path], way: Way, jobs: int) -> Iterator[Report]:
    """The reports of files that are run in so many processes, which end when it is stopped."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(jobs, len(files)), get_context("spawn"), _begin)
    with pool:
        running = [pool.submit(_run_in_worker, file, way) for file in files]
        workers = [child for child in multiprocessing.active_children() if child not in before]
        with stop.calls(lambda: _end(workers)):
            for file, future in zip(files, running, strict=True):
                if report := _report(stop, file, way, future):
                    yield report


def _report(stop: Stop, file: Path, way: Way, future: Future[Report | None]) -> Report | None:
    """None: it was not begun before the stop."""
    with suppress(BrokenProcessPool):
        if report := future.result():
            return report
    return None if stop.by else Report(str(file), way.via, trouble="the process that was to run it has ended")


def _end(workers: Sequence[BaseProcess]) -> None:
    """Ask processes to end, and see to it that they do."""
    for worker in workers:
        worker.terminate()
    killing = threading.Timer(ending_s_max, _kill, (workers,))
    killing.daemon = True
    killing.start()


def _kill(workers: Sequence[BaseProcess]) -> None:
    for worker in workers:
        worker.kill()


_worker_stop = Stop((signal.SIGTERM,))
"""Of a process that runs scenarios for another one."""


def _begin() -> None:
    """What a terminal sends to all, Ctrl+C, is left to the process that has started this one."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _worker_stop.take()


def _run_in_worker(file: Path, way: Way) -> Report | None:
    return None if _worker_stop.by else run_until(_worker_stop, file, way)

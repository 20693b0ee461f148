"""Catch a program that reads the real clock, or draws from a generator that no seed of the task's made.

The programs of a region in replay mode are wrapped. While one of them computes, every call of a function
written in C is looked at; one that tells the time or draws real randomness is traced back to the line of the
application that made it. What the monitor, the screens, and asyncio, logging and a few of their kin call for
themselves does not count.
"""

from __future__ import annotations

import asyncio
import dis
import gc
import random
import sys
import uuid
from collections.abc import Callable, Container, Coroutine, Generator
from functools import partial
from types import FrameType
from typing import Any

import msgspec

from monitor.outcome import Outcome
from monitor.program import Application, Program, ProgramTable

_CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime",
             "gmtime", "ctime", "process_time", "process_time_ns", "thread_time", "thread_time_ns", "clock_gettime",
             "clock_gettime_ns"},
    "datetime": {"now", "utcnow", "today"},
}  # fmt: skip
_TELL_NOW_BELOW = {"strftime": 2, "asctime": 1}
"""Functions of `time` that tell the time when they have fewer arguments than that."""
_OWN_ROOTS = frozenset({"monitor", "screens"})
_FOR_THEMSELVES = frozenset(
    {"asyncio", "concurrent", "logging", "queue", "selectors", "tempfile", "threading"}
)
"""Packages that read a clock, or name a file by chance, without telling the program."""
_FOR_OTHERS = frozenset({"random", "secrets", "uuid"})
"""Packages that draw for whoever calls them."""
_TELLS_TIME = asyncio.BaseEventLoop.time.__code__
_GLOBAL_GENERATOR: object = random.random.__self__  # type: ignore[attr-defined]
_ADVICE_CLOCK = "take task.now"
_ADVICE_RANDOM = "take task.random or task.new_id()"


class Watch:
    """What the programs of a region did that a replay could not do again."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._roots: frozenset[str] = frozenset()
        """The packages applications are in."""

    def take(self) -> tuple[str, ...]:
        """What was found since the last time."""
        found, self._found = tuple(self._found), {}
        return found

    def over(self, application: Application, unwatched: Container[str] = ()) -> Application:
        """The application, with every program watched but those named by their transaction ids."""
        self._roots = frozenset(package.partition(".")[0] for package in application.packages)
        programs = [
            program
            if program.transid in unwatched
            else msgspec.structs.replace(program, function=self._watched(program))
            for program in application.programs
        ]
        return msgspec.structs.replace(application, programs=ProgramTable(programs))

    def _watched(self, program: Program[Any]) -> Callable[[Any], Any]:
        profiler = self._profiler(program.transid)

        async def run(task: Any) -> Outcome:
            outcome: Outcome = await _Profiled(program(task), profiler)
            return outcome

        def run_in_thread(task: Any) -> Any:
            before = sys.getprofile()
            sys.setprofile(profiler)
            try:
                return program.function(task)
            finally:
                sys.setprofile(before)

        return run_in_thread if program.in_thread else run

    def _profiler(self, transid: str) -> Callable[[FrameType, str, Any], None]:
        found = self._found_by

        def look(frame: FrameType, event: str, called: Any) -> None:
            if event == "c_call" and (offence := _offence(frame, called)):
                found(transid, frame, offence)

        return look

    def _found_by(self, transid: str, frame: FrameType, offence: tuple[str, str]) -> None:
        caller = _application_frame(frame, self._roots)
        if caller is not None:
            called, advice = offence
            module = caller.f_globals.get("__name__", "?")
            place = f"{module}, line {caller.f_lineno}"
            self._found[f"{transid} calls {called} ({place}): {advice}"] = None


class _Profiled:
    """Awaits a coroutine with a profiler set while it computes, and only then; so it is with tasks it starts."""

    def __init__(
        self, coroutine: Coroutine[Any, Any, Any], profiler: Callable[[FrameType, str, Any], None]
    ) -> None:
        self._coroutine = coroutine
        self._profiler = profiler

    def __await__(self) -> Generator[Any, Any, Any]:
        resume, value = self._coroutine.send, None
        loop = asyncio.get_running_loop()
        while True:
            before, factory = sys.getprofile(), loop.get_task_factory()
            loop.set_task_factory(partial(self._child, factory))
            sys.setprofile(self._profiler)
            try:
                waited_for = resume(value)
            except StopIteration as stop:
                return stop.value
            finally:
                sys.setprofile(before)
                loop.set_task_factory(factory)
            try:
                value = yield waited_for
                resume = self._coroutine.send
            except BaseException as error:  # noqa: BLE001 passed on into the program
                value, resume = error, self._coroutine.throw

    def _child(
        self, factory: Any, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any
    ) -> asyncio.Future[Any]:
        """The task the loop would have made, of a coroutine that is profiled as well."""
        watched = _run(_Profiled(coroutine, self._profiler)) if asyncio.iscoroutine(coroutine) else coroutine
        made: asyncio.Future[Any] = (factory or _task)(loop, watched, **options)
        if watched is not coroutine:
            made.add_done_callback(lambda _: coroutine.close())  # one that was cancelled before it began
        return made


async def _run(profiled: _Profiled) -> Any:
    return await profiled


def _task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    return asyncio.Task(coroutine, loop=loop, **options)


def _offence(frame: FrameType, called: Any) -> tuple[str, str] | None:
    """(what is called, what to do instead) when a C function tells the time or draws real randomness."""
    name = getattr(called, "__name__", "")
    owner = getattr(called, "__self__", None)
    if name in _CLOCKS["datetime"] and isinstance(owner, type) and owner.__module__ == "datetime":
        return f"{owner.__name__}.{name}", _ADVICE_CLOCK
    if name in _CLOCKS["time"] and getattr(owner, "__name__", "") == "time":
        return f"time.{name}", _ADVICE_CLOCK
    if name in _TELL_NOW_BELOW and getattr(owner, "__name__", "") == "time":
        return (f"time.{name}", _ADVICE_CLOCK) if _arguments(frame) < _TELL_NOW_BELOW[name] else None
    if name == "urandom" or name == "getrandom":
        return f"os.{name}", _ADVICE_RANDOM
    if owner is _GLOBAL_GENERATOR and name != "seed":
        return f"random.{name}", _ADVICE_RANDOM
    if name == "seed" and isinstance(owner, random.Random) and _seeded_by_nothing(frame):
        return "random.Random() without a seed", _ADVICE_RANDOM
    if name == "generate_time_safe" or frame.f_code is uuid.uuid1.__code__:
        return "uuid.uuid1", _ADVICE_RANDOM
    return None


def _arguments(frame: FrameType) -> int:
    """How many the call has at which a frame stands; enough for any, if they are unpacked."""
    operation, argument = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 2]
    return argument if dis.opname[operation] == "CALL" else sys.maxsize


def _seeded_by_nothing(frame: FrameType) -> bool:
    return frame.f_code is random.Random.seed.__code__ and frame.f_locals.get("a", ...) is None


def _application_frame(frame: FrameType | None, roots: frozenset[str]) -> FrameType | None:
    """The nearest caller that is an application's; None when the engine, or the garbage collector, called.

    None as well when a package did so for itself, whoever called that.
    """
    collecting = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    if _root(_caller(frame)) in _FOR_THEMSELVES - roots:
        return None
    while frame is not None:
        root = _root(frame)
        if frame.f_code in collecting or (
            root in _OWN_ROOTS and frame.f_globals["__name__"] != "monitor.task"
        ):
            return None
        if root in roots:
            return frame
        frame = frame.f_back
    return None


def _caller(frame: FrameType | None) -> FrameType | None:
    """Who wants the time or the randomness: the nearest that does not only hand it on."""
    while frame is not None and (_root(frame) in _FOR_OTHERS or frame.f_code is _TELLS_TIME):
        frame = frame.f_back
    return frame


def _root(frame: FrameType | None) -> str:
    """The package a frame's module is in."""
    return "" if frame is None else str(frame.f_globals.get("__name__", "")).partition(".")[0]

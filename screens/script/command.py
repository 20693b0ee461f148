"""`entracte script`: a region on the store, and one terminal on it that standard input drives."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import IO

import click

from monitor.cli import region_options, terminal_option
from monitor.errors import StartupError
from monitor.settings import Settings
from monitor.startup import open_region
from screens.drawing import decoder_of
from screens.script.fault import Fault
from screens.script.interpreter import Interpreter
from screens.script.lines import lines_of
from screens.script.terminal import ScriptTerminal


@click.command()
@terminal_option
@region_options
def script(settings: Settings, terminal: str) -> None:
    """Drive a terminal with s3270's actions: one line in, its data, a status line and ok or error out."""
    if sys.stdout is None:
        raise click.ClickException("the answers cannot be written: standard output is closed")
    with _answers_alone() as answers:
        asyncio.run(_serve(settings, terminal, answers))


class SystemTime:
    """The time of this machine."""

    def monotonic(self) -> float:
        """Seconds from some fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let this many seconds pass."""
        await asyncio.sleep(seconds)


@contextmanager
def _answers_alone() -> Iterator[int]:
    """Standard output for answers only: what programs print, here and in processes, goes to standard error."""
    output = sys.stdout.fileno()
    answers = os.dup(output)
    with ExitStack() as stack:
        stack.callback(os.close, answers)
        aside = sys.stderr or stack.enter_context(Path(os.devnull).open("w"))
        os.dup2(aside.fileno(), output)
        stack.callback(os.dup2, answers, output)
        stack.enter_context(redirect_stdout(aside))
        yield answers


async def _serve(settings: Settings, name: str, answers: int) -> None:
    _take_interrupts_in_the_loop()
    async with open_region(settings) as region:
        terminal = ScriptTerminal(region, decoder_of(region.presentation), name)
        try:
            await terminal.connect()
        except Fault as fault:
            raise StartupError(f"terminal {name} cannot be attached: {fault}") from fault
        interpreter = Interpreter(terminal, SystemTime())
        async for line in lines_of(_standard_input):
            _write(answers, await interpreter.answer(line))
            if interpreter.ended:
                break


def _take_interrupts_in_the_loop() -> None:
    """Ctrl+C while a program computes: not to be taken for a cancellation of the program's own.

    A second one is handled where it finds the process, as ever.
    """
    loop, handler = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT)

    def interrupted(number: int, frame: FrameType | None) -> None:
        signal.signal(number, handler)
        if callable(handler):
            loop.call_soon_threadsafe(handler, number, frame)

    if callable(handler):
        signal.signal(signal.SIGINT, interrupted)


def _standard_input() -> IO[bytes]:
    """Not through `sys.stdin`: a thread waiting in there holds a lock that the end of the process needs."""
    if sys.stdin is None:
        return io.BytesIO()
    return io.BufferedReader(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))


def _write(file: int, answer: list[str]) -> None:
    """Write an answer whole; ends the command if it cannot be, without a word when nobody reads any more."""
    rest = "".join(f"{line}\n" for line in answer).encode("utf-8", "replace")
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"the answer cannot be written: {error.strerror}") from error

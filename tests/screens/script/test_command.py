"""`entracte script` as a process: pipes, two regions on one store, and what it says when it cannot start."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

BUSY = """
import time
from pathlib import Path
from monitor import Finish, Outcome, Task, transaction

@transaction("BUSY")
async def busy(task: Task) -> Outcome:
    Path("computing").touch()
    until = time.monotonic() + 1
    while time.monotonic() < until:
        pass
    return Finish()
"""

CHATTY = """
import os
from monitor import Finish, Outcome, Task, transaction

print("loaded")

@transaction("CHAT")
async def chat(task: Task) -> Outcome:
    print("hello")
    await task.offload(os.system, "echo from afar")
    return Finish()
"""

COMMAND = [sys.executable, "-c", "from monitor.cli import main; main()", "script"]


def run(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a whole script."""
    return subprocess.run([*COMMAND, *options], input=script, cwd=folder, capture_output=True, text=True)


@contextmanager
def process(folder: Path, terminal: str) -> Iterator[subprocess.Popen[str]]:
    """A script's process, to talk to."""
    with subprocess.Popen(
        [*COMMAND, "--terminal", terminal],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        yield started
        started.communicate(timeout=10)


def say(started: subprocess.Popen[str], line: str) -> list[str]:
    """Write a line and read its answer, as a script does."""
    assert started.stdin
    assert started.stdout
    started.stdin.write(f"{line}\n")
    started.stdin.flush()
    answer: list[str] = []
    while not answer or answer[-1] not in ("ok", "error"):
        answer.append(started.stdout.readline().rstrip("\n"))
    return answer


def test_the_end_of_input_is_a_clean_end(tmp_path: Path) -> None:
    """Every line is answered, the last one without a line end too; exit code 0 and nothing on stderr."""
    done = run(tmp_path, 'String("acct")\nEnter\nAscii(0,1,6)')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-3] == "data: ACCT01"
    assert [line for line in done.stdout.splitlines() if line in ("ok", "error")] == ["ok"] * 3


def test_an_interrupt_ends_it_also_while_a_program_computes(tmp_path: Path) -> None:
    """Ctrl+C is the operator's, and never taken for something the program did to itself."""
    (tmp_path / "busy.py").write_text(BUSY)
    (tmp_path / "entracte.toml").write_text('programs = ["busy"]\ngood_morning_transid = ""\n')
    with process(tmp_path, "T001") as started:
        assert started.stdin
        started.stdin.write('String("BUSY")\nEnter\n')
        started.stdin.flush()
        end = time.monotonic() + 10
        while not (tmp_path / "computing").exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        started.send_signal(signal.SIGINT)
        assert started.wait(10) == 1


def test_an_input_that_cannot_be_read_any_more_is_an_end(tmp_path: Path) -> None:
    """A terminal that is gone is one: reading it fails."""
    master, slave = os.openpty()
    with subprocess.Popen([*COMMAND], cwd=tmp_path, stdin=slave, stdout=subprocess.PIPE) as started:
        os.close(slave)
        os.write(master, b"Query(ConnectionState)\n")
        assert started.stdout
        assert b"data: connected-3270\n" == started.stdout.readline()
        os.close(master)
        assert 0 == started.wait(10)


def in_shell(folder: Path, redirections: str) -> subprocess.CompletedProcess[str]:
    """A script of one line, its streams as a shell opens them."""
    (folder / "typed").write_text("Query\n")
    line = f"exec {shlex.join(COMMAND)} {redirections}"
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, timeout=20)


def test_an_input_that_was_never_open_is_an_end(tmp_path: Path) -> None:
    """There is nothing to wait for."""
    done = in_shell(tmp_path, "<&-")
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (">&-", "Error: the answers cannot be written: standard output is closed\n"),
        (">/dev/full", "Error: the answer cannot be written: No space left on device\n"),
    ],
)
def test_an_answer_that_cannot_be_written_ends_it(tmp_path: Path, output: str, told: str) -> None:
    """Exit code 1, one line on stderr, no traceback."""
    done = in_shell(tmp_path, f"<typed {output}")
    assert (1, told) == (done.returncode, done.stderr)


def test_an_answer_that_nobody_reads_ends_it_quietly(tmp_path: Path) -> None:
    """As with any command in a pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        COMMAND, input="Query\n", cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (1, "") == (done.returncode, done.stderr)


def test_what_programs_print_is_no_answer(tmp_path: Path) -> None:
    """It goes to standard error, also from a worker process; the answers are as ever."""
    (tmp_path / "chatty.py").write_text(CHATTY)
    (tmp_path / "entracte.toml").write_text('programs = ["chatty"]\ngood_morning_transid = ""\n')
    done = run(tmp_path, 'String("CHAT")\nEnter\nQuery(ConnectionState)\n')
    answers = done.stdout.splitlines()
    assert ["ok", "ok", "data: connected-3270", "ok"] == [
        line for line in answers if not line.startswith(("U ", "L "))
    ]
    assert ["loaded", "hello", "from afar"] == done.stderr.splitlines()


def test_a_line_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    """Latin-1 is not typed as something else."""
    typed = 'String("caf\u00e9")\nQuit\n'.encode("latin-1")
    done = subprocess.run(COMMAND, input=typed, cwd=tmp_path, capture_output=True)
    answers = done.stdout.decode().splitlines()
    assert (0, True) == (done.returncode, answers[0].startswith("data: The line is not UTF-8"))
    assert ["error", "ok"] == [line for line in answers if line in ("ok", "error")]


def test_a_line_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    """It is neither kept nor done; what follows is."""
    done = run(tmp_path, f'String("{"x" * 200_000}")\nQuery(Cursor1)\n')
    answers = done.stdout.splitlines()
    assert ["error", "ok"] == [line for line in answers if line in ("ok", "error")]
    assert "data: The line has more than line_bytes_max" in answers[0]


def test_quit_ends_it_though_there_is_more_to_read(tmp_path: Path) -> None:
    """What follows is not run."""
    done = run(tmp_path, "Quit\nFoo\n" * 50)
    assert (done.returncode, done.stderr, done.stdout.splitlines()[1:]) == (0, "", ["ok"])


def test_an_answer_comes_before_the_next_line_is_written(tmp_path: Path) -> None:
    """Output is flushed after every answer, so that a script can talk and listen in turn."""
    with process(tmp_path, "T1") as started:
        assert say(started, "Query(ConnectionState)")[0] == "data: connected-3270"
        assert say(started, "Foo")[0] == "data: Unknown action: Foo"


def test_a_conversation_goes_on_in_another_process(tmp_path: Path) -> None:
    """Two processes are two regions: the second takes the terminal over, the first is told at its next key."""
    with ExitStack() as stack:
        first = stack.enter_context(process(tmp_path, "T1"))
        say(first, 'String("xfer\\n10020011")')
        say(first, "Enter")
        second = stack.enter_context(process(tmp_path, "T1"))
        assert say(second, "Ascii(5,18,8)")[0] == "data: 10020011"
        told = say(first, "Enter")
        assert "taken over" in told[0]
        assert (told[-2].split()[3], told[-1]) == ("N", "error")
        assert say(second, "PF(3)")[-1] == "ok"
        assert say(first, "Connect(again)")[-1] == "ok"
        assert say(first, "Ascii(0,1,6)")[0] == "data: MENU01"


def test_a_store_that_cannot_be_opened_is_told_in_a_line(tmp_path: Path) -> None:
    """Exit code 2, one line on stderr, no traceback."""
    done = run(tmp_path, "Enter\n", "--store", "nowhere/x.db")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "there is no folder" in done.stderr


def test_a_terminal_that_cannot_be_attached_is_told_in_a_line(tmp_path: Path) -> None:
    """A wrong name, for one."""
    done = run(tmp_path, "Enter\n", "--terminal", "much too long")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "must be 1 to 8 letters or digits" in done.stderr

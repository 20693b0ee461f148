"""The comparison as a whole: its experiments find what is there, and its pages say what was found."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from comparison import teller
from comparison.bank_store import copied
from comparison.compare import deploy, idle, lines, neighbour, neighbour_child, survival, text
from comparison.compare.command import compare
from comparison.compare.page import page
from comparison.compare.plan import QUICK
from comparison.compare.results import Result
from comparison.compare.running import run
from comparison.competitor import Competitor
from comparison.per_step import Handler
from comparison.table import COMPETITORS, ENTRACTE

BY_NAME = {one.name: one for one in COMPETITORS}
OURS = BY_NAME[ENTRACTE]
MEMORY = BY_NAME["asyncio, in memory"]
ABSENT = Competitor("absent", "comparison.no_such_module", True, "-", "-", "-", needs=("absent-thing",))


async def test_a_kill_loses_what_is_in_memory_and_nothing_else(template: Path) -> None:
    """The monitor's conversations go on where they were; those in memory, and their money, are gone."""
    ours, memory = [await survival.measure(one, template, 1, 30, 4) for one in (OURS, MEMORY)]
    assert (ours.conversations_lost, ours.steps_lost, ours.steps_doubled, ours.note) == (0, 0, 0, "")
    assert ours.open_conversations == 4
    assert ours.steps_acknowledged >= 30
    assert ours.findings == memory.findings == []
    assert memory.conversations_lost == memory.open_conversations > 0
    assert memory.steps_lost == memory.steps_acknowledged > 0


async def test_a_process_that_dies_by_itself_is_a_note(template: Path, tmp_path: Path) -> None:
    """What keeps one competitor from being measured is said in its row; the others are measured."""
    killed = await survival.measure(ABSENT, template, 1, 10)
    assert (killed.kills, killed.open_conversations) == (0, 0)
    assert "ended before it was killed: it ended with 1" in killed.note
    absent, ours = [row async for row in idle.measure([ABSENT, OURS], [100], tmp_path)]
    assert absent.bytes_each is None
    assert "not reached: it ended with 1" in absent.note
    assert ours.first_answer_ms is not None


async def test_a_note_says_that_nothing_came_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment that takes too long is one sentence in its row."""
    monkeypatch.setattr(idle, "EXPERIMENT_S_MAX", 0.0)
    (row,) = [row async for row in idle.measure([MEMORY], [100], tmp_path)]
    assert row.note == "not reached: nothing came in time"


async def test_a_deploy_upgrades_the_area(template: Path, tmp_path: Path) -> None:
    """The monitor's conversation carries on with the new field; the one in memory is gone."""
    release = await asyncio.to_thread(deploy.next_release, tmp_path)
    assert 'purpose: str = "UNSTATED"' in (release / deploy.CHANGED).read_text("utf-8")
    ours, grouped = [
        await deploy.measure(BY_NAME[name], template, release) for name in (ENTRACTE, "asyncio, grouped")
    ]
    assert ours.carries_on
    assert grouped.carries_on
    assert ours.note.endswith("upgrade filled the field in; the area's version is stored with it: 1, then 2")
    assert grouped.note.endswith(
        "default filled it in; the area's version is stored with it: 1, then 2, and nothing reads it"
    )
    assert not (await deploy.measure(MEMORY, template, release)).carries_on


def test_a_broken_package_is_no_end_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be imported is shown as not usable, with the reason, whatever it raises."""
    monkeypatch.syspath_prepend(tmp_path)
    for number, says in enumerate(
        ("from json import nothing_like_it", "raise AttributeError('too old')", "import nowhere")
    ):
        (tmp_path / f"broken_{number}.py").write_text(says)
    broken = [ABSENT._replace(module=f"broken_{number}") for number in range(3)]
    assert "not usable: ImportError: cannot import name 'nothing_like_it'" in broken[0].missing()
    assert broken[1].missing() == "not usable: AttributeError: too old"
    assert broken[2].missing() == "not installed: pip install absent-thing"
    assert lines.of(broken[0]) is None


async def test_an_endless_neighbour_is_ended(template: Path) -> None:
    """The monitor interrupts it, and goes on; nobody waited longer than `runaway_s_max` and a little."""
    found = await neighbour._one(ENTRACTE, "endless", copied(template, "endless"), 1.0)
    assert "AICA" in found.became
    assert found.quiet_p99_ms is not None
    assert found.max_ms is not None
    assert found.quiet_p99_ms < found.max_ms < 2_000
    assert found.inputs == 200
    assert found.quiet_p95_ms is not None
    assert found.quiet_p95_ms <= found.quiet_p99_ms
    assert not found.at_least


async def test_what_stood_still_is_said_to_have_waited_at_least(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait ends with the experiment, so that nobody knows how long it would have been."""
    monkeypatch.setattr(neighbour, "STANDSTILL_S_MAX", 0.2)
    found = await neighbour._one("asyncio, saved", "endless", copied(template, "stood"), 0.1)
    assert "everything stood still" in found.became
    assert found.at_least
    assert found.p99_ms == found.max_ms == pytest.approx(300)


@pytest.mark.parametrize(("kind", "in_a_thread"), [("python", True), ("endless", False)])
async def test_asyncio_computes_in_a_thread(
    kind: str, in_a_thread: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As entracte does; only a mistake is made where it would be made."""
    where: list[int] = []

    def computed(_: str) -> int:
        where.append(threading.get_ident())
        return 1

    monkeypatch.setattr(neighbour_child, "_computed", computed)
    async with neighbour_child._bad(BY_NAME["asyncio, saved"], None, kind) as bad:
        await bad()
    assert (where[0] != threading.get_ident()) is in_a_thread


async def test_idle_conversations_cost_what_is_kept(tmp_path: Path) -> None:
    """Stored ones a fraction of what a coroutine costs; and a new process answers the first key of one."""
    rows = [row async for row in idle.measure([OURS, MEMORY], [2_000], tmp_path)]
    ours, memory = rows
    assert ours.bytes_each is not None
    assert memory.bytes_each is not None
    assert ours.bytes_each < 1_000 < memory.bytes_each
    assert ours.first_answer_ms is not None
    assert memory.first_answer_ms is None


class Links(HTMLParser):
    """Everything a page asks for from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note sources, links and scripts."""
        self.found += [tag for name, _ in attrs if name in {"src", "href", "action"}]
        self.found += [tag for _ in (1,) if tag in {"script", "link", "iframe", "img"}]


async def test_one_run_as_table_json_and_page(tmp_path: Path) -> None:
    """All competitors asked for are in all three; one not installed is called so; the page needs nothing else."""
    plan = QUICK._replace(terminals=(1, 10), rates=(100,), seconds=0.2, warm_up_s=0.05)
    told: list[str] = []
    chosen = [OURS, BY_NAME["threads, saved"], MEMORY, ABSENT]
    result = await run(plan, chosen, ("speed", "latency"), tmp_path, told.append)
    assert result.findings == []
    assert len(result.speed) == 6
    assert len(told) == 6 + 3

    shown = "\n".join(text.lines(result))
    assert "absent" in shown
    assert "not installed: pip install absent-thing" in shown
    assert "nothing saved: not to be ranked with the above" in shown
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result).speed == result.speed

    html = page(result)
    links = Links()
    links.feed(html)
    assert links.found == []
    assert html.count("<svg") == 3
    for name in ("threads, saved", "asyncio, in memory", "not installed: pip install absent-thing"):
        assert name in html
    assert "@media print" in html


def test_lines_are_counted_without_prose() -> None:
    """Blank lines, comments and docstrings do not count; continued lines do."""
    assert lines.count((lines.count,)) == 3
    assert all(count and count > 10 for one in COMPETITORS if (count := lines.of(one)) is not None)


def test_lines_of_the_steps_count_for_everybody() -> None:
    """Called or written out; and the keyboard of the bench is nobody's application."""
    for one in COMPETITORS:
        if one.missing() or one.name.startswith(ENTRACTE):
            continue
        style = one.style()
        own, called = set(style.written), vars(style).values()
        assert Handler in own or teller.answer in called, one.name
        if Handler not in own:
            assert lines.of(one) == lines.count(style.written) + lines.count(lines.STEPS) + sum(
                lines.count((kept,)) for kept in lines.KEPT if kept in called
            )
    plain = BY_NAME["asyncio, saved"]
    assert lines.of(plain) == lines.count(plain.style().written) - lines.count(lines.KEYBOARD)


def test_command_refuses_an_unknown_name() -> None:
    """With the names there are."""
    done = CliRunner().invoke(compare, ["--only", "nobody"])
    assert done.exit_code == 2
    assert re.search(r"'nobody' is none of: entracte;", done.output)


def test_command_prints_one_report_and_writes_over_another(tmp_path: Path) -> None:
    """What is printed is all that is on standard output."""
    (file := tmp_path / "r.html").write_text("old")
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "compare", "--quick"]
    few = ["--part", "latency", "--only", "asyncio, in memory", "--json", "-", "--html", str(file)]
    printed = subprocess.run([*command, *few], cwd=tmp_path, capture_output=True, timeout=60).stdout
    assert msgspec.json.decode(printed, type=Result).findings == []
    assert "<html" in file.read_text()
    assert [file] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("json_file", "html_file", "told"),
    [("-", "-", "- cannot take two reports"), ("r", "nowhere/r", "there is no folder nowhere")],
)
def test_command_refuses_files_before_the_run(json_file: str, html_file: str, told: str) -> None:
    """It takes ten minutes."""
    done = CliRunner().invoke(compare, ["--json", json_file, "--html", html_file])
    assert (2, True) == (done.exit_code, told in done.output)


def test_a_child_ends_with_its_parent() -> None:
    """Even while nothing but an endless loop runs in it."""
    source = (
        "from comparison.compare.child import end_with\nend_with({})\nprint(flush=True)\nwhile True: pass"
    )
    command = [sys.executable, "-c", source.format(0)]
    orphan = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    with orphan:
        assert orphan.wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_leaves_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    """Neither its temporary folder nor the process it was about to kill."""
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "compare", "--quick"]
    asked = subprocess.Popen(
        [*command, "--part", "survival", "--only", "asyncio, in memory"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with asked:
        assert asked.stderr is not None
        assert b"survival: entracte" in asked.stderr.readline()
        asked.send_signal(ending)
        _, complaint = asked.communicate(timeout=30)
    assert (asked.returncode, b"Traceback" in complaint) == (128 + ending, False)
    assert list(tmp_path.iterdir()) == []


def test_few_open_files_are_made_more() -> None:
    """What the shell allows at first is raised for the whole run, and for the processes it starts."""
    source = (
        "import resource as r; from comparison.open_files import allow_open_files\n"
        "hard = r.getrlimit(r.RLIMIT_NOFILE)[1]\n"
        "r.setrlimit(r.RLIMIT_NOFILE, (64, hard)); allow_open_files(); print(r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 64

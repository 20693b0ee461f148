"""The bench: it does real work, audits it, says so, and notices when it was not done."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from comparison.audit import Expected, audit
from comparison.bench import idle, report, rounds
from comparison.bench.command import bench
from comparison.bench.rounds import BASELINE, OURS, VARIANTS, Figure, Plan, measure, prepare
from comparison.broken_off import told
from comparison.closed_loop import Measurement
from comparison.workload import WrongAnswer


def test_json_has_every_figure_and_the_audit() -> None:
    """The JSON names each variant and terminal count, the ratios, and that the audit found nothing."""
    done = CliRunner().invoke(bench, ["--terminals", "1,5", "--seconds", "0.2", "--rounds", "1", "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.output)
    assert result["audit"] == "ok"
    assert {"1", "5"} == result["ratio"].keys()
    for row in result["results"]:
        assert {"steps_per_s", "p50_ms", "p99_ms", "cpu_us_per_step", "mean_batch"} <= row.keys()
        assert row["steps_per_s"] > 0
    assert {variant.name for variant in VARIANTS} == {row["variant"] for row in result["results"]}


@pytest.mark.parametrize("text", ["", "0", "1,x", "-3", "100000"])
def test_terminals_must_be_numbers(text: str) -> None:
    """A list that is none is refused with what to write instead."""
    done = CliRunner().invoke(bench, ["--terminals", text])
    assert done.exit_code == 2
    assert "Invalid value" in done.output


def test_audit_finds_what_was_tampered_with(tmp_path: Path) -> None:
    """The audit of a run speaks up for lost money, a lost or doubled posting, and a lost step."""

    async def run() -> tuple[dict[str, Path], list[Any]]:
        stores = await prepare(tmp_path)
        return stores, [item async for item in measure(Plan([3], 0.2, 1, 0.0), stores)]

    stores, items = asyncio.run(run())
    assert all(isinstance(item, Figure) for item in items)
    for store in stores.values():
        with closing(sqlite3.connect(store)) as database:
            posted = database.execute("SELECT count(*) FROM ledger").fetchone()[0]
            steps = database.execute("SELECT count(*) FROM step WHERE outcome = 'converse' AND number > 1")
            right = Expected(steps.fetchone()[0], posted)
        assert audit(store, right) == []
        assert audit(store, Expected(right.steps + 1, right.posted))
        assert audit(store, Expected(right.steps, right.posted - 1))
        for harm in (
            "UPDATE account SET balance = balance + 1 WHERE number = '90100001'",
            "INSERT INTO ledger SELECT NULL, source, target, amount, reference, posted_at, terminal "
            "FROM ledger LIMIT 1",
            "DELETE FROM step WHERE unit = (SELECT max(unit) FROM step)",
        ):
            harmed = tmp_path / "harmed.db"
            shutil.copy(store, harmed)
            with closing(sqlite3.connect(harmed, isolation_level=None)) as database:
                database.execute(harm)
            assert audit(harmed, right), harm


async def test_the_bench_knows_what_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a terminal posted, and from whom to whom, is what the stores are held to."""
    held: list[Expected] = []

    def hold(store: Path, expected: Expected) -> list[str]:
        held.append(expected)
        return audit(store, expected)

    monkeypatch.setattr(rounds, "audit", hold)
    stores = await prepare(tmp_path)
    items = [item async for item in measure(Plan([1, 2], 0.1, 1, 0.0), stores)]
    assert not [item for item in items if isinstance(item, str)]
    for store, expected in zip(stores.values(), held, strict=True):
        assert len(expected.terminals) == 3
        with closing(sqlite3.connect(store, isolation_level=None)) as database:
            database.execute("UPDATE ledger SET reference = 'X' WHERE id = 1")
        assert "ledger: 1 rows that nobody typed" in audit(store, expected)


def test_commits_can_be_made_slow() -> None:
    """With 20 ms a commit a lone terminal of either variant makes at most 50 steps a second."""
    options = ["--terminals", "1", "--seconds", "0.5", "--rounds", "1", "--commit-delay-ms", "20", "--json"]
    done = CliRunner().invoke(bench, options)
    assert done.exit_code == 0, done.output
    assert all(0 < row["steps_per_s"] <= 50 for row in json.loads(done.output)["results"])


def test_a_run_without_a_step_does_not_count() -> None:
    """No figure is made up: null in valid JSON, and exit code 1 with what was not finished."""
    options = ["--terminals", "1", "--seconds", "0.1", "--rounds", "1", "--commit-delay-ms", "300"]
    done = CliRunner().invoke(bench, [*options, "--json"])
    assert done.exit_code == 1
    result = json.loads(done.output, parse_constant=pytest.fail)
    assert result["ratio"] == {"1": None}
    assert {row["p99_ms"] for row in result["results"]} == {None}
    assert "no step was finished in 0.1 s" in result["audit"][0]


def test_a_baseline_without_a_step_gives_no_ratio() -> None:
    """Neither 0 nor ten thousand million."""
    none, some = Measurement(0, 0, 1.0, 0.0, []), Measurement(10, 5, 1.0, 0.1, [1.0] * 10)
    figures = [Figure(OURS, 1, 0, some, 1.0), Figure(BASELINE, 1, 0, none, 1.0)]
    found = report.summary(Plan([1], 1.0, 1, 0.0), figures, [], 0.1)
    assert found["ratio"] == {"1": None}
    assert report.closing_lines(found)[-1].endswith("nothing to compare, for the baseline finished no step")
    assert report.line(figures[1]).split()[-4:] == ["-"] * 4


def test_repeated_numbers_are_measured_once() -> None:
    """2,2 is 2; and more different ones than terminals can be named for are refused."""
    options = ["--seconds", "0.1", "--rounds", "1", "--json", "--terminals"]
    done = CliRunner().invoke(bench, [*options, ",".join(["2"] * 11)])
    assert len(json.loads(done.output)["results"]) == 2
    refused = CliRunner().invoke(bench, [*options, ",".join(str(number) for number in range(1, 12))])
    assert refused.exit_code == 2
    assert "at most 10 different numbers" in refused.output


@pytest.mark.parametrize("option", ["--seconds", "--commit-delay-ms"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_number_is_one(option: str, value: str) -> None:
    """What compares with nothing is in no range."""
    done = CliRunner().invoke(bench, [option, value])
    assert done.exit_code == 2
    assert f"Invalid value for '{option}'" in done.output


def test_a_run_that_breaks_off_is_told_in_a_sentence() -> None:
    """A hundred terminals that were refused are one line; a mistake of ours keeps its traceback."""
    wrong = WrongAnswer("T001 ENTER: the store's own process ended")
    with (
        pytest.raises(
            click.ClickException, match=r"the run broke off.*T001 ENTER: the store's own process ended"
        ),
        told(),
    ):
        raise ExceptionGroup("unhandled", [ExceptionGroup("more", [wrong] * 100), wrong])
    with pytest.raises(ExceptionGroup), told():
        raise ExceptionGroup("unhandled", [wrong, ZeroDivisionError()])


def test_idle_conversations_cost_no_memory(tmp_path: Path) -> None:
    """A region with 100,000 idle conversations in its store is within 5 MB of one with 1,000."""
    template = asyncio.run(idle.prepare(tmp_path))
    few, many = idle.measure(template, tmp_path, [1_000, 100_000])
    assert abs(many.resident_mb - few.resident_mb) < 5

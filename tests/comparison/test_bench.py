"""The bench: it does real work, audits it, says so, and notices when it was not done."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from comparison.audit import Expected, audit
from comparison.bench import idle
from comparison.bench.command import bench
from comparison.bench.rounds import VARIANTS, Figure, Plan, measure, prepare


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


def test_commits_can_be_made_slow() -> None:
    """With 20 ms a commit a lone terminal of either variant makes at most 50 steps a second."""
    options = ["--terminals", "1", "--seconds", "0.5", "--rounds", "1", "--commit-delay-ms", "20", "--json"]
    done = CliRunner().invoke(bench, options)
    assert done.exit_code == 0, done.output
    assert all(row["steps_per_s"] <= 50 for row in json.loads(done.output)["results"])


def test_idle_conversations_cost_no_memory(tmp_path: Path) -> None:
    """A region with 100,000 idle conversations in its store is within 5 MB of one with 1,000."""
    template = asyncio.run(idle.prepare(tmp_path))
    few, many = idle.measure(template, tmp_path, [1_000, 100_000])
    assert abs(many.resident_mb - few.resident_mb) < 5

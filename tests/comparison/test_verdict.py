"""The verdict: each sentence follows from the figures, whoever they speak for."""

from __future__ import annotations

import pytest

from comparison.compare.results import Idle, Neighbour, Result
from comparison.compare.verdict import sentences
from comparison.table import ENTRACTE
from tests.comparison.made import killed, result, silent, speeds


def said(found: Result) -> str:
    """All of it."""
    return "\n".join(sentences(found))


@pytest.mark.parametrize(
    ("rival", "says"),
    [
        (1_000, "entracte did 9,000 steps a second at 100, 9.0 times as many as the nearest"),
        (9_000, "rival and entracte were even at 100 (9,000 and 9,000 steps a second)"),
        (90_000, "rival did 90,000 steps a second at 100, 10.0 times as many as entracte (9,000)"),
    ],
)
def test_ahead_even_and_behind_at_many_terminals_are_told(rival: float, says: str) -> None:
    """Ahead, even and behind are three sentences."""
    found = sentences(result(speed=speeds(100, entracte=9_000, rival=rival)))
    assert len(found) == 1
    assert says in found[0]


def test_the_shared_commit_is_named_where_the_nearest_commits_alone() -> None:
    """And not where the nearest shares commits as well."""
    alone = said(result(speed=speeds(100, entracte=9_000, rival=1_000)))
    assert "rival commits each step by itself, entracte all steps that wait in one" in alone
    grouped = said(result(speed=speeds(100, entracte=9_000, grouped_rival=1_000)))
    assert "by itself" not in grouped


def test_the_shared_commit_divides_them_only_if_it_does() -> None:
    """Those that share it, entracte among them, must all be clear of those that do not."""
    clear = said(result(speed=speeds(100, entracte=9_000, grouped_rival=12_000, rival=1_000)))
    assert "the slowest, entracte, did 9,000 steps a second at 100" in clear
    assert "the fastest, rival, 1,000" in clear
    ours = speeds(100, entracte=9_000, entracte_over_TCP=7_000, grouped_rival=12_000, rival=1_000)
    assert "the slowest, entracte over TCP, did 7,000" in said(result(speed=ours))
    mixed = said(result(speed=speeds(100, entracte=1_000, grouped_rival=12_000, rival=1_000)))
    assert "divides" not in mixed


def test_a_lead_that_falls_is_told() -> None:
    """Each other number of terminals has its own figure."""
    found = said(
        result(
            speed=[*speeds(100, entracte=12_000, rival=1_000), *speeds(1_000, entracte=2_000, rival=2_000)]
        )
    )
    assert "Elsewhere entracte did 1.0 times the steps of rival at 1,000." in found
    assert "the more" not in found.lower()


@pytest.mark.parametrize(
    ("rival", "says"),
    [
        (500, "entracte was 2.0 times as fast as the next that saves, web rival (HTTP)."),
        (1_000, "web rival (HTTP) and entracte were even (1.00)"),
        (2_000, "web rival (HTTP) did 2,000 steps a second, 2.0 times as many as entracte (1,000)"),
    ],
)
def test_ahead_even_and_behind_at_one_terminal_are_told(rival: float, says: str) -> None:
    """Ahead, even and behind; nothing is said of a style that was not measured, nor of many terminals."""
    found = sentences(result(speed=speeds(1, entracte=1_000, web_rival=rival)))
    assert len(found) == 1
    assert says in found[0]
    assert "blocking" not in found[0]


@pytest.mark.parametrize(
    ("unsaved", "share", "says"),
    [
        (20_000, "50%", "wants the first"),
        (10_000, "100%", "Speed was no reason not to save here."),
        (5_000, "200%", "Speed was no reason not to save here."),
    ],
)
def test_not_saving_is_recommended_only_where_it_is_faster(unsaved: float, share: str, says: str) -> None:
    """Elsewhere speed is no reason."""
    found = said(result(speed=speeds(100, entracte=10_000, forgetful=unsaved)))
    assert f"entracte {share} of that with every step on disk" in found
    assert says in found


def test_without_a_figure_of_ours_nothing_is_compared() -> None:
    """A run too short for one step of ours."""
    rows = speeds(100, entracte=1e-9, rival=1_000, forgetful=30_000)[1:]
    found = sentences(result(speed=rows))
    assert len(found) == 1
    assert "entracte finished no step in the time it had, with 100 terminals" in found[0]
    assert found == sentences(result(speed=[*rows, *silent(ENTRACTE)]))


def test_one_that_finished_no_step_is_compared_with_nobody() -> None:
    """Neither as the nearest nor as the price of saving."""
    rows = [*speeds(100, entracte=9_000, rival=1_000), *silent("forgetful"), *silent("grouped rival")]
    assert sentences(result(speed=rows)) == sentences(result(speed=rows[:2]))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (killed(ENTRACTE), "nothing was lost or doubled by entracte"),
        (killed(ENTRACTE, lost=1), "work that had been shown was lost by entracte"),
        (killed(ENTRACTE, steps_lost=1), "work that had been shown was lost by entracte"),
        (killed(ENTRACTE, doubled=1), "money was moved twice by entracte"),
        (
            killed(ENTRACTE, note="a terminal could not go on: no"),
            "entracte: a terminal could not go on: no",
        ),
        (killed(ENTRACTE, of=0), "nothing could be measured of entracte"),
    ],
)
def test_what_came_of_a_kill_is_told(row: object, says: str) -> None:
    """One sentence for each thing that came of it, and no cause that nobody measured."""
    assert [f"Killed in mid-conversation, {says}."] == sentences(result(survival=[row]))


def test_a_kill_of_which_an_audit_found_something_is_not_clean() -> None:
    """Is not called clean."""
    assert (
        sentences(result(survival=[killed(ENTRACTE)], findings=["entracte, killed: 1 account is wrong"]))
        == []
    )


@pytest.mark.parametrize(
    ("quiet", "beside", "became", "says"),
    [
        (3.2, 7.0, "answered in 19 ms", "p99 was 3.2 ms before it began, 7.0 ms beside it"),
        (2.5, 2.4, "answered in 19 ms", "too little to be told"),
        (
            60.0,
            119.0,
            "answered in 19 ms",
            "cannot be told what the others noticed, for their p99 was 60.0 ms",
        ),
        (47.7, 2.5, "answered in 19 ms", "cannot be told what the others noticed, for their p99 was 47.7 ms"),
        (2.0, 2.1, 'refused: no NumPy"},"attributes" in 1 ms', "not measured (refused: no NumPy)"),
        (2.0, None, "failed: it ended with 1: boom", "not measured (failed: it ended with 1: boom)"),
        (2.0, float("nan"), "answered in 19 ms", "not measured"),
    ],
)
def test_what_was_noticed_beside_a_computation_is_told(
    quiet: float, beside: float | None, became: str, says: str
) -> None:
    """Milliseconds, if the bad one computed and the machine was quiet before; else that it cannot be told."""
    found = sentences(result(neighbour=[Neighbour(ENTRACTE, "numpy", quiet, beside, beside, became)]))
    assert len(found) == 1
    assert says in found[0]


def test_few_inputs_beside_a_computation_are_told_by_p95() -> None:
    """p95 says more of a few; and a slow commit is not a busy machine."""
    row = Neighbour(ENTRACTE, "numpy", 25.0, 90.0, 99.0, "answered in 19 ms", 400, 22.0, 31.0)
    assert "for their p95 was 22.0 ms before it began" in said(result(neighbour=[row]))
    assert "p95 was 22.0 ms before it began, 31.0 ms beside" in said(
        result(neighbour=[row], commit_delay_ms=5.0)
    )


def test_an_endless_program_is_told_also_where_it_was_not_measured() -> None:
    """A process that failed has no p99 of 0 ms."""
    row = Neighbour(ENTRACTE, "endless", None, None, None, "failed: it ended with 1: boom")
    assert [
        "A program that loops for ever, entracte: not measured (failed: it ended with 1: boom)."
    ] == sentences(result(neighbour=[row]))
    row = Neighbour(ENTRACTE, "endless", 2.0, 317.0, 400.0, "ended with abend AICA in 530 ms")
    assert "ended with abend AICA in 530 ms; the others' p99 was 317 ms" in said(result(neighbour=[row]))
    row.at_least = True
    assert "the others' p99 was at least 317 ms" in said(result(neighbour=[row]))


def test_who_held_most_of_an_idle_conversation_is_told() -> None:
    """Who held next to nothing, and who held most."""
    found = said(result(idle=[Idle(ENTRACTE, 1_000, 500.0), Idle("forgetful", 1_000, 5_000.0)]))
    assert "entracte held less than 1 KB for each in the process; forgetful held 5.0 KB" in found
    assert sentences(result(idle=[Idle(ENTRACTE, 1_000, 5_000.0), Idle("forgetful", 1_000, 5_000.0)])) == []

"""The plots show what was measured, within their frame."""

from __future__ import annotations

import re

from comparison.compare.page import page
from comparison.compare.plots import CHARACTER, WIDTH, Bar, bars
from comparison.compare.results import Latency
from comparison.table import ENTRACTE
from tests.comparison.made import result


def test_a_curve_ends_where_one_could_not_follow() -> None:
    """A saturated rate has a row in the table, and no point."""
    shown = page(
        result(
            latency=[
                Latency(ENTRACTE, 100, False, 1.0, 2.0, 3.0),
                Latency(ENTRACTE, 300, True, 1.0, 900.0, 999.0),
            ]
        )
    )
    assert shown.count("<circle") == 1
    assert "saturated" in shown


def test_labels_have_the_room_they_need() -> None:
    """The value behind the longest bar ends within the plot."""
    shown = bars(
        [Bar("threads, saved: endless", 4_000.0, 1.0, 4_000.0), Bar("x", 2.0, 1.0, 3.0)],
        "ms, p99 of the others",
    )
    places = re.findall(r'<text x="([0-9.]+)" y="\d+">([^<]+)</text>', shown)
    assert len(places) == 2
    assert all(float(x) + len(label) * CHARACTER <= WIDTH for x, label in places)

"""A portfolio of loans and what it is worth, in plain Python and with NumPy: pure functions, the same result.

Every loan is made from its number, so that the portfolio needs no table and every process has the same one. A
loan pays monthly until its term; each month a part of the borrowers leaves; payments are discounted at a rate.
Both ways do the same operations on each loan in the same order, so they agree to the last bit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

TERM_MONTHS_MIN = 60
TERMS = 121
"""Terms run from 60 to 180 months."""
_STRIDE = 7_919


def terms_of(loan: int) -> tuple[float, int, float]:
    """(monthly payment in minor units, months left, part of the borrowers that stays each month)."""
    place = loan * _STRIDE
    return 20_000.0 + place % 90_001, TERM_MONTHS_MIN + place % TERMS, 1.0 - (place % 50) / 10_000


def value_in_python(first: int, last: int, rate_bp: int) -> int:
    """Worth of the loans from `first` up to but without `last` at a yearly rate in basis points, in minor units."""
    discount = 1.0 / (1.0 + rate_bp / 120_000)
    total = 0
    for loan in range(first, last):
        payment, months, stays = terms_of(loan)
        factor, weight, annuity = discount * stays, 1.0, 0.0
        for _ in range(months):
            weight *= factor
            annuity += weight
        total += int(payment * annuity + 0.5)
    return total


def value_with_numpy(numpy: Any, first: int, last: int, rate_bp: int) -> int:
    """As `value_in_python`, all loans at once, month by month."""
    place = numpy.arange(first, last, dtype=numpy.int64) * _STRIDE
    payment = 20_000.0 + place % 90_001
    months = TERM_MONTHS_MIN + place % TERMS
    order = numpy.argsort(-months, kind="stable")
    payment, months, place = payment[order], months[order], place[order]
    factor = 1.0 / (1.0 + rate_bp / 120_000) * (1.0 - (place % 50) / 10_000)
    weight, annuity = numpy.ones(len(place)), numpy.zeros(len(place))
    counts = numpy.searchsorted(-months, -numpy.arange(TERM_MONTHS_MIN + TERMS), side="left")
    for month in range(TERM_MONTHS_MIN + TERMS - 1):
        running = counts[month]
        weight[:running] *= factor[:running]
        annuity[:running] += weight[:running]
    return int((payment * annuity + 0.5).astype(numpy.int64).sum())


def shares(loans: int, parts: int) -> list[tuple[int, int]]:
    """The loans in `parts` stretches, of one length as far as it goes."""
    return list(pairwise(loans * part // parts for part in range(parts + 1)))

"""A day beyond the ordinary, by EARS and by Farrington."""

import numpy as np
import pytest
from tests.rules.watching import RULES, T0, fact, facts_of, found, rings, sample

from vigie.judge.watched import DAY_US, HOUR_US, Watched
from vigie.rules.day_excess import DayParameters


@pytest.mark.parametrize("method", ["c1", "c2", "c3", "farrington"])
def test_every_method_rings_on_a_day_far_beyond(method: str) -> None:
    """Asked as R20 of the requirements."""
    (one,) = found("day_excess", sample("day_excess"), method=method)

    assert one.numbers["observed"] == 30
    assert one.numbers["upper"] < 30
    assert one.explanation["fr"].startswith("Secours : 30 dans la journée, la ville,")


def test_an_ordinary_day_stays_silent() -> None:
    told = sample("day_excess")
    told["facts"] = [one for one in told["facts"] if not one["fact_id"].startswith("n")]

    assert rings("day_excess", told) == []


@pytest.mark.parametrize("method", ["farrington", "c2"])
def test_it_rings_about_as_often_as_declared_on_a_steady_city(method: str) -> None:
    generator = np.random.default_rng(5)
    days, past = 150, 84
    counts = generator.poisson(30.0, size=past + days)
    rows = [
        fact(f"{day}-{n}", "rescue.fire", T0 + (day - past) * DAY_US + HOUR_US)
        for day, count in enumerate(counts)
        for n in range(count)
    ]
    seen = Watched(T0, T0 + days * DAY_US - 1, T0 - past * DAY_US, facts_of(rows))
    asked = DayParameters(kind="rescue", method=method, false_per_month=1.5)

    n = len(RULES["day_excess"].judge(seen, asked))

    declared = 1.5 / 30 * days
    assert n <= declared + 4 * declared**0.5

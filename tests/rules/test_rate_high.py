"""More than usual at this hour: at the rate of false alarms that it declares."""

import numpy as np
import pytest
from tests.rules.watching import RULES, T0, fact, facts_of, found, rings, sample

from vigie.judge.watched import DAY_US, HOUR_US, WEEK_US, Watched
from vigie.rules.rate_high import RateParameters


def test_it_says_what_was_expected() -> None:
    (one,) = found("rate_high", sample("rate_high"))

    assert "14 en une heure dans la ville, 1,1 attendus d'après 8 mêmes" in one.explanation["fr"]
    assert one.numbers["chance"] < one.numbers["threshold"]


def test_what_the_past_makes_credible_stays_silent() -> None:
    told = sample("rate_high")
    told["facts"] = [one for one in told["facts"] if one["fact_id"] not in {"n9", "n8"}]
    told["facts"] = [one for one in told["facts"] if not one["fact_id"].startswith("n1")]

    assert len(told["facts"]) == 8 + 7
    assert rings("rate_high", told, false_per_month=0.001) == []


def test_without_a_week_of_past_nothing_is_said() -> None:
    told = sample("rate_high") | {"since": -3 * DAY_US}

    assert rings("rate_high", told) == []


def test_the_false_alarms_found_are_those_declared() -> None:
    """Under a steady Poisson city the rate found lies in what the declared one makes likely.

    Asked as R20 of the requirements.
    """
    generator = np.random.default_rng(11)
    days, weeks = 120, 8
    counts = generator.poisson(4.0, size=(weeks * 7 + days) * 24)
    since = T0 - weeks * WEEK_US
    rows = [
        fact(f"{hour}-{n}", "rescue.fire", since + hour * HOUR_US)
        for hour, count in enumerate(counts)
        for n in range(count)
    ]
    seen = Watched(T0, T0 + days * DAY_US - 1, since, facts_of(rows))
    asked = RateParameters(kind="rescue", weeks=weeks, false_per_month=30.0)

    n = len(RULES["rate_high"].judge(seen, asked))
    reached = asked.reached_per_day(seen)

    assert reached is not None
    assert 0.3 < reached <= asked.false_per_month / 30.0
    assert n == pytest.approx(reached * days, abs=4 * (reached * days) ** 0.5)
    assert n <= days + 4 * days**0.5

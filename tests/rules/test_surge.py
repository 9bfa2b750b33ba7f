"""A surge: rings on what the past makes incredible, at the false-alarm rate it states."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.rules.surge import FALSE_ALARMS_PER_DAY, judge, upper_tail

FACTS = {
    "from_us": 0,
    "to_us": 3_600_000_000,
    "past_hours": 8,
    "tests": 100 * 6 * 24,
    "labels": {"offence": {"fr": "Infractions", "en": "Offences"}},
}


def counts(observed: int, past_total: int) -> pa.Table:
    row = {
        "cell8": "88396ea9b3fffff",
        "theme": "offence",
        "observed": observed,
        "past_total": past_total,
        "lon": 5.37,
        "lat": 43.29,
    }
    return pa.Table.from_pylist([row])


def test_it_rings_with_its_numbers() -> None:
    (found,) = judge(counts(12, 8), FACTS)

    assert found.numbers["observed"] == 12
    assert found.numbers["expected"] == pytest.approx(8.5 / 8, abs=1e-3)
    assert found.numbers["chance"] < found.numbers["threshold"]
    assert "8 mêmes heures" in found.explanation["fr"]


@pytest.mark.parametrize(("observed", "past"), [(2, 0), (3, 8), (12, 80)])
def test_it_stays_silent(observed: int, past: int) -> None:
    assert judge(counts(observed, past), FACTS) == []


@given(st.integers(0, 60), st.integers(0, 400), st.integers(1, 20))
def test_the_tail_is_that_of_the_negative_binomial(observed: int, past: int, hours: int) -> None:
    shape, odds = past + 0.5, 1 / (hours + 1)
    total = sum(
        math.exp(
            math.lgamma(shape + k)
            - math.lgamma(shape)
            - math.lgamma(k + 1)
            + shape * math.log1p(-odds)
            + k * math.log(odds)
        )
        for k in range(observed)
    )

    assert upper_tail(observed, past, hours) == pytest.approx(max(0.0, 1 - total), abs=1e-9)


def test_the_stated_false_alarm_rate_holds_on_quiet_cities() -> None:
    """Simulated days of a city at its usual rates ring at most about once a day."""
    rng = np.random.default_rng(20261123)
    days, cells = 200, 60
    rings = 0
    tests = cells * 24
    for rate in rng.gamma(0.7, 0.6, size=cells):
        past = rng.poisson(rate * 8, size=days * 24)
        now = rng.poisson(rate, size=days * 24)
        rings += sum(
            upper_tail(int(n), int(p), 8) <= FALSE_ALARMS_PER_DAY / tests
            for n, p in zip(now, past, strict=True)
            if n >= 3
        )

    assert rings / days <= 1.3 * FALSE_ALARMS_PER_DAY

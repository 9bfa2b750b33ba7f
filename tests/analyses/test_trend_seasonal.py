"""The level, and the factors around it: planted ones found, bands that hold what they say."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.trend_seasonal import SeasonalParameters, run
from vigie.base.clock import EPOCH

WEEKDAY = np.array([0.8, 0.8, 0.8, 0.8, 1.0, 1.4, 1.4])


def _city(first: date, days: int, seed: int, *, grows: float = 1.0, scatter: float = 1.0):
    """Facts of 40 a day at noon UTC with known weekday factors and a known growth."""
    rng = np.random.default_rng(seed)
    at = []
    for step in range(days):
        day = first + timedelta(days=step)
        mean = 40 * WEEKDAY[day.weekday()] * grows ** (step / days)
        if scatter > 1:
            mean = rng.gamma(mean / (scatter - 1), scatter - 1)
        start = us(day.year, day.month, day.day, 6)
        at += (start + rng.integers(0, 12 * HOUR, rng.poisson(mean))).tolist()
    return facts(at)


def _rows(found, part: str) -> list[dict]:
    return [row for row in found.table.to_pylist() if row["part"] == part]


def test_planted_weekdays_and_growth_are_found() -> None:
    first, days = date(2025, 1, 6), 364
    found = run(
        _city(first, days, 1, grows=1.5),
        SeasonalParameters(knot_days=366),
        frame(first, first + timedelta(days=days)),
    )

    for row, truth in zip(_rows(found, "weekday"), WEEKDAY / WEEKDAY.mean(), strict=True):
        assert row["value"] == pytest.approx(truth, rel=0.05)
        assert row["low"] < row["value"] < row["high"]
    (change,) = _rows(found, "change")
    assert change["low"] < 1.5 < change["high"]
    assert change["low"] > 1
    assert "no" not in found.notes or len(found.notes) == 2
    assert _rows(found, "month") == []


def test_the_bands_hold_the_truth_as_often_as_they_say_though_days_scatter() -> None:
    first, days, held = date(2025, 3, 3), 140, 0
    for seed in range(60):
        table = _city(first, days, seed, scatter=3.0)
        found = run(
            table, SeasonalParameters(knot_days=366), frame(first, first + timedelta(days=days))
        )
        saturday = _rows(found, "weekday")[5]
        held += saturday["low"] < 1.4 < saturday["high"]

    assert held >= 52  # 60 at 95 %: fewer than 52 has probability 0.4 %


def test_a_year_and_a_half_tells_the_season() -> None:
    first, days = date(2024, 1, 1), 731
    rng = np.random.default_rng(3)
    at = []
    for step in range(days):
        day = first + timedelta(days=step)
        number = (day - EPOCH.date()).days
        mean = 30 * np.exp(0.4 * np.sin(2 * np.pi * number / 365.2425))
        at += [us(day.year, day.month, day.day, 12)] * rng.poisson(mean)
    found = run(facts(at), SeasonalParameters(), frame(first, first + timedelta(days=days)))
    months = _rows(found, "month")

    assert len(months) == 12
    assert months[3]["low"] < np.exp(0.4 * np.sin(2 * np.pi * 3.5 / 12)) < months[3]["high"]
    assert months[9]["high"] < 1


def test_uncertain_hours_are_spread_and_a_holiday_is_told() -> None:
    first = date(2025, 4, 7)
    at, late = [], []
    for step in range(70):
        day = first + timedelta(days=step)
        many = 40 if day in {date(2025, 5, 1), date(2025, 5, 8), date(2025, 5, 29)} else 10
        at += [us(day.year, day.month, day.day, 8)] * many  # 10:00 local, until noon
        late += [us(day.year, day.month, day.day, 10)] * many
    found = run(facts(at, late), SeasonalParameters(), frame(first, first + timedelta(days=70)))
    hours = _rows(found, "hour")
    (holiday,) = _rows(found, "holiday")

    assert [row["position"] for row in hours if row["facts"] > 0] == [10, 11]
    assert hours[10]["value"] == pytest.approx(12)
    assert 2 < holiday["low"] < holiday["value"] < holiday["high"]


def test_a_few_weeks_tell_nothing_and_say_so() -> None:
    found = run(
        facts([us(2026, 3, 2, 12)] * 9),
        SeasonalParameters(),
        frame(date(2026, 3, 2), date(2026, 3, 16)),
    )

    assert found.table.num_rows == 0
    assert found.base == 9
    assert "nothing to tell apart" in found.notes[0]["en"]

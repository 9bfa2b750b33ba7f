"""How notes did: known answers on made days, and intervals that hold what they should."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.noted_days import expected_by_day, reliability, usual_of

FIRST = date(2026, 1, 5)


def days(n: int) -> list[date]:
    return [FIRST + timedelta(days=i) for i in range(n)]


def test_the_expected_is_the_mean_of_the_same_weekday_before() -> None:
    counts = {day: 100 + 10 * day.weekday() + i // 7 for i, day in enumerate(days(70))}
    expected = expected_by_day(counts)
    assert min(expected) == FIRST + timedelta(weeks=4)
    tuesday = FIRST + timedelta(weeks=9, days=1)
    assert expected[tuesday] == pytest.approx(110 + np.mean(range(1, 9)))
    assert usual_of(counts, FIRST + timedelta(weeks=30)) == pytest.approx(
        100 + np.mean(range(2, 10))
    )
    assert usual_of({}, FIRST) == 0


def test_a_note_that_knows_is_told_apart_from_one_that_does_not() -> None:
    rng = np.random.default_rng(3)
    every = days(300)
    notes = {day: int(n) for day, n in zip(every, rng.integers(1, 8, 300), strict=True)}
    knows = {day: int(rng.poisson(5_000 * (1 + 0.06 * notes[day]))) for day in every}
    found = reliability(notes, knows)
    assert found.correlation is not None
    assert found.low is not None
    assert found.low > 0.5
    ratios = [one.ratio for one in found.records]
    assert ratios == sorted(ratios)
    assert sum(one.days for one in found.records) == found.days == 300 - 28
    blind = {day: int(rng.poisson(200)) for day in every}
    other = reliability(notes, blind)
    assert other.low is not None
    assert other.high is not None
    assert other.low < 0.1
    assert abs(other.correlation or 0) < 0.15


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = total = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        every = days(120)
        notes = {day: int(n) for day, n in zip(every, rng.integers(1, 5, 120), strict=True)}
        counts = {day: int(rng.poisson(80 * (1 + 0.1 * notes[day]))) for day in every}
        mean = 80 * (1 + 0.1 * np.mean(list(notes.values())))
        for one in reliability(notes, counts).records:
            total += 1
            held += one.low <= 80 * (1 + 0.1 * one.note) / mean <= one.high
    assert 0.7 <= held / total <= 1.0


def test_few_days_say_nothing() -> None:
    counts = dict.fromkeys(days(40), 50)
    assert reliability({}, counts).days == 0
    few = reliability(dict.fromkeys(days(40), 1), counts)
    assert few.correlation is None
    (record,) = few.records
    assert (record.days, record.ratio) == (12, 1.0)
    assert record.low < 1 < record.high


@given(st.dictionaries(st.sampled_from(days(80)), st.integers(0, 50), max_size=80))
def test_any_counts_give_ordered_ends(counts: dict[date, int]) -> None:
    found = reliability({day: 1 + i % 10 for i, day in enumerate(days(80))}, counts)
    for one in found.records:
        assert 0 <= one.low <= one.high
        assert one.expected > 0

"""Expected without the event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.effects.small_city import (
    FIRST,
    HALF_M,
    SQUARE,
    YEARLY,
    City,
    occasion,
)

from vigie.foresight.effects.baseline import baseline, pearson, place_in
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Windows

MONDAY = FIRST + timedelta(days=98, hours=10)
QUIET = occasion("quiet", "event.fair", SQUARE, MONDAY)


def _windows(starts: list[int], bins: int, length: int) -> Windows:
    edges = np.array([[s + b * length for b in range(bins + 1)] for s in starts], np.int64)
    n = len(starts)
    return Windows(edges, np.ones(n), np.ones(n, bool), 0.0, relaxed=False)


@given(
    st.lists(st.integers(0, 400), max_size=60),
    st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True),
)
def test_each_instant_falls_in_the_window_and_hour_that_hold_it(
    instants: list[int], days: list[int]
) -> None:
    windows = _windows([40 * d for d in days], 4, 7)
    at = np.sort(np.array(instants, np.int64))
    inside, window, hour = place_in(windows, at)
    found = sorted(zip(at[inside].tolist(), window.tolist(), hour.tolist(), strict=True))
    wanted = sorted(
        (t, days.index(t // 40), t % 40 // 7)
        for t in at.tolist()
        if t // 40 in days and t % 40 < 28
    )
    assert found == wanted


def test_the_expected_is_the_rate_of_the_place_at_these_hours(
    fitted: tuple[City, EffectModel],
) -> None:
    model = fitted[1]
    told = baseline(model.around.count(QUIET))
    area = np.pi * 2_000**2 / (4 * HALF_M**2)
    hourly = np.r_[np.full(7, 0.3), np.full(12, 1.4), np.full(5, 1.0)]
    share = hourly[6:16].sum() / hourly.mean() / 24
    true = np.array(YEARLY) / 365 * area * share
    assert told.mean.sum((1, 2)) == pytest.approx(true, rel=0.12)
    rings = told.mean.sum((0, 2))
    assert rings / rings.sum() == pytest.approx([1 / 16, 3 / 16, 12 / 16], abs=0.02)


def test_what_happens_in_the_event_s_own_window_does_not_touch_the_expected(
    fitted: tuple[City, EffectModel],
) -> None:
    counted = fitted[1].around.count(QUIET)
    loud = replace(counted, observed=counted.observed + 100.0)
    assert bool(np.all(baseline(loud).mean == baseline(counted).mean))


def test_more_controls_make_it_better_known(fitted: tuple[City, EffectModel]) -> None:
    model = fitted[1]
    early = replace(QUIET, starts_us=QUIET.starts_us - 80 * 86_400_000_000)
    early = replace(early, ends_us=early.starts_us + 7_200_000_000)
    few = baseline(model.around.count(early, until_us=early.starts_us))
    many = baseline(model.around.count(early))
    assert few.controls < many.controls
    doubt = np.sqrt(few.known.sum()) / few.mean.sum()
    assert doubt > np.sqrt(many.known.sum()) / many.mean.sum()


def test_poisson_controls_spread_as_poisson(fitted: tuple[City, EffectModel]) -> None:
    counted = fitted[1].around.count(QUIET)
    residual, expected = pearson(counted, np.arange(3))
    assert residual.shape == expected.shape == (1, int(counted.windows.same_day.sum()))
    assert float(residual.mean()) == pytest.approx(1.0, abs=0.6)

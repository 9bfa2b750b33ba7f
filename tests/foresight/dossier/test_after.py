"""Planned, expected and happened."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.foresight.dossier.files import whole

from vigie.foresight.dossier.after import (
    HOUR_US,
    LEAST_CONTROLS,
    WEEK_US,
    control_shifts,
    count_around,
    distances_m,
    engaged,
    predictive,
    seen_presence,
)
from vigie.geo.projection import local_projection

EVENT = (100 * WEEK_US, 100 * WEEK_US + 2 * HOUR_US)
SHIFTS = [-WEEK_US, WEEK_US, -2 * WEEK_US, 2 * WEEK_US, -3 * WEEK_US]


def facts(*groups: tuple[float, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Distance, instant, how many."""
    distance = np.concatenate([np.full(n, d) for d, _, n in groups])
    at = np.concatenate([np.full(n, us, dtype=np.int64) for _, us, n in groups])
    return distance, at


def counted(*groups: tuple[float, int, int], least: int = 5):
    distance, at = facts(*groups)
    found = count_around(distance, at, event=EVENT, shifts=SHIFTS, least=least)
    return {(one.ring_m[0], one.phase): one for one in found}


def test_facts_are_counted_by_ring_and_phase() -> None:
    during = EVENT[0] + HOUR_US
    found = counted((0.0, during, 7), (500.0, EVENT[0] - 1, 9), (900.0, EVENT[1], 6))
    assert found[0.0, "during"].happened == 7
    assert found[300.0, "before"].happened == 9
    assert found[600.0, "after"].happened == 6
    assert len(found) == 9
    assert sum(one.happened or 0 for one in found.values()) == 22


def test_facts_without_a_place_or_far_away_are_counted_nowhere() -> None:
    found = counted((np.nan, EVENT[0], 50), (1_001.0, EVENT[0], 50))
    assert {one.happened for one in found.values()} == {0}


def test_what_is_usual_at_that_hour_is_no_effect_and_what_is_not_is_above() -> None:
    usual = [(100.0, EVENT[0] + shift, 8) for shift in SHIFTS]
    calm = counted((100.0, EVENT[0], 8), *usual)[0.0, "during"]
    assert (calm.expected, calm.beyond) == (8.0, "inside")
    loud = counted((100.0, EVENT[0], 40), *usual)[0.0, "during"]
    assert loud.beyond == "above"
    assert loud.high is not None
    assert loud.high < 40


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5), st.integers(0, 12), st.integers(2, 11))
def test_no_small_count_is_told_nor_given_away(
    controls: list[int], happened: int, least: int
) -> None:
    groups = [(10.0, EVENT[0] + s, n) for s, n in zip(SHIFTS, controls, strict=True)]
    found = counted((10.0, EVENT[0], happened), *groups, least=least)[0.0, "during"]
    if 0 < happened < least:
        assert found.happened is None
        assert found.beyond is None
    else:
        assert found.happened == happened
    if 0 < sum(controls) < least:
        assert (found.expected, found.low, found.high) == (None, None, None)
    else:
        assert found.expected == pytest.approx(sum(controls) / 5)


def test_with_few_controls_nothing_is_expected() -> None:
    distance, at = facts((10.0, EVENT[0], 9))
    for found in count_around(
        distance, at, event=EVENT, shifts=SHIFTS[: LEAST_CONTROLS - 1], least=5
    ):
        assert found.expected is None
        assert found.beyond is None


def test_the_interval_holds_a_poisson_count_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    draws = rng.poisson(6.0, (2_000, 9))
    hits = 0
    for row in draws:
        _, low, high = predictive(row[:8].tolist())
        hits += low <= row[8] <= high
    assert 0.80 <= hits / len(draws) <= 0.95  # counts are whole: the interval is a little too wide


def test_the_predictive_distribution_is_the_gamma_posteriors() -> None:
    counts = [3, 3, 3, 3]  # no spread of their own: the plain negative binomial
    mean, low, high = predictive(counts)
    exact = stats.nbinom(12.5, 4 / 5)
    assert mean == 3.0
    assert (low, high) == (exact.ppf(0.1), exact.ppf(0.9))


def test_control_weeks_are_those_known_and_not_busy_the_nearest_first() -> None:
    busy = [(EVENT[0] - WEEK_US, EVENT[1] - WEEK_US)]
    known = (EVENT[0] - 4 * WEEK_US, EVENT[1] + 2 * WEEK_US)
    assert control_shifts(*EVENT, busy, known) == [
        *(WEEK_US, -2 * WEEK_US, -3 * WEEK_US),
    ]


def test_distances_are_from_the_edge_of_the_footprint() -> None:
    plane = local_projection(5.4, 43.3)
    box = shapely.box(5.39, 43.26, 5.40, 43.27)
    lon, lat = np.array([5.395, 5.395, np.nan]), np.array([43.265, 43.271, 43.265])
    found = distances_m(box, lon, lat, plane)
    assert found[0] == 0.0
    assert found[1] == pytest.approx(111.1, rel=0.01)
    assert np.isnan(found[2])


def presence(event: float, usual: list[float]):
    rows = [(EVENT[0], event)] + [
        (EVENT[0] + s, people) for s, people in zip(SHIFTS, usual, strict=False)
    ]
    at = np.array([us for us, _ in rows], dtype=np.int64)
    value = np.array([people for _, people in rows])
    place = np.zeros(len(rows), dtype=np.int64)
    return seen_presence(at, value, place, event=EVENT, shifts=SHIFTS)


def test_presence_is_what_the_event_brought_over_the_usual() -> None:
    found = presence(80_000.0, [25_000.0, 27_000.0, 26_000.0, 28_000.0])
    assert found is not None
    assert (found.most, found.usual, found.excess) == (80_000.0, 26_500.0, 53_500.0)
    assert (found.low, found.high, found.controls) == (52_000.0, 55_000.0, 4)


def test_presence_without_controls_says_nothing() -> None:
    assert presence(80_000.0, [25_000.0]) is None
    none = np.array([], dtype=np.int64)
    assert seen_presence(none, none.astype(float), none, event=EVENT, shifts=SHIFTS) is None


def test_hours_come_from_shifts_and_from_posts_without_any() -> None:
    found = engaged(whole())
    assert found.headcount == {"agents": 20, "first_aid": 14}
    assert found.hours == 20 * 5 + 14 * 5
    assert found.barriers == {"crowd": 60}
    assert found.responders == 42

"""The study of a measure: its errors hold over drawn cities, with and without an effect."""

import math
from dataclasses import replace

import numpy as np
import pytest
from shapely import box

from vigie.analyse.controls import contrast
from vigie.analyse.measure_study import Study, smallest_fall
from vigie.analyse.measures import Traits, Weeks, ids_of
from vigie.base.errors import WrongUsage
from vigie.geo.zonings import Zoning

DONORS = 20
ZONES = Zoning(
    "row",
    {"fr": "Rang", "en": "Row"},
    tuple(f"z{k}" for k in range(DONORS)),
    tuple(f"Z{k}" for k in range(DONORS)),
    tuple(box(k, 0, k + 0.5, 1) for k in range(DONORS)),
)


def _weeks(
    seed: int, *, before: int = 40, after: int = 26, effect: float = 1.0, scatter: float = 1
):
    """A place of 12 facts a week and twenty others under one season that none of them knows."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(np.arange(before + after) * 2 * np.pi / 52 + rng.uniform(0, 6))
    means = np.tile(12 * season, (DONORS + 3, 1))
    means[0, before:] *= effect
    drawn = rng.gamma(means / (scatter - 1), scatter - 1) if scatter > 1 else means
    counts = rng.poisson(drawn).astype(float)
    first = np.arange(before + after) * 7
    return Weeks(counts[0], counts[1:3], counts[3:], np.arange(DONORS), before, 280, first)


@pytest.mark.parametrize("scatter", [1.0, 2.0])
def test_without_an_effect_none_is_found_but_at_the_rate_stated(scatter: float) -> None:
    """100 cities with weights found from the data; at 5 %, more than 11 has probability 0.4 %."""
    false = 0
    for seed in range(100):
        (row,) = Study(_weeks(seed, scatter=scatter), ZONES, chosen=False).effect()
        false += not row["low"] < 1 < row["high"]

    assert false <= 11


def test_the_placebos_rank_is_even_without_an_effect() -> None:
    ranks = [Study(_weeks(500 + s), ZONES, chosen=True).p_placebo() for s in range(100)]

    assert np.mean(ranks) == pytest.approx(0.5 + 0.5 / 21, abs=0.1)
    assert min(ranks) >= 1 / 21


def test_the_smallest_fall_told_is_seen_four_times_in_five() -> None:
    """200 cities with that fall: 0.8 give or take three standard errors."""
    start = _weeks(1)
    even = np.full(DONORS, 1 / DONORS)
    fall = smallest_fall(start, contrast(start.treated, start.donors, even, 40), even, 26)
    seen = 0
    for seed in range(200):
        weeks = _weeks(1000 + seed, effect=fall)
        seen += contrast(weeks.treated, weeks.donors, even, 40).z < -1.96

    assert 0.6 < fall < 0.9
    assert seen / 200 == pytest.approx(0.8, abs=0.085)


def test_longer_measures_show_smaller_falls() -> None:
    power = Study(_weeks(2, after=0), ZONES, chosen=False).rows(400, 1)
    falls = [row["ratio"] for row in power if row["part"] == "power"]

    assert falls == sorted(falls)
    assert all(0 < fall < 1 for fall in falls)
    assert not any(math.isnan(fall) for fall in falls)


def test_zone_ids_are_read_between_commas() -> None:
    assert ids_of(" a, b ,,c") == ("a", "b", "c")
    assert ids_of("") == ()


def _with_characters(weeks: Weeks, seed: int) -> Weeks:
    rng = np.random.default_rng(seed)
    every = np.vstack([weeks.treated[None], weeks.rings, weeks.donors])
    shares = rng.uniform(0.1, 0.4, (2, len(every), 1))
    area = rng.uniform(0.5, 2.0, len(every))
    return replace(weeks, traits=Traits(*rng.binomial(every.astype(int), shares) * 1.0, area))


def test_weighed_by_characters_a_fall_is_told_and_its_controls_are_like_it() -> None:
    weeks = _with_characters(_weeks(3, effect=0.5), 3)
    study = Study(weeks, ZONES, chosen=False)
    (row,) = study.effect()
    note = study.notes()[1]

    assert row["low"] < 0.5 < row["high"] < 1
    assert study.weights.sum() == pytest.approx(1)
    assert np.abs(study.match.apart).max() < 1
    assert "night" in note["en"]
    assert "nuit" in note["fr"]


def test_characters_are_those_of_the_time_looked_at() -> None:
    counts = np.array([[4.0, 4, 8, 8, 100, 100], [6, 6, 6, 6, 1, 1]])
    night = counts / np.array([[4.0], [2]])
    traits = Traits(night, counts * 0.25, np.array([2.0, 3]))

    level, at_night, weekend, *thirds = traits.until(counts, np.arange(2), 3).T
    assert level == pytest.approx(np.log([16 / 3 / 2, 2.0]))
    assert at_night == pytest.approx([0.25, 0.5])
    assert weekend == pytest.approx([0.25, 0.25])
    assert np.column_stack(thirds).ravel() == pytest.approx([0.75, 0.75, 1.5, 1, 1, 1])


def test_too_many_zones_to_weigh_by_characters_are_refused() -> None:
    weeks = _with_characters(_weeks(1), 1)
    many = replace(weeks, donors=np.tile(weeks.donors, (4, 1)), zones=np.arange(4 * DONORS))

    with pytest.raises(WrongUsage):
        Study(many, ZONES, chosen=False)

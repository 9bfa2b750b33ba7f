"""Concentration: cases worked by hand, and few facts on many places are not called concentrated."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyses.facts_table import at_metres, facts, frame

from vigie.analyses.concentration import (
    ConcentrationParameters,
    concentration_curve,
    gini,
    run,
    share_of_places,
)

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = ConcentrationParameters(zoning="halves", draws=99)


def test_by_hand() -> None:
    """Ten places, 80 facts on two of them: eighty and twenty.

    G = 2 (9 x 40 + 10 x 40 + (1 + ... + 8) x 2.5) / (10 x 100) - 11 / 10 = 0.6.
    """
    counts = np.array([2.5] * 8 + [40.0, 40.0])

    assert concentration_curve(counts, np.array([0.2]))[0] == pytest.approx(0.8)
    assert gini(counts) == pytest.approx((0.6, 0.6))
    assert share_of_places(counts, 0.8) == pytest.approx(0.2)
    assert share_of_places(counts, 0.81) == pytest.approx(0.3)


def test_few_facts_on_many_places_one_each_are_as_even_as_can_be() -> None:
    """Bernasco and Steenbeek (2017): G is 1 - 5 / 100, the corrected one is 0."""
    counts = np.zeros(100)
    counts[:5] = 1

    assert gini(counts) == pytest.approx((0.95, 0.0))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60).filter(any))
def test_the_curve_holds_and_both_coefficients_agree_with_their_definition(
    numbers: list[int],
) -> None:
    counts = np.array(numbers, float)
    curve = concentration_curve(counts, np.linspace(0, 1, len(numbers) + 1))
    mean_gap = np.abs(counts[:, None] - counts[None]).mean() / (2 * counts.mean())
    plain, allowed = gini(counts)

    assert (np.diff(curve) >= -1e-12).all()
    assert (curve[0], curve[-1]) == pytest.approx((0.0, 1.0))
    assert plain == pytest.approx(mean_gap)
    assert allowed <= plain + 1e-12
    assert allowed >= -1e-9


def test_an_even_city_lies_on_the_even_curve_and_a_planted_place_above_it() -> None:
    chance = np.random.default_rng(2)
    x, y = chance.random(600) * 1_600, chance.random(600) * 1_100
    even = run(at_metres(x, y, np.zeros(600, int)), PARAMS, FRAME)
    x[:200], y[:200] = 900, 500
    planted = run(at_metres(x, y, np.zeros(600, int)), PARAMS, FRAME)
    middle = 5

    assert even.table["facts"][middle].as_py() == pytest.approx(
        even.table["even"][middle].as_py(), abs=0.05
    )
    assert planted.table["low"][middle].as_py() > planted.table["even"][middle].as_py() + 0.1
    assert planted.base == sum(1 for _ in x) - int(
        planted.notes[0]["en"].split("; ")[1].split(" ")[0]
    )


def test_zones_are_places_too_and_nothing_has_no_curve() -> None:
    table = at_metres([100] * 3 + [1_000], [100] * 4, [0] * 4)
    zones = run(table, PARAMS.model_copy(update={"unit": "zones", "points": 10}), FRAME)
    nothing = run(facts([]), PARAMS, FRAME)

    assert zones.table["facts"][5].as_py() == pytest.approx(0.75)
    assert nothing.base == 0
    assert set(nothing.table["even"].to_pylist()) == {None}

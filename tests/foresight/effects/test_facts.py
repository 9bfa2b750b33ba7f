"""Facts as arrays."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.effects.small_city import HOUR_US

from vigie.foresight.effects.facts import Facts, make_facts


def _facts(widths_h: list[float]) -> Facts:
    n = len(widths_h)
    start = np.arange(n, dtype=np.int64) * 50 * HOUR_US
    end = start + (np.array(widths_h) * HOUR_US).astype(np.int64)
    zero = np.zeros(n)
    return make_facts(
        kinds=("a",), kind=np.zeros(n), earliest_us=start, latest_us=end, x=zero, y=zero
    )


@given(st.lists(st.floats(0.0, 24.0), min_size=1, max_size=20))
def test_the_pieces_of_a_fact_weigh_one_and_lie_in_its_interval(widths: list[float]) -> None:
    facts = _facts(widths)
    assert float(facts.weight.sum()) == pytest.approx(len(widths))
    assert bool(np.all(np.diff(facts.at_us) >= 0))
    number = facts.at_us // (50 * HOUR_US)
    inside = facts.at_us - number * 50 * HOUR_US
    assert bool(np.all(inside <= np.array(widths)[number] * HOUR_US))


def test_a_fact_of_no_known_day_is_left_out_and_counted() -> None:
    facts = _facts([0.5, 30.0])
    assert (facts.counted, facts.unsure, len(facts)) == (1, 1, 1)


def test_a_fact_without_place_is_neither_counted_nor_unsure() -> None:
    facts = make_facts(kinds=("a",), kind=[0], earliest_us=[0], latest_us=[0], x=[np.nan], y=[0.0])
    assert (facts.counted, facts.unsure) == (0, 0)


def test_what_is_near_a_street_is_measured_from_the_street_and_near_a_square_from_its_middle() -> (
    None
):
    facts = make_facts(
        kinds=("a",),
        kind=[0, 0, 0],
        earliest_us=[0, 1, 2],
        latest_us=[0, 1, 2],
        x=[500.0, 500.0, 1_900.0],
        y=[90.0, 600.0, 0.0],
    )
    street = shapely.LineString([(0, 0), (1_000, 0)])
    found, distance = facts.near(street, 650.0)
    assert dict(zip(found.tolist(), distance.tolist(), strict=True)) == pytest.approx(
        {0: 90.0, 1: 600.0}
    )
    found, distance = facts.near(shapely.box(480, 80, 520, 100), 650.0)
    assert dict(zip(found.tolist(), distance.tolist(), strict=True)) == pytest.approx(
        {0: 0.0, 1: 510.0}
    )

"""A plan's public: who comes, how it leaves, who needs help."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foresight.whatif.small_city import surroundings

from vigie.foresight.whatif.crowd import (
    attendance_draws,
    casualties,
    crowd_of,
    has_exits,
    leaving,
    peak_share,
    supposed_width,
)

STATIONS = surroundings().stations


def crowd(kind="event.sport.match", people=6_000, **values):
    told = {"width_m": 10.0, "capacity": 6_000, "stations": (), "per_hour": 0.0}
    return crowd_of(kind, people, 4_000.0, **(told | values))


def test_low_to_high_holds_eighty_of_a_hundred():
    people = attendance_draws((700, 1_000, 1_300), seed=1, draws=20_000)
    assert np.quantile(people, [0.1, 0.5, 0.9]) == pytest.approx([700, 1_000, 1_300], rel=0.02)


@settings(max_examples=30)
@given(st.floats(0, 1e5), st.floats(1, 2), st.floats(1, 2), st.integers(0, 9))
def test_nobody_is_fewer_than_nobody(likely, down, up, seed):
    people = attendance_draws((likely / down, likely, likely * up), seed=seed, draws=50)
    assert (people >= 0).all()
    assert np.isfinite(people).all()


def test_one_or_two_in_a_hundred_are_assisted_and_few_of_them_taken_to_hospital():
    found = casualties(np.full(4_000, 50_000.0), seed=1)
    assert found["aid.assisted"].mean() == pytest.approx(750, rel=0.02)
    assert found["aid.treated"].mean() == pytest.approx(75, rel=0.03)
    assert found["aid.transported"].mean() == pytest.approx(7.5, rel=0.05)


def test_a_market_has_no_exits_and_a_concert_has():
    assert not has_exits("event.market.flea")
    assert has_exits("event.culture.concert")
    assert crowd("event.market").curves == ()
    assert [one.rate for one in crowd("event.culture.concert").curves] == [60, 82]


def test_part_of_a_market_is_there_at_once_and_all_of_a_match():
    assert peak_share("event.market.flea") == 0.35
    assert peak_share("event.sport.match") == 1.0
    assert peak_share("event.visit") == peak_share("event")


def test_a_width_that_nobody_told_is_what_the_guide_asks_of_the_venue():
    supposed = crowd(width_m=None, capacity=67_394)
    assert supposed.width_supposed
    assert supposed.width_m == pytest.approx(102.7, abs=0.1)
    assert supposed_width(0) == 1.2
    assert not crowd().width_supposed


def test_the_curve_of_a_large_crowd_has_not_thousands_of_points():
    slow = crowd(people=60_000, width_m=2.0)
    assert len(slow.curves[0].minutes) <= 125
    assert slow.curves[0].left[-1] == pytest.approx(60_000)


def test_how_long_it_takes_to_leave_and_to_get_a_train():
    people = np.array([6_000.0, 3_000.0])
    told = leaving(people, crowd(stations=STATIONS, per_hour=6_000.0), 0.5)
    assert told["egress.minutes"].tolist() == [10, 5]
    assert told["transit.load"].tolist() == [50, 25]
    assert told["transit.minutes"].tolist() == [30, 15]


def test_without_trains_nothing_is_told_of_them():
    assert "transit.load" not in leaving(np.array([100.0]), crowd(), 0.5)
    night = crowd(stations=STATIONS, per_hour=0.0)
    assert "transit.load" not in leaving(np.array([100.0]), night, 0.5)

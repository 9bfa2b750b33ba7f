"""What posts are for: few facts are never told apart, sums hold, weeks keep the clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.demand import (
    FINE,
    Demand,
    bring,
    from_history,
    on_ground,
    people_by_hour,
    spread,
)
from vigie.foresight.allocation.past import HOUR_US, weeks_before
from vigie.geo.cells import cells_of
from vigie.model.times import at_local

LEAST = 5


@st.composite
def histories(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    size = draw(st.integers(0, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    wide = draw(st.sampled_from([0.0005, 0.005, 0.05]))
    lon, lat = 5.37 + rng.normal(0, wide, size), 43.3 + rng.normal(0, wide, size)
    cells = np.asarray(cells_of(lon, lat), np.int64)
    return cells, rng.integers(0, 6, size), rng.random(size) < 0.7


def demand_of(history: tuple[Any, Any, Any]) -> Demand:
    cells, hours, evidence = history
    return from_history(cells, hours, evidence, size=6, occasions=10, least=LEAST)


@given(histories())
@settings(max_examples=40, deadline=None)
def test_no_place_of_fewer_facts_than_the_least_is_told(history: Any) -> None:
    demand = demand_of(history)
    for place in np.unique(demand.place):
        assert demand.counted[demand.place == place].sum() >= LEAST - 1e-9


@given(histories())
@settings(max_examples=40, deadline=None)
def test_every_fact_is_told_left_out_or_no_evidence(history: Any) -> None:
    demand = demand_of(history)
    assert demand.base + demand.left_out == int(history[2].sum())
    assert demand.discovered == int((~history[2]).sum())
    assert demand.counted.sum() == pytest.approx(demand.base)
    assert demand.mid.sum() == pytest.approx(demand.base / 10)


@given(histories())
@settings(max_examples=30, deadline=None)
def test_the_interval_holds_the_expectation(history: Any) -> None:
    demand = demand_of(history)
    low, mid, high = demand.total()
    assert low <= mid <= high
    assert (demand.low <= demand.mid + 1e-12).all()
    assert (demand.high >= demand.mid - 1e-12).all()


def test_what_patrols_found_weighs_nothing_and_is_counted_apart() -> None:
    cells = np.asarray(cells_of(np.full(30, 5.37), np.full(30, 43.3)), np.int64)
    evidence = np.arange(30) < 10
    demand = from_history(cells, np.zeros(30, int), evidence, size=1, occasions=1, least=LEAST)
    assert demand.mid.sum() == pytest.approx(10.0)
    assert demand.found.sum() == pytest.approx(20.0)


def test_a_large_cell_is_spread_over_points_within_it_that_stand_or_fall_together() -> None:
    rng = np.random.default_rng(1)
    lon, lat = 5.37 + rng.normal(0, 0.02, 12), 43.3 + rng.normal(0, 0.02, 12)
    cells = np.asarray(cells_of(lon, lat), np.int64)
    demand = from_history(
        cells, np.zeros(12, int), np.ones(12, bool), size=1, occasions=1, least=12, resolutions=FINE
    )
    if len(demand.lon):
        assert len(demand.lon) % 7 == 0
        low, mid, high = demand.total()
        assert (mid - low) == pytest.approx(float((demand.mid - demand.low).sum()))
        assert (high - mid) == pytest.approx(float((demand.high - demand.mid).sum()))


def test_points_outside_the_area_are_not_told_while_their_place_has_others_inside() -> None:
    cells = np.asarray(cells_of(np.full(9, 5.37), np.full(9, 43.3)), np.int64)
    area = shapely.Point(5.37, 43.3).buffer(0.001)
    demand = from_history(
        cells, np.zeros(9, int), np.ones(9, bool), size=1, occasions=1, least=5, resolutions=(7,)
    )
    inside = from_history(
        cells,
        np.zeros(9, int),
        np.ones(9, bool),
        size=1,
        occasions=1,
        least=5,
        resolutions=(7,),
        area=area,
    )
    assert len(inside.lon) <= len(demand.lon)
    assert inside.mid.sum() == pytest.approx(9.0)


def test_places_add_in_quadrature_and_points_of_a_place_plainly() -> None:
    mid = np.array([3.0, 4.0])
    ends = np.array([0.0, 0.0])
    apart = spread(ends, mid, mid, np.array([0, 1]))
    together = spread(ends, mid, mid, np.array([0, 0]))
    assert apart[0] == pytest.approx(7.0 - 5.0)
    assert together[0] == pytest.approx(0.0)


def test_nothing_known_gives_no_points_and_no_occasion_is_refused() -> None:
    none = np.zeros(0, np.int64)
    assert not len(from_history(none, none, none > 0, size=2, occasions=3, least=5).lon)
    with pytest.raises(WrongUsage):
        from_history(none, none, none > 0, size=2, occasions=0, least=5)


def test_what_an_event_brings_lands_whole_in_the_ring_it_is_told_of() -> None:
    cells = np.asarray(cells_of([5.37] * 6 + [5.40] * 6, [43.3] * 12), np.int64)
    demand = from_history(cells, np.zeros(12, int), np.ones(12, bool), size=1, occasions=1, least=5)
    away = np.where(demand.lon < 5.385, 100.0, 900.0)
    effect = np.array([[8.0], [2.0]])
    with_it = bring(demand, away, (500.0, 1_000.0), (effect / 2, effect, effect * 2))
    assert with_it.mid[away < 500].sum() == pytest.approx(6.0 + 8.0)
    assert with_it.mid[away > 500].sum() == pytest.approx(6.0 + 2.0)
    assert (with_it.low <= with_it.mid).all()
    assert (with_it.high >= with_it.mid).all()


def test_people_follow_the_hours_of_an_ordinary_day_and_stand_throughout_an_event() -> None:
    cells = np.asarray(cells_of([5.37] * 40, [43.3] * 40), np.int64)
    hours = np.repeat([0, 1], [30, 10])
    demand = from_history(cells, hours, np.ones(40, bool), size=2, occasions=1, least=5)
    assert people_by_hour(demand, 6, 2, follow=False, around_h=(1, 0)) == [6, 12, 12]
    assert people_by_hour(demand, 6, 2, follow=True) == [12, 4]


@given(st.integers(1_700_000_000, 1_800_000_000), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_earlier_weeks_have_the_same_weekday_and_time_of_the_clock(
    start_s: int, hours: int
) -> None:
    start = start_s * 1_000_000
    known = (start - 400 * 24 * HOUR_US, start - 3 * HOUR_US)
    found = weeks_before(
        start, start + hours * HOUR_US, weeks=6, timezone="Europe/Paris", known=known
    )
    asked = at_local(start, "Europe/Paris")
    for begin, end in found:
        local = at_local(begin, "Europe/Paris")
        assert local.weekday() == asked.weekday()
        assert end - begin == hours * HOUR_US
        assert end <= known[1]
        moved = (asked.hour, asked.minute) != (local.hour, local.minute)
        assert not moved or asked.hour in {2, 3}  # an hour that the change of the clock skips
    assert len({begin for begin, _ in found}) == len(found) == 6


def test_an_event_where_nothing_usual_is_told_falls_evenly_on_its_ground() -> None:
    empty = np.zeros(0, np.int64)
    nothing = from_history(empty, empty, np.zeros(0, np.bool_), size=3, occasions=4, least=LEAST)
    assert nothing.says_nothing
    area = shapely.Point(5.395, 43.27).buffer(0.012)
    ground = on_ground(nothing, area)
    assert ground.says_nothing  # no usual level is made up
    assert len(ground.lon) > 20
    assert shapely.intersects_xy(area, ground.lon, ground.lat).all()
    told = tuple(np.array([[one, one, one]]) for one in (1.0, 2.0, 4.0))
    brought = bring(ground, np.zeros(len(ground.lon)), [500.0], told)
    assert not brought.says_nothing
    assert brought.mid.sum() == pytest.approx(6.0)
    assert np.ptp(brought.mid) == pytest.approx(0.0)

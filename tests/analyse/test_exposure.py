"""Exposure: levels times hours, totals, gaps, the carrying to other zones and its error."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from tests.analyses.facts_table import HOUR, at_metres, frame, us

from vigie.analyse.exposure import (
    ExposedParameters,
    exposure_of,
    in_hours,
    open_hours,
    window_hours,
)
from vigie.analyse.points import read_points
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.zonings import Zoning

FRAME = frame(date(2026, 3, 2), date(2026, 3, 4))
HALVES = FRAME.zonings["halves"]
POINTS = read_points(at_metres([100, 1_000], [100, 100], [0, 1]), FRAME)


def measures(rows: list[tuple[float, int, float]], metric: str = "presence.total") -> pa.Table:
    """Return measures of an hour: longitude, hours after the start, value."""
    start = us(2026, 3, 2)
    at = [start + hour * HOUR for _, hour, _ in rows]
    return pa.table(
        {
            "metric": pa.array([metric] * len(rows), pa.string()),
            "lon": pa.array([lon for lon, _, _ in rows], pa.float64()),
            "lat": pa.array([43.285] * len(rows), pa.float64()),
            "local_hour": pa.array([(hour + 1) % 24 for _, hour, _ in rows], pa.int8()),
            "from_us": pa.array(at, pa.int64()),
            "to_us": pa.array([one + HOUR for one in at], pa.int64()),
            "value": pa.array([value for _, _, value in rows], pa.float64()),
        }
    )


def _asked(**given: object) -> ExposedParameters:
    return ExposedParameters.model_validate({"zoning": "halves", "measured_by": "", **given})


def test_a_level_counts_for_its_hours_and_a_total_as_it_is() -> None:
    """48 hours: 10 people all the time in the west are 480 hours of people; the east is missing."""
    every = [(5.365, hour, 10.0) for hour in range(48)]
    level = exposure_of(POINTS, replace(FRAME, measures=measures(every)), _asked(), HALVES)
    flow = replace(FRAME, measures=measures(every, "traffic.flow"))
    total = exposure_of(POINTS, flow, _asked(exposure="traffic.flow"), HALVES)

    for found in (level, total):
        assert found.value[0] == pytest.approx(480.0)
        assert np.isnan(found.value[1])
        assert found.known.tolist() == [1.0, 0.0]
        assert found.counted.tolist() == [0, -1]
        assert found.beyond == 1
    assert level.unit == ("personnes × heures", "people × hours")


def test_hours_not_measured_are_taken_at_the_mean_and_told() -> None:
    half = [(5.365, hour, 10.0) for hour in range(24)]
    found = exposure_of(POINTS, replace(FRAME, measures=measures(half)), _asked(), HALVES)

    assert found.value[0] == pytest.approx(480.0)
    assert found.known[0] == pytest.approx(0.5)


def test_only_the_hours_of_a_window_count() -> None:
    """From 22 to 6 local time: 16 of 48 hours, at the level of the night."""
    every = [
        (5.365, hour, 3.0 if (hour + 1) % 24 in (22, 23, *range(6)) else 99.0) for hour in range(48)
    ]
    asked = _asked(from_hour=22, to_hour=6)
    found = exposure_of(POINTS, replace(FRAME, measures=measures(every)), asked, HALVES)

    assert open_hours(FRAME, 22, 6) == 16.0
    assert found.value[0] == pytest.approx(48.0)
    assert found.known[0] == pytest.approx(1.0)


def test_an_area_is_the_same_at_all_hours() -> None:
    found = exposure_of(POINTS, FRAME, _asked(exposure="area"), HALVES)

    assert found.value == pytest.approx(HALVES.areas_km2 * 48)
    assert found.counted.tolist() == [0, 1]


def test_carried_to_other_zones_nothing_is_lost_and_the_error_is_told() -> None:
    """One measured zone over both halves: each gets its part; bunched facts, larger error."""
    whole = Zoning("whole", {}, ("A",), ("A",), (box(5.36, 43.28, 5.38, 43.29),))
    known = replace(
        FRAME,
        measures=measures([(5.37, hour, 10.0) for hour in range(48)]),
        zonings={"halves": HALVES, "whole": whole},
    )
    chance = np.random.default_rng(1)
    even = read_points(at_metres(chance.uniform(0, 1_600, 200), [500] * 200, [0] * 200), FRAME)
    bunched = read_points(at_metres(chance.uniform(0, 790, 200), [500] * 200, [0] * 200), FRAME)
    smooth, rough = (
        exposure_of(one, known, _asked(measured_by="whole"), HALVES) for one in (even, bunched)
    )

    assert smooth.value.sum() == pytest.approx(480.0)
    assert smooth.value == pytest.approx([240.0, 240.0], rel=0.01)
    assert rough.error[0] > 0.5 > smooth.error[0] > 0
    assert smooth.known == pytest.approx([1.0, 1.0], abs=0.01)


def test_what_does_not_exist_or_add_up_is_refused() -> None:
    with pytest.raises(WrongUsage):
        exposure_of(POINTS, FRAME, _asked(exposure="noise.laeq"), HALVES)
    with pytest.raises(NotFound):
        exposure_of(POINTS, FRAME, _asked(exposure="no.such"), HALVES)
    with pytest.raises(NotFound):
        exposure_of(POINTS, FRAME, _asked(measured_by="nowhere"), HALVES)


@given(st.integers(0, 23), st.integers(1, 24))
def test_a_window_holds_as_many_hours_as_it_is_long(first: int, last: int) -> None:
    inside = in_hours(np.arange(24), first, last)

    assert inside.sum() == window_hours(first, last)
    assert inside[first]
    assert not inside[last % 24] or window_hours(first, last) == 24

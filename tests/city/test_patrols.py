"""Patrols: cars that drive on their streets, some of them on a job, nobody named."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point
from tests.city.built_city import BuiltCity

from vigie.city import geography
from vigie.city.feeds import patrols
from vigie.city.span import DAY_US, MINUTE_US

INSTANTS = st.integers(min_value=20_000 * DAY_US, max_value=21_000 * DAY_US)


@given(at_us=INSTANTS, seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_every_car_is_on_its_street_and_moves_no_faster_than_it_says(at_us: int, seed: int) -> None:
    before, after = (patrols.rows(one, seed) for one in (at_us, at_us + MINUTE_US))
    for line, first, second in zip(patrols.beats(), before, after, strict=True):
        x, y = geography.to_metres(
            np.array([float(first[3]), float(second[3])]),
            np.array([float(first[4]), float(second[4])]),
        )
        assert line.distance(Point(x[0], y[0])) < 1.0
        assert np.hypot(x[1] - x[0], y[1] - y[0]) <= patrols.KMH / 3.6 * 60 + 1.0


def test_cars_are_spread_and_some_are_on_a_job() -> None:
    beats = patrols.beats()
    assert len({line.wkt for line in beats}) == patrols.CARS
    spells = [patrols.free(number * 20 * MINUTE_US, 13) for number in range(200)]
    share = 1 - np.mean(spells)
    assert 0.15 < share < 0.25


def test_a_message_names_cars_and_nobody(autumn: BuiltCity) -> None:
    text = patrols.message(autumn.truth.now_us, autumn.truth.seed).decode("utf-8")
    read = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [one["VEHICULE"] for one in read] == [f"PM{n:02d}" for n in range(1, patrols.CARS + 1)]
    assert {one["ETAT"] for one in read} <= {patrols.FREE, patrols.BUSY}
    assert tuple(read[0]) == patrols.HEADER

"""The nearest facts as they are shown are those that showing every fact would give."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.situation.test_precision import (
    EAST,
    NORTH,
    PRECISIONS,
    SOUTH,
    WEST,
    Twins,
    city,  # noqa: F401 -- a fixture
)

from vigie.geo.distance import haversine_m
from vigie.situation import nearest
from vigie.situation.filters import Filters
from vigie.situation.home import Home


@settings(max_examples=60, deadline=None)
@given(
    lon=st.floats(WEST, EAST),
    lat=st.floats(SOUTH, NORTH),
    radius_m=st.floats(1, 3_000),
    few=st.integers(1, 80),
    precision=st.sampled_from(PRECISIONS),
)
def test_the_nearest_as_shown_are_found_however_few_are_looked_at_first(
    city: tuple[Home, list[Twins]],  # noqa: F811 -- the same
    lon: float,
    lat: float,
    radius_m: float,
    few: int,
    precision: str,
) -> None:
    home, most = city[0], 5
    masking = home.frame.maskings[precision]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "FEW", few)
        found = nearest.nearest_facts(
            home, "near_facts", Filters(masking=masking), nearest.Disk(lon, lat, radius_m), most
        )
    every = masking.tell(home.lake.scan("facts").select(["fact_id", "lon", "lat"]))
    placed = every.filter(pc.is_valid(every["lon"]))
    away = haversine_m(placed["lon"].to_numpy(), placed["lat"].to_numpy(), lon, lat)
    inside = np.sort(away[away <= radius_m])
    shown = masking.tell(found.select(["fact_id", "lon", "lat"]))
    got = haversine_m(shown["lon"].to_numpy(), shown["lat"].to_numpy(), lon, lat)
    assert got == pytest.approx(inside[: most + 1], abs=0.006)

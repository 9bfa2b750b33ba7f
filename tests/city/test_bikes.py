"""Shared bikes: stations that stay where they are, and never hold more than they can."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st
from tests.city.built_city import BuiltCity

from vigie.base.ids import record_id
from vigie.city.feeds import bikes
from vigie.city.span import MINUTE_US

SEEDS = st.integers(0, 50)
TIMES = st.integers(1_600_000_000, 1_900_000_000).map(lambda s: s * 1_000_000)


@given(SEEDS, TIMES)
def test_a_station_holds_between_none_and_all(seed: int, at_us: int) -> None:
    held = bikes.bikes_at(at_us, seed)
    docks = np.array([s.capacity for s in bikes.stations(seed)])
    assert len(held) == bikes.STATIONS
    assert (held >= 0).all()
    assert (held <= docks).all()


@given(SEEDS, TIMES)
def test_stations_change_little_in_a_minute(seed: int, at_us: int) -> None:
    moved = bikes.bikes_at(at_us + MINUTE_US, seed) - bikes.bikes_at(at_us, seed)
    assert np.abs(moved).max() <= 4


@given(SEEDS)
def test_stations_differ_by_reference_and_place(seed: int) -> None:
    them = bikes.stations(seed)
    assert len({s.ref for s in them}) == len({(s.lon, s.lat) for s in them}) == bikes.STATIONS
    assert any(s.phone for s in them)


def test_every_state_stands_on_a_station_of_the_feed(city: BuiltCity) -> None:
    read = city.read(city.manifest.feed(bikes.SOURCE))
    known = {
        record_id(bikes.SOURCE, ref) for ref in read.table_of("places")["source_ref"].to_pylist()
    }
    states = read.table_of("measures")
    assert set(states["place_id"].to_pylist()) == known
    assert set(pc.unique(states["metric"]).to_pylist()) == {
        "transport.bikes_available",
        "transport.docks_available",
    }
    assert pc.max(states["from_at"]).as_py() <= city.manifest.now


def test_a_keepers_telephone_is_refused(city: BuiltCity) -> None:
    feed = city.manifest.feed(bikes.SOURCE)
    told = json.loads((city.folder / feed.paths[0]).read_text("utf-8"))["data"]["stations"]
    phones = [s["contact_phone"] for s in told if "contact_phone" in s]
    planted = [p["text"] for p in city.parquet("planted").to_pylist() if p["source"] == feed.source]
    assert phones == planted != []
    assert city.read(feed).notices["dropped_personal"] == len(phones)


def test_bikes_move_over_a_day(autumn: BuiltCity) -> None:
    now = autumn.truth.now_us
    seen = [bikes.bikes_at(now + hour * 60 * MINUTE_US, autumn.truth.seed) for hour in range(24)]
    assert np.ptp(np.array(seen), axis=0).max() >= 6

"""What the station observed is the weather of the truth, hour by hour, in its own units."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import takewhile
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.city.built_city import BuiltCity
from tests.city.live_reading import records

from vigie.base.clock import FixedClock, from_us, to_us
from vigie.base.ids import record_id
from vigie.city import live
from vigie.city.feeds import weather
from vigie.city.span import HOUR_US
from vigie.city.truth import Truth


def true_values(truth: Truth) -> dict[str, Any]:
    return {
        "weather.temperature": truth.weather.temperature,
        "weather.rain": truth.weather.rain,
        "weather.wind": truth.weather.wind,
        "weather.gust": truth.weather.gust,
        "weather.humidity": truth.weather.humidity,
        "weather.pressure": truth.weather.pressure,
    }


def assert_true(truth: Truth, rows: list[dict[str, Any]]) -> int:
    true, start = true_values(truth), truth.span.start_us
    for row in rows:
        slot, aside = divmod(to_us(row["from_at"]) - start, HOUR_US)
        assert aside == 0
        assert row["to_at"] - row["from_at"] == timedelta(hours=1)
        assert row["value"] == true[row["metric"]][slot], row
    return len(rows)


def test_what_is_read_is_the_weather_of_each_hour(city: BuiltCity) -> None:
    read = city.read(city.manifest.feed("weather"))
    hours = (to_us(city.manifest.now) - city.truth.span.start_us) // HOUR_US
    assert assert_true(city.truth, read.table.to_pylist()) == 6 * (hours + 1) - 2
    assert not read.rejected
    assert not read.notices


def test_files_are_answers_of_the_service_in_kelvins_and_pascals(city: BuiltCity) -> None:
    for path in city.manifest.feed("weather").paths:
        found = json.loads((city.folder / path).read_bytes())
        assert {one["geo_id_insee"] for one in found} == {weather.STATION}
        assert all(250 < one["t"] < 320 and one["pmer"] > 95_000 for one in found)
        assert all(one["validity_time"] < one["insert_time"] for one in found)


def test_the_replay_publishes_each_hour_and_goes_on_where_the_files_stopped(
    city: BuiltCity,
) -> None:
    now, feed = city.manifest.now, city.manifest.feed("weather")
    messages = live(city.folder, FixedClock(now))
    sent = list(takewhile(lambda m: m.at <= now + timedelta(hours=5), messages))
    rows = records(city, feed, sent)
    assert assert_true(city.truth, rows) == 6 * 5
    known = city.read(feed)
    assert not {row["source_ref"] for row in rows} & set(known.refs)
    last = max(known.table["from_at"].to_pylist())
    assert min(row["from_at"] for row in rows) == last
    assert {row["place_id"] for row in rows} == {record_id("places", weather.STATION)}


@given(st.integers(0, 200), st.integers(1, 30))
def test_hours_told_together_are_the_hours_told_one_by_one(
    autumn: BuiltCity, first: int, count: int
) -> None:
    slots = np.arange(first, first + count, dtype=np.int64)
    together = weather.observations(autumn.truth, slots)
    alone = [weather.observations(autumn.truth, slots[i : i + 1])[0] for i in range(count)]
    assert together == alone
    at_us = int(autumn.truth.span.slots_us[first]) + weather.LATE_US
    assert json.loads(weather.hour_message(autumn.truth, at_us)) == together[:1]
    assert alone[0]["insert_time"] == from_us(at_us).strftime("%Y-%m-%dT%H:%M:%SZ")

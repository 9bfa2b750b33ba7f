"""Minutes of noise: NGSI-LD of a gateway, with the faults of the truth, about known sensors."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.city.built_city import BuiltCity
from tests.city.live_reading import records

from vigie.base.clock import FixedClock
from vigie.base.ids import record_id
from vigie.city import levels, live
from vigie.city.feeds import noise_live
from vigie.city.kinds import FloatArray
from vigie.city.span import HOUR_US, MINUTE_US

METRICS = ("noise.laeq", "noise.lamax")


def known(refs: list[str]) -> set[str]:
    return {record_id("places", f"sensor.noise.{ref}") for ref in refs}


def assert_told(entities: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Every value told is a measure of its minute at its sensor's place, and nothing else is."""
    told = {}
    for one in entities:
        place = record_id("places", one["id"].rpartition(":")[2])
        since = one["dateObservedFrom"]["value"]["@value"]
        lon, lat = one["location"]["value"]["coordinates"]
        for metric, name in zip(METRICS, ("LAeq", "LAmax"), strict=True):
            told[place, since, metric] = (one[name]["value"], lon, lat)
    read = {}
    for row in rows:
        since = row["from_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        assert row["to_at"] - row["from_at"] == timedelta(minutes=1)
        assert row["unit"] == "dB"
        read[row["place_id"], since, row["metric"]] = (row["value"], row["lon"], row["lat"])
    assert read == told
    assert len(rows) == 2 * len(entities)


def test_the_file_holds_the_last_minutes_of_every_sensor_in_order(city: BuiltCity) -> None:
    feed = city.manifest.feed(noise_live.SOURCE)
    (path,) = feed.paths
    entities = json.loads((city.folder / path).read_bytes())
    rows = city.read(feed).table.to_pylist()
    assert_told(entities, rows)
    assert {r["place_id"] for r in rows} == known([s.ref for s in levels.noise_sensors()])
    starts = sorted({r["from_at"] for r in rows})
    assert len(starts) == noise_live.MINUTES
    assert city.manifest.now - timedelta(minutes=1) < starts[-1] + timedelta(minutes=1)
    assert starts[-1] + timedelta(minutes=1) <= city.manifest.now


def test_each_minute_of_the_replay_is_one_message_that_goes_on_from_there(city: BuiltCity) -> None:
    now, feed = city.manifest.now, city.manifest.feed(noise_live.SOURCE)
    assert feed.via == "mqtt"
    end = now + timedelta(minutes=10)
    sent = takewhile(lambda m: m.at <= end, live(city.folder, FixedClock(now)))
    mine = [m for m in sent if m.source == noise_live.SOURCE]
    assert len(mine) == 10
    for message in mine:
        rows = records(city, feed, [message])
        assert {row["kind_of"] for row in rows} == {"measures"}
        assert {row["to_at"] for row in rows} == {message.at}
        assert_told(json.loads(message.content), rows)
    before = max(city.read(feed).table["to_at"].to_pylist())
    assert mine[0].at == before + timedelta(minutes=1)


@pytest.mark.parametrize("name", ["silent_sensor", "stuck_sensor"])
def test_a_sensor_is_out_of_order_by_the_minute_as_by_the_hour(city: BuiltCity, name: str) -> None:
    fault = next(a for a in levels.anomalies(city.truth) if a.name == name)
    ref = fault.series.partition(":")[2]
    expected = levels.noise_expected(city.truth)
    for at_us, broken in (
        (fault.from_us, True),
        (fault.to_us - MINUTE_US, True),
        (fault.from_us - MINUTE_US, False),
        (fault.to_us, False),
    ):
        of = {
            one["id"].rpartition(".")[2]: one["LAeq"]["value"]
            for one in noise_live.observations(city.truth, expected, at_us)
        }
        if name == "silent_sensor":
            assert (ref not in of) == broken
        else:
            assert (of[ref] == fault.size) == broken
        assert len(of) >= len(levels.noise_sensors()) - 1


def test_the_hourly_export_goes_on_beyond_now(city: BuiltCity) -> None:
    now, feed = city.manifest.now, city.manifest.feed("sensors_noise")
    sent = takewhile(lambda m: m.at <= now + timedelta(hours=3), live(city.folder, FixedClock(now)))
    hours = [m for m in sent if m.source == "sensors_noise"]
    assert len(hours) == 3
    text = hours[0].content.decode().splitlines()
    assert text[0] == "REF;DEBUT;FIN;LON;LAT;LAEQ;LAMAX"
    assert len(text) == 1 + len(levels.noise_sensors())
    last = max(city.read(feed).table["to_at"].to_pylist())
    assert [m.at for m in hours] == [last + timedelta(hours=n) for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def expected(autumn: BuiltCity) -> FloatArray:
    return levels.noise_expected(autumn.truth)


@given(st.integers(0, 20_000))
def test_a_minute_is_near_what_its_hour_expects_and_told_the_same_again(
    autumn: BuiltCity, expected: FloatArray, minute: int
) -> None:
    truth = autumn.truth
    at_us = truth.span.start_us + minute * MINUTE_US
    told = noise_live.observations(truth, expected, at_us)
    assert told == noise_live.observations(truth, expected, at_us)
    hour = expected[minute * MINUTE_US // HOUR_US].tolist()
    usual = dict(zip((s.ref for s in levels.noise_sensors()), hour, strict=True))
    stuck = {a.series.partition(":")[2] for a in levels.anomalies(truth)}
    for one in told:
        ref = one["id"].rpartition(".")[2]
        assert one["LAmax"]["value"] >= one["LAeq"]["value"]
        if ref not in stuck:
            assert abs(one["LAeq"]["value"] - usual[ref]) < 18

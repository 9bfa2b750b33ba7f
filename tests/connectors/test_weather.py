"""What is peculiar to the weather: units, offsets, runs that follow one another, quality codes."""

from __future__ import annotations

import importlib.util
import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.intake.checks import check
from vigie.model.units import METRICS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "weather" / "cases.py"
    spec = importlib.util.spec_from_file_location("weather_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measures(outcome):
    return {m["metric"]: m for m in outcome.records["measures"]}


def test_an_hour_of_a_forecast_is_an_estimate_in_the_units_of_the_register(lab, cases):
    hourly = {name: values[1:2] for name, values in cases.HOURLY.items()}
    found = measures(lab.run("weather", cases.js(cases.forecast(hourly=hourly))))

    assert {metric: (m["value"], m["unit"]) for metric, m in found.items()} == {
        "weather.temperature": (12.0, "degC"),
        "weather.rain": (0.2, "mm"),
        "weather.wind": (5.0, "m/s"),
        "weather.gust": (15.0, "m/s"),
        "weather.humidity": (58.0, "%"),
        "weather.pressure": (1012.6, "hPa"),
        "weather.sunshine": (30.0, "min"),
    }
    assert {m["quality"] for m in found.values()} == {"estimated"}
    assert {(m["lon"], m["lat"]) for m in found.values()} == {(5.38, 43.3)}


def test_rain_is_of_the_hour_before_and_temperature_of_the_hour_that_begins(lab, cases):
    found = measures(lab.sample("weather", "valid/stations.json"))
    rain, temperature = found["weather.rain"], found["weather.temperature"]

    assert rain["to_at"] == temperature["from_at"] == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert rain["to_at"] - rain["from_at"] == timedelta(hours=1)
    assert temperature["to_at"] - temperature["from_at"] == timedelta(hours=1)


def test_imperial_units_are_converted(lab):
    found = measures(lab.sample("weather", "valid/imperial_unixtime.json"))

    assert found["weather.temperature"]["value"] == pytest.approx(10.0)
    assert found["weather.rain"]["value"] == pytest.approx(25.4)
    assert found["weather.wind"]["value"] == pytest.approx(4.4704)
    assert found["weather.gust"]["value"] == pytest.approx(10.288889)
    assert found["weather.temperature"]["from_at"] == NOW


def test_kelvins_and_pascals_of_a_station_are_degrees_and_hectopascals(lab, cases):
    found = measures(lab.run("weather", cases.js([cases.station()])))

    assert found["weather.temperature"]["value"] == 12.0
    assert found["weather.pressure"]["value"] == 1013.2
    assert found["weather.gust"]["value"] == 18.3
    assert found["weather.gust"]["quality"] == "good"


def test_the_same_hour_in_si_json_and_in_usual_csv_gives_the_same_values(lab, cases):
    from_json = measures(lab.run("weather", cases.js([cases.station()])))
    from_csv = measures(lab.run("weather", cases.csv(cases.LINE)))
    same = ("source_ref", "metric", "from_at", "to_at", "value", "unit", "quality", "lon", "lat")

    assert [[m[k] for k in same] for m in from_json.values()] == [
        [m[k] for k in same] for m in from_csv.values()
    ]


def test_the_strongest_mean_wind_stands_in_for_a_missing_gust_as_an_estimate(lab, cases):
    found = measures(lab.run("weather", cases.js([cases.station(fxi=None)])))

    assert (found["weather.gust"]["value"], found["weather.gust"]["quality"]) == (12.1, "estimated")


def test_a_quality_code_is_kept_and_a_checked_value_wins_over_an_unchecked_one(lab, cases):
    revisions = {}
    for code in "9201":
        (found,) = lab.run(
            "weather",
            cases.csv(f"13054001;2026112308;12;{code}", head="NUM_POSTE;AAAAMMJJHH;T;QT"),
        ).records["measures"]
        revisions[code] = (found["revision"], found["quality"])

    assert revisions["9"] < revisions["2"] < revisions["0"] < revisions["1"]
    assert [quality for _, quality in revisions.values()] == ["good", "suspect", "good", "good"]


def test_missing_values_are_no_measures(lab):
    found = measures(lab.sample("weather", "valid/gaps.csv"))

    assert sorted(found) == ["weather.gust", "weather.humidity", "weather.wind"]
    assert found["weather.wind"]["value"] == 8.2
    assert found["weather.humidity"]["quality"] == "suspect"


def test_a_station_without_coordinates_stands_where_the_feed_says(lab):
    options = {"stations": {"13054001": [5.216, 43.4378]}}
    content = (lab.samples / "weather" / "valid" / "six_minutes.csv").read_bytes()
    (found,) = lab.run("weather", content, options=options).records["measures"]

    assert (found["lon"], found["lat"]) == (5.216, 43.4378)
    assert found["to_at"] - found["from_at"] == timedelta(minutes=6)


def test_a_station_is_the_place_of_its_number_in_the_feed_that_knows_it(lab, cases):
    content = cases.js([cases.station()])
    of_feed = lab.run("weather", content, options={"places": "register"}).records["measures"]
    of_none = lab.run("weather", content).records["measures"]
    badly_typed = lab.run("weather", content, options={"places": 1}).records["measures"]

    assert {m["place_id"] for m in of_feed} == {record_id("register", "13054001")}
    assert {m["place_id"] for m in (*of_none, *badly_typed)} == {None}


@pytest.mark.parametrize("stations", ["13054001", {"13054001": "là"}, {"13054001": [5.2]}, [1]])
def test_an_option_that_is_badly_typed_counts_as_not_given(lab, stations):
    content = (lab.samples / "weather" / "valid" / "six_minutes.csv").read_bytes()
    (found,) = lab.run("weather", content, options={"stations": stations}).records["measures"]

    assert (found["lon"], found["lat"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"utc_offset_seconds": 3600}, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ({"utc_offset_seconds": -18000}, datetime(2026, 11, 23, 14, 0, tzinfo=UTC)),
        ({"utc_offset_seconds": None}, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ({"utc_offset_seconds": None, "timezone": None}, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_local_hour_is_read_at_the_offset_of_the_answer(lab, cases, changes, at):
    (found,) = lab.run("weather", cases.js(cases.one("temperature_2m", 11.0, **changes))).records[
        "measures"
    ]

    assert found["from_at"] == at


def test_a_later_run_revises_an_earlier_one_in_any_order(lab, cases):
    runs = [
        lab.run(
            "weather", cases.js(cases.one("temperature_2m", float(n))), now=NOW + timedelta(hours=n)
        )
        for n in range(3)
    ]
    for order in itertools.permutations(runs):
        state = {}
        for run in order:
            for found in run.records["measures"]:
                held = state.get(found["source_ref"])
                if held is None or held["revision"] < found["revision"]:
                    state[found["source_ref"]] = found
        assert [found["value"] for found in state.values()] == [2.0]


def test_a_row_tried_again_later_does_not_pass_for_a_newer_run(lab, cases):
    (reject,) = lab.run("weather", cases.js(cases.one("temperature_2m", 11.0, "°Ré"))).rejects
    mended = reject.raw.decode().replace("\\u00b0R\\u00e9", "\\u00b0C").encode()
    (again,) = lab.run("weather", mended, now=NOW + timedelta(days=7)).records["measures"]

    assert again["revision"] == NOW.timestamp()


def test_a_feed_cannot_claim_to_be_received_later_than_it_was(lab, cases):
    content = cases.js(cases.one("temperature_2m", 11.0, received_at=4_000_000_000))
    (found,) = lab.run("weather", content).records["measures"]

    assert found["revision"] == NOW.timestamp()


def test_an_impossible_value_stays_and_the_kit_marks_it_suspect(lab):
    outcome = lab.sample("weather", "invalid/impossible_value.json")
    verdicts = check(
        "measures",
        outcome.table("measures"),
        np.array([1]),
        received_at=NOW,
        bbox=(5.2, 43.1, 5.6, 43.5),
    )

    assert verdicts.good.all()
    assert verdicts.table["quality"].to_pylist() == ["suspect"]
    assert [notice.code for notice in verdicts.notices] == ["out_of_range"]


def test_every_metric_of_the_tables_is_in_the_register(lab):
    tables = importlib.import_module("vigie.connectors.weather")
    for table in (tables._OPEN_METEO, tables._METEO_FRANCE):
        for how in table.values():
            assert how["metric"] in METRICS
            if "unit" in how:
                assert tables._factors(how["unit"], how["metric"]) is not None


@given(kelvin=st.decimals(220, 320, places=2), minutes=st.integers(0, 60 * 24 * 365))
def test_any_reading_of_a_station_keeps_its_value_and_instant(lab, cases, kelvin, minutes):
    at = datetime(2025, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    content = cases.js([cases.station(t=float(kelvin), validity_time=at.isoformat())])
    found = measures(lab.run("weather", content))["weather.temperature"]

    assert found["value"] == pytest.approx(float(kelvin) - 273.15, abs=1e-6)
    assert found["from_at"] == at

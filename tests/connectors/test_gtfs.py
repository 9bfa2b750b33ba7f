"""What is peculiar to timetables: nights, exceptions, clock changes, headways, places."""

from __future__ import annotations

import csv
import importlib.util
import io
import itertools
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.intake.tabular.timetable import (
    MAX_HOURS,
    by_day,
    clock_seconds,
    count_departures,
    repeat_trips,
)


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "gtfs" / "cases.py"
    spec = importlib.util.spec_from_file_location("gtfs_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def departures(outcome) -> dict[tuple[str, datetime], float]:
    return {
        (row["place_id"], row["from_at"]): row["value"]
        for row in outcome.records.get("measures", [])
    }


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture(scope="session")
def town(lab):
    return lab.sample("gtfs", "valid/town.zip")


def test_a_stop_of_the_metro_is_a_metro_station(town):
    kinds = {place["source_ref"]: place["kind"] for place in town.records["places"]}

    assert kinds == {
        "S1": "place.station.metro",
        "P1": "place.station.metro",
        "P2": "place.station.metro",
        "B1": "place.station.metro",  # m1 ends there
    }


def test_a_stop_of_a_bus_alone_is_a_stop(lab, cases):
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nb1,6:00:00,6:00:00,B1,1\n"
    outcome = lab.run("gtfs", cases.feed(stop_times_txt=times))

    kinds = {place["source_ref"]: place["kind"] for place in outcome.records["places"]}
    assert kinds["B1"] == "place.stop"
    assert kinds["S1"] == "place.station"


def test_a_platform_names_its_station_by_its_place_id(town):
    places = {place["source_ref"]: dict(place["attributes"]) for place in town.records["places"]}

    assert places["P1"]["parent"] == record_id("gtfs", "S1")
    assert places["P1"]["wheelchair"] == "yes"
    assert places["P2"]["routes"] == "21,M1"
    assert "parent" not in places["P2"]


def test_measures_stand_at_the_place_that_was_stored(town):
    place = next(p for p in town.records["places"] if p["source_ref"] == "P1")
    measure = next(m for m in town.records["measures"] if m["source_ref"].startswith("P1@"))

    assert measure["place_id"] == record_id("gtfs", "P1")
    assert (measure["lon"], measure["lat"]) == (place["lon"], place["lat"])


def test_the_last_stop_of_a_trip_is_no_departure(town):
    stops = {measure["source_ref"].split("@")[0] for measure in town.records["measures"]}
    hours = {
        m["from_at"].hour for m in town.records["measures"] if m["source_ref"].startswith("B1")
    }

    assert stops == {"P1", "P2", "B1"}
    assert hours == {5}  # 6 in Paris: the bus; the metro that ends there at 8 does not leave


def test_an_hour_past_midnight_is_of_the_day_after(town):
    found = departures(town)
    place = record_id("gtfs", "P1")

    assert found[place, at(2026, 11, 24, 0)] == 1.0  # Monday's 25:10 is Tuesday's 1:10
    assert (place, at(2026, 11, 23, 0)) not in found  # Sunday's would be Monday's


def test_exceptions_remove_and_add_days(lab):
    outcome = lab.sample("gtfs", "valid/town.zip")
    found = departures(outcome)
    place = record_id("gtfs", "P1")

    assert (place, at(2026, 11, 29, 7)) in found  # a Sunday, added
    assert (place, at(2026, 12, 6, 7)) not in found  # a Sunday, as usual
    holiday = lab.run(
        "gtfs",
        (lab.samples / "gtfs" / "valid" / "town.zip").read_bytes(),
        now=at(2026, 11, 12),
    )
    assert (place, at(2026, 11, 11, 7)) not in departures(holiday)  # a Wednesday, removed
    assert (place, at(2026, 11, 12, 7)) in departures(holiday)


def test_headways_make_departures(lab):
    outcome = lab.sample("gtfs", "valid/frequencies.zip")

    day = [m for m in outcome.records["measures"] if m["from_at"].date() == date(2026, 11, 24)]
    assert {m["from_at"].hour: m["value"] for m in day} == {7: 3.0, 8: 3.0}


def test_an_edition_ranks_by_the_date_of_its_newest_file(lab, cases):
    old, new = (
        lab.run("gtfs", cases.feed(_date=when)).records["places"][0]["revision"]
        for when in ((2026, 11, 1, 0, 0, 0), (2026, 11, 2, 0, 0, 0))
    )

    assert new - old == 86_400_000_000


def test_the_horizon_is_an_option(lab, cases):
    outcome = lab.run("gtfs", cases.feed(), options={"past_days": 0, "future_days": 1})

    days = {measure["from_at"].date() for measure in outcome.records["measures"]}
    assert days == {date(2026, 11, 23), date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("on", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)]
)
def test_a_bus_every_hour_leaves_once_in_each_hour_of_any_day(lab, cases, on, hours):
    """GTFS counts from noon minus 12 hours: on the day of 25 hours, the first hour is served twice
    over by the night before and the rest as usual, whatever the clock says."""
    lines = "".join(
        f"b{h},{h:02}:00:00,{h:02}:00:00,B1,1\nb{h},{h:02}:30:00,{h:02}:30:00,P2,2\n"
        for h in range(24)
    )
    week = f"service_id,{cases.DAYS},start_date,end_date\nALL,1,1,1,1,1,1,1,20260101,20261231\n"
    outcome = lab.run(
        "gtfs",
        cases.feed(
            trips_txt="route_id,service_id,trip_id\n" + "".join(f"B,ALL,b{h}\n" for h in range(24)),
            stop_times_txt="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + lines,
            calendar_txt=week,
            calendar_dates_txt=None,
        ),
        now=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        options={"past_days": 0, "future_days": 0},
    )
    values = [measure["value"] for measure in outcome.records["measures"]]

    # Service days start at noon minus 12 h: 1 h after midnight in autumn, 1 h before in spring.
    assert sum(values) == {25: 24, 24: 24, 23: 23}[hours]
    assert len(values) <= hours


def test_the_shared_metro_gives_places_and_says_what_it_lacks(lab, shared_dir):
    folder = shared_dir / "data" / "marseille_rtm_metro_gtfs"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("*.txt")):
            archive.write(path, path.name)

    outcome = lab.run("gtfs", packed.getvalue())

    assert outcome.counts == {"places": 61}
    assert outcome.rejected == {}
    assert outcome.noticed == {"missing_file": 2}  # agency, calendar
    assert {p["kind"] for p in outcome.records["places"]} == {"place.station.metro"}


@pytest.mark.parametrize(
    ("name", "places", "notices"),
    [
        ("sample-feed-1.zip", 9, {"ragged_row"}),
        ("transport_data_gouv/gtfs.zip", 5, set()),
        (
            "transport_data_gouv/gtfs_import.zip",
            1,
            {"wrong_encoding", "broken_reference", "not_used"},
        ),
        ("transport_data_gouv/gtfs_modified_columns.zip", 5, {"missing_column", "bad_time"}),
        ("transport_data_gouv/gtfs_modified_files.zip", 5, {"missing_column"}),
        ("transport_data_gouv/gtfs_modified_rows.zip", 4, {"broken_reference"}),
    ],
)
def test_the_shared_feeds_are_read_without_a_refusal(lab, shared_dir, name, places, notices):
    content = (shared_dir / "data" / "messages" / "gtfs_static" / name).read_bytes()

    outcome = lab.run("gtfs", content, now=at(2007, 6, 1))

    assert outcome.counts.get("places") == places
    assert outcome.rejected == {}
    assert set(outcome.noticed) == notices


def test_the_sample_feed_of_the_reference_counts_its_headways(lab, shared_dir):
    """STBA runs from 6 to 22 every 30 minutes: 32 departures a day from STAGECOACH."""
    content = (shared_dir / "data" / "messages" / "gtfs_static" / "sample-feed-1.zip").read_bytes()
    outcome = lab.run(
        "gtfs", content, now=at(2007, 6, 6, 20), options={"past_days": 0, "future_days": 0}
    )

    stagecoach = [
        m["value"] for m in outcome.records["measures"] if m["source_ref"].startswith("STAGECOACH@")
    ]
    assert sum(stagecoach) >= 32  # and those of the other trips that call there


# --- Against a slow reading of the same files -----------------------------------------------------


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    if name not in archive.namelist():
        return []
    text = io.TextIOWrapper(archive.open(name), "utf-8-sig")
    return [
        {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        for row in csv.DictReader(text)
    ]


def day_of(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def seconds_of(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def services_on(archive: zipfile.ZipFile, on: date) -> set[str]:
    active = {
        row["service_id"]
        for row in rows_of(archive, "calendar.txt")
        if day_of(row["start_date"]) <= on <= day_of(row["end_date"])
        and row[f"{on:%A}".lower()] == "1"
    }
    for row in rows_of(archive, "calendar_dates.txt"):
        if day_of(row["date"]) == on:
            (active.add if row["exception_type"] == "1" else active.discard)(row["service_id"])
    return active


def slow_departures(archive: zipfile.ZipFile, days: list[date], tz: ZoneInfo) -> Counter[str]:
    """One departure after the other, as the reference says it: no column, no shortcut."""
    calls, headways = defaultdict(list), defaultdict(list)
    for row in rows_of(archive, "stop_times.txt"):
        calls[row["trip_id"]].append((int(row["stop_sequence"]), row))
    for row in rows_of(archive, "frequencies.txt"):
        headways[row["trip_id"]].append(row)
    found: Counter[str] = Counter()
    for on in (days[0] + timedelta(days=n) for n in range(-7, len(days) + 7)):
        active = services_on(archive, on)
        start = datetime(on.year, on.month, on.day, 12, tzinfo=tz).astimezone(UTC)
        start -= timedelta(hours=12)
        for trip in rows_of(archive, "trips.txt"):
            if trip["service_id"] not in active:
                continue
            stops = [row for _, row in sorted(calls[trip["trip_id"]], key=lambda pair: pair[0])]
            timed = [row for row in stops[:-1] if row["departure_time"]]
            shifts = [0]
            if headways[trip["trip_id"]]:
                first = seconds_of(stops[0]["departure_time"])
                shifts = [
                    second - first
                    for row in headways[trip["trip_id"]]
                    for second in range(
                        seconds_of(row["start_time"]),
                        seconds_of(row["end_time"]),
                        int(row["headway_secs"]),
                    )
                ]
            for shift, row in itertools.product(shifts, timed):
                leaves = start + timedelta(seconds=shift + seconds_of(row["departure_time"]))
                if leaves.astimezone(tz).date() in days:
                    found[f"{row['stop_id']}@{leaves:%Y-%m-%dT%H}"] += 1
    return found


def compare(lab, content: bytes, on: date, zone: str) -> int:
    now = datetime(on.year, on.month, on.day, 20, tzinfo=UTC)
    options = {"past_days": 3, "future_days": 9}
    outcome = lab.run("gtfs", content, now=now, options=options)
    days = [now.astimezone(ZoneInfo(zone)).date() + timedelta(days=n) for n in range(-3, 10)]
    expected = slow_departures(zipfile.ZipFile(io.BytesIO(content)), days, ZoneInfo(zone))

    assert {m["source_ref"]: m["value"] for m in outcome.records.get("measures", [])} == expected
    return sum(expected.values())


@pytest.mark.parametrize("on", [date(2007, 6, 4), date(2007, 3, 11), date(2007, 11, 4)])
def test_the_sample_feed_departs_as_a_slow_reading_says(lab, shared_dir, on):
    """A day with an exception, and the days on which the clocks of California change."""
    path = shared_dir / "data" / "messages" / "gtfs_static" / "sample-feed-1.zip"

    assert compare(lab, path.read_bytes(), on, "America/Los_Angeles") > 5_000


@pytest.mark.parametrize("on", [date(2026, 10, 25), date(2026, 3, 29), date(2026, 11, 23)])
def test_the_shared_metro_departs_once_it_has_a_calendar(lab, shared_dir, cases, on):
    folder = shared_dir / "data" / "marseille_rtm_metro_gtfs"
    trips = csv.DictReader((folder / "trips.txt").read_text("utf-8-sig").splitlines())
    services = sorted({row["service_id"] for row in trips})
    week = "".join(f"{one},1,1,1,1,1,0,1,20260101,20261231\n" for one in services)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("*.txt")):
            archive.write(path, path.name)
        archive.writestr("calendar.txt", f"service_id,{cases.DAYS},start_date,end_date\n{week}")
        dates = f"service_id,date,exception_type\n{services[0]},{on:%Y%m%d},2\n"
        archive.writestr("calendar_dates.txt", dates)

    assert compare(lab, packed.getvalue(), on, "Europe/Paris") > 100


# --- The arithmetic -----------------------------------------------------------------------------


@given(st.integers(0, MAX_HOURS - 1), st.integers(0, 59), st.integers(0, 59))
def test_a_clock_text_is_its_seconds(hours, minutes, seconds):
    import pyarrow as pa

    text = f"{hours}:{minutes:02}:{seconds:02}"

    assert clock_seconds(pa.array([text, f"0{text}"[-8:], None, "x"])).tolist() == [
        hours * 3600 + minutes * 60 + seconds,
        hours * 3600 + minutes * 60 + seconds,
        -1,
        -1,
    ]


triples = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, MAX_HOURS * 3600 - 1)),
    max_size=60,
)


@given(triples)
def test_counting_keeps_every_departure(rows):
    stop, service, seconds = (np.array([r[i] for r in rows], np.int64) for i in range(3))
    found = count_departures(stop, service, seconds)

    assert int(found.count.sum()) == len(rows)
    keys = list(zip(found.stop.tolist(), found.service.tolist(), found.hour.tolist(), strict=True))
    assert sorted(set(keys)) == sorted({(s, v, t // 3600) for s, v, t in rows})


@given(triples, st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_every_departure_falls_into_exactly_one_local_day(rows, middle):
    """A service that runs on one day only is found whole in the days around it."""
    stop, _, seconds = (np.array([r[i] for r in rows], np.int64) for i in range(3))
    found = count_departures(stop, np.zeros(len(rows), np.int64), seconds)
    active = {middle: np.array([True])}

    days = list(by_day(found, active, middle - timedelta(days=2), 8, "Europe/Paris"))

    assert sum(int(day.count.sum()) for day in days) == len(rows)
    for day in days:
        pairs = list(zip(day.stop.tolist(), day.from_us.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)


def test_repeated_trips_are_bounded():
    trip, offset = np.zeros(50, np.int64), np.arange(50, dtype=np.int64)
    _, seconds = repeat_trips(trip, offset, {0: [(0, 250_000, 1)] * 9})

    assert len(seconds) <= 2_000_000

"""Samples of GBFS: the bike stations of an invented town."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

NOW = 1_795_424_400  # 23 November 2026, 9:00 UTC, when the tests' clock stands
NOW_TEXT = "2026-11-23T09:00:00+00:00"
PERSONAL = ("06 39 98 05 06", "bike-ZQ-7741", "cycliste-8812")


def gbfs(version: str | None = "2.3", at: Any = None, **data: Any) -> bytes:
    """Return a file of a feed."""
    stated = (
        (NOW_TEXT if version is not None and version.startswith("3") else NOW) if at is None else at
    )
    told = {"last_updated": stated, "ttl": 60, "version": version, "data": data}
    return json.dumps(
        {key: value for key, value in told.items() if value is not None},
        ensure_ascii=False,
        indent=1,
    ).encode()


def without(station: dict[str, Any]) -> dict[str, Any]:
    """Return a station without its fields that are None."""
    return {key: value for key, value in station.items() if value is not None}


def place(station: str | None = "1", **changes: Any) -> dict[str, Any]:
    """Return what a station is; a change of None leaves the field out."""
    return without(
        {
            "station_id": station,
            "name": f"Station {station}",
            "lat": 43.2955,
            "lon": 5.3745,
            "capacity": 20,
        }
        | changes
    )


def state(name: str | None = "1", **changes: Any) -> dict[str, Any]:
    """Return how a station stands; a change of None leaves the field out."""
    return without(
        {
            "station_id": name, "num_bikes_available": 5, "num_docks_available": 15, "is_installed": True,
            "is_renting": True, "is_returning": True, "last_reported": NOW - 30,
        }
        | changes
    )  # fmt: skip


def state3(name: str = "1", **changes: Any) -> dict[str, Any]:
    """Return how a station stands, as version 3 says it."""
    newer = {
        "num_bikes_available": None,
        "num_vehicles_available": 5,
        "last_reported": "2026-11-23T09:59:30+01:00",
    }
    return state(name, **(newer | changes))


def named(**texts: str) -> list[dict[str, str]]:
    """Return a name in several languages, as version 3 says it."""
    return [{"text": text, "language": language} for language, text in texts.items()]


GOOD = gbfs(stations=[place("1"), place("2", region_id="centre"), place("3", capacity=None)])
STATES = gbfs(
    stations=[state("1"), state("2", num_docks_available=None), state("3", is_renting=False)]
)
FREE = {
    "bike_id": PERSONAL[1],
    "lat": 43.2955,
    "lon": 5.3745,
    "is_reserved": False,
    "is_disabled": False,
}

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/station_information.json": {"content": GOOD, "records": {"places": 3}, "read": 3},
    "valid/station_status.json": {"content": STATES, "records": {"measures": 5}, "read": 3},
    "valid/station_information_v3.json": {
        "content": gbfs("3.0", stations=[place("1", name=named(fr="Vieux-Port", en="Old Port")), place("2", name=named(en="Joliette"), is_virtual_station=True)]),
        "records": {"places": 2}, "read": 2,
    },
    "valid/station_status_v3.json": {"content": gbfs("3.0", stations=[state3("1"), state3("2")]), "records": {"measures": 4}, "read": 2},
    "valid/station_status_v1.json": {
        "content": gbfs(None, stations=[state("1", is_renting=1, is_installed=1, is_returning=0)]), "records": {"measures": 2}, "read": 1,
    },
    "valid/no_station.json": {"content": gbfs(stations=[])},
    # --- invalid: files
    "invalid/empty.json": {"content": b"\n", "rejects": {"empty_file": 1}},
    "invalid/web_page.json": {"content": b"<!DOCTYPE html><html>503</html>", "rejects": {"unreadable": 1}},
    "invalid/cut.json": {"content": GOOD[:-20], "rejects": {"unreadable": 1}},
    "invalid/deep.json": {"content": b'{"data":' + b"[" * 500 + b"]" * 500 + b"}", "rejects": {"too_deep": 1}},
    "invalid/deeper_than_python.json": {"content": b"[" * 9_000, "rejects": {"too_deep": 1}},
    "invalid/not_utf8.json": {"content": GOOD.replace(b"Station 1", b"Station \xff\xfe"), "rejects": {"unreadable": 1}},
    "invalid/array.json": {"content": b"[]", "rejects": {"unreadable": 1}},
    "invalid/without_data.json": {"content": b'{"last_updated": 1, "version": "2.3"}', "rejects": {"unreadable": 1}},
    "invalid/data_that_is_a_list.json": {"content": b'{"version": "2.3", "data": [1]}', "rejects": {"unreadable": 1}},
    "invalid/nan.json": {"content": GOOD.replace(b"43.2955", b"NaN", 1), "rejects": {"unreadable": 1}},
    "invalid/unknown_version.json": {"content": gbfs("9.1", stations=[place()]), "rejects": {"unknown_version": 1}},
    "invalid/discovery.json": {
        "content": gbfs(fr={"feeds": [{"name": "station_status", "url": "https://velos.invalid/status.json"}]}), "notices": {"not_used": 1},
    },
    "invalid/discovery_v3.json": {
        "content": gbfs("3.0", feeds=[{"name": "station_status", "url": "https://velos.invalid/status.json"}]), "notices": {"not_used": 1},
    },
    "invalid/free_bikes.json": {"content": gbfs(bikes=[FREE, FREE]), "notices": {"not_used": 1, "dropped_personal": 1}},
    "invalid/free_vehicles_v3.json": {
        "content": gbfs("3.0", vehicles=[{"vehicle_id": PERSONAL[1], "lat": 43.2955, "lon": 5.3745, "rider": PERSONAL[2]}]),
        "notices": {"not_used": 1, "dropped_personal": 1},
    },
    "invalid/system_information.json": {
        "content": gbfs(system_id="velos", language="fr", name="Vélos", timezone="Europe/Paris", phone_number=PERSONAL[0]), "notices": {"not_used": 1},
    },
    "invalid/clock_ahead.json": {
        "content": gbfs(at=NOW + 3_600, stations=[place()]), "records": {"places": 1}, "read": 1, "notices": {"clock_skew": 1},
    },
    "invalid/clock_in_milliseconds.json": {
        "content": gbfs(at=NOW * 1_000, stations=[state()]), "records": {"measures": 2}, "read": 1, "notices": {"bad_time": 1},
    },
    "invalid/without_any_time.json": {
        "content": gbfs(at="", stations=[state(last_reported=None)]), "records": {"measures": 2}, "read": 1, "notices": {"no_timestamp": 1},
    },
    # --- invalid: stations
    "invalid/phone_of_a_station.json": {
        "content": gbfs(stations=[place(contact_phone=PERSONAL[0])]), "records": {"places": 1}, "read": 1, "notices": {"dropped_personal": 1},
    },
    "invalid/unlisted_field.json": {
        "content": gbfs(stations=[state(last_rider=PERSONAL[2])]), "records": {"measures": 2}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/nameless.json": {
        "content": gbfs(stations=[place(None, name="A"), place("", name="B"), place("3", name=None), place("4", name=""), place("5")]),
        "records": {"places": 1}, "read": 5, "rejects": {"missing_required": 4},
    },
    "invalid/without_position.json": {
        "content": gbfs(stations=[place(lat=None), place("2", lon=None), place("3")]), "records": {"places": 1}, "read": 3, "rejects": {"missing_required": 2},
    },
    "invalid/unreadable_position.json": {
        "content": gbfs(stations=[place(lat="nord"), place("2", lon=[])]), "read": 2, "rejects": {"bad_number": 1, "missing_required": 1},
    },
    "invalid/huge_numbers.json": {
        "content": gbfs(stations=[state("1", num_bikes_available=10**40), state("2", num_bikes_available=10**9), state("3")]),
        "records": {"measures": 2}, "read": 3, "rejects": {"bad_number": 1, "out_of_range": 1},
    },
    "invalid/half_a_bike.json": {
        "content": gbfs(stations=[state("1", num_bikes_available=2.5), state("2", num_docks_available=-1)]), "read": 2, "rejects": {"bad_number": 1, "out_of_range": 1},
    },
    "invalid/without_bikes.json": {"content": gbfs(stations=[state(num_bikes_available=None)]), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/not_installed.json": {"content": gbfs(stations=[state(is_installed=False)]), "read": 1, "notices": {"not_used": 1}},
    "invalid/reported_in_milliseconds.json": {
        "content": gbfs(stations=[state(last_reported=NOW * 1_000), state("2")]), "records": {"measures": 2}, "read": 2, "rejects": {"bad_time": 1},
    },
    "invalid/reported_without_a_zone.json": {
        "content": gbfs("3.0", stations=[state3(last_reported="2026-11-23T09:59:30"), state3("2")]), "records": {"measures": 2}, "read": 2, "rejects": {"naive_time": 1},
    },
    "invalid/duplicate_places.json": {
        "content": gbfs(stations=[place("1"), place("1", lat=43.3), place("2")]), "records": {"places": 2}, "read": 3, "notices": {"duplicate_row": 1},
    },
    "invalid/duplicate_states.json": {
        "content": gbfs(stations=[state("1", last_reported=NOW - 90, num_bikes_available=9), state("1"), state("1", num_bikes_available=7)]),
        "records": {"measures": 2}, "read": 3, "notices": {"duplicate_row": 2},
    },
    "invalid/stations_that_are_texts.json": {"content": gbfs(stations=["1", 2, None]), "notices": {"unmapped_column": 2}},
}  # fmt: skip

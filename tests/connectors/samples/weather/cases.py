"""Samples of weather answers and observation files: invented values at invented stations."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = ("Ginette Ventoux", "06 11 22 33 44")

HOURS = ["2026-11-23T09:00", "2026-11-23T10:00", "2026-11-23T11:00"]
UNITS = {
    "time": "iso8601", "temperature_2m": "°C", "precipitation": "mm", "wind_speed_10m": "km/h",
    "wind_gusts_10m": "km/h", "relative_humidity_2m": "%", "pressure_msl": "hPa", "sunshine_duration": "s",
}  # fmt: skip
HOURLY = {
    "time": HOURS, "temperature_2m": [11.4, 12.0, None], "precipitation": [0.0, 0.2, 0.0], "wind_speed_10m": [36.0, 18.0, 9.0],
    "wind_gusts_10m": [72.0, 54.0, 18.0], "relative_humidity_2m": [61, 58, 55], "pressure_msl": [1012.1, 1012.6, 1013.0],
    "sunshine_duration": [0.0, 1800.0, 3600.0],
}  # fmt: skip


def forecast(**changes: Any) -> dict[str, Any]:
    """Return an Open-Meteo answer; None removes a member."""
    made: dict[str, Any] = {
        "latitude": 43.3, "longitude": 5.38, "generationtime_ms": 0.12, "utc_offset_seconds": 3600, "timezone": "Europe/Paris",
        "timezone_abbreviation": "CET", "elevation": 12.0, "hourly_units": UNITS, "hourly": HOURLY,
    } | changes  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def one(variable: str, value: Any, unit: Any = "°C", **changes: Any) -> dict[str, Any]:
    """Return an answer of one variable at one hour."""
    units = {"time": "iso8601", variable: unit}
    return forecast(hourly_units=units, hourly={"time": HOURS[:1], variable: [value]}, **changes)


def station(**changes: Any) -> dict[str, Any]:
    """Return an observation of a Météo-France station, in SI units."""
    made: dict[str, Any] = {
        "lat": 43.4378, "lon": 5.216, "geo_id_insee": "13054001", "reference_time": "2026-11-23T08:05:00Z",
        "insert_time": "2026-11-23T08:06:30Z", "validity_time": "2026-11-23T08:00:00Z", "t": 285.15, "u": 61, "ff": 8.2,
        "fxi": 18.3, "fxy": 12.1, "rr1": 0.4, "pmer": 101320, "insolh": 12,
    } | changes  # fmt: skip
    return {name: value for name, value in made.items() if value is not ...}


def js(value: Any) -> bytes:
    """Return JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


HEAD = "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;FF;QFF;FXY;QFXY;FXI;QFXI;T;QT;U;QU;PMER;QPMER;INS;QINS"
LINE = "13054001;VILLE-AERO;43.4378;5.216;9;2026112308;0.4;1;8.2;1;12.1;1;18.3;1;12.0;1;61;9;1013.2;1;12;1"


def csv(*lines: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    """Return a semicolon file."""
    return "\n".join([head, *lines, ""]).encode(encoding)


def deep() -> bytes:
    """Return JSON nested beyond reason."""
    return b'{"hourly":' + b"[" * 300 + b"]" * 300 + b"}"


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/forecast.json": {"content": js(forecast()), "records": {"measures": 20}, "read": 3},
    "valid/now.json": {
        "content": js(forecast(hourly=None, hourly_units=None, current_units=UNITS | {"interval": "seconds"}, current={"time": HOURS[0], "interval": 900, "temperature_2m": 11.4, "precipitation": 0.1})),
        "records": {"measures": 2}, "read": 1,
    },
    "valid/imperial_unixtime.json": {
        "content": js(forecast(hourly_units={"time": "unixtime", "temperature_2m": "°F", "precipitation": "inch", "wind_speed_10m": "mp/h", "wind_gusts_10m": "kn"}, hourly={"time": [1795424400], "temperature_2m": [50.0], "precipitation": [1.0], "wind_speed_10m": [10.0], "wind_gusts_10m": [20.0]})),
        "records": {"measures": 4}, "read": 1,
    },
    "valid/two_places.json": {
        "content": js([one("temperature_2m", 11.0), one("temperature_2m", 9.0, latitude=43.4)]), "records": {"measures": 2}, "read": 2,
    },
    "valid/stations.json": {
        "content": js([station(), station(validity_time="2026-11-23T07:00:00Z", fxi=..., u=None)]), "records": {"measures": 13}, "read": 2,
    },
    "valid/six_minutes.json": {
        "content": js([station(rr_per=0.2, rr1=..., validity_time="2026-11-23T08:06:00Z")]), "records": {"measures": 7}, "read": 1,
    },
    "valid/hourly.csv": {"content": csv(LINE, LINE.replace("2026112308", "2026112307")), "records": {"measures": 14}, "read": 2},
    "valid/gaps.csv": {
        "content": csv("13054001;VILLE-AERO;43.4378;5.216;9;2026112308;;;8,2;9;12.1;1;mq;;;;61;2;;;;"), "records": {"measures": 3}, "read": 1,
    },
    "valid/six_minutes.csv": {"content": csv("13054001;202611230806;0,2;9", head="POSTE;AAAAMMJJHHMN;RR;QRR"), "records": {"measures": 1}, "read": 1},
    "valid/si.csv": {
        "content": csv("43.4378;5.216;13054001;2026-11-23T08:05:00Z;2026-11-23T08:06:00Z;2026-11-23T08:00:00Z;285.15;61", head="lat;lon;geo_id_insee;reference_time;insert_time;validity_time;t;u"),
        "records": {"measures": 2}, "read": 1,
    },
    # --- invalid: files
    "invalid/empty.json": {"content": b"  \n", "rejects": {"empty_file": 1}},
    "invalid/cut.json": {"content": js(forecast())[:-30], "rejects": {"unreadable": 1}},
    "invalid/not_a_number.json": {"content": b'{"latitude": 43.3, "longitude": 5.38, "hourly": {"time": ["2026-11-23T09:00"], "temperature_2m": [NaN]}}', "rejects": {"unreadable": 1}},
    "invalid/nested.json": {"content": deep(), "rejects": {"too_deep": 1}},
    "invalid/latin1.json": {"content": js(forecast()).decode().encode("latin-1"), "rejects": {"unreadable": 1}},
    "invalid/web_page.csv": {"content": b"<!DOCTYPE html>\n<html><body>503</body></html>\n", "rejects": {"missing_column": 1}},
    "invalid/without_station.csv": {"content": csv("2026112308;12.0", head="AAAAMMJJHH;T"), "rejects": {"missing_column": 1}},
    "invalid/error_answer.json": {"content": js({"error": True, "reason": "Daily API request limit exceeded"}), "rejects": {"unknown_message": 1}, "read": 1, "notices": {"unmapped_column": 2}},
    "invalid/texts.json": {"content": js(["sunny", 12]), "rejects": {"bad_row": 2}, "read": 2},
    # --- invalid: rows
    "invalid/unknown_unit.json": {"content": js(one("temperature_2m", 11.0, "°Ré")), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/wrong_unit.json": {"content": js(one("temperature_2m", 11.0, "hPa")), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/without_unit.json": {"content": js(one("temperature_2m", 11.0, None)), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/without_units.json": {"content": js(forecast(hourly_units=None)), "rejects": {"missing_required": 3}, "read": 3},
    "invalid/without_place.json": {"content": js(one("temperature_2m", 11.0, latitude=None)), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/huge_number.json": {"content": js(one("temperature_2m", "9" * 40)), "rejects": {"bad_number": 1}, "read": 1},
    "invalid/text_as_number.json": {"content": js(one("temperature_2m", "doux")), "rejects": {"bad_number": 1}, "read": 1},
    "invalid/impossible_value.json": {"content": js(one("temperature_2m", 4_000.0)), "records": {"measures": 1}, "read": 1},
    "invalid/uneven_series.json": {
        "content": js(forecast(hourly={"time": HOURS, "temperature_2m": [11.4]}, hourly_units=UNITS)), "records": {"measures": 1}, "read": 3, "rejects": {"ragged_row": 2},
    },
    "invalid/unknown_zone.json": {"content": js(one("temperature_2m", 11.0, utc_offset_seconds=None, timezone="Mars/Olympus")), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/impossible_offset.json": {"content": js(one("temperature_2m", 11.0, utc_offset_seconds=999999)), "rejects": {"out_of_range": 1}, "read": 1},
    "invalid/unreadable_time.json": {"content": js(one("temperature_2m", 11.0) | {"hourly": {"time": ["midi"], "temperature_2m": [11.0]}}), "rejects": {"bad_time": 1}, "read": 1},
    "invalid/naive_observation.json": {"content": js([station(validity_time="2026-11-23T08:00:00")]), "rejects": {"naive_time": 1}, "read": 1},
    "invalid/nameless_station.json": {"content": js([station(geo_id_insee=None)]), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/fast_clock.json": {"content": js([station(validity_time="2026-11-23T12:00:00Z")]), "records": {"measures": 7}, "read": 1, "notices": {"clock_skew": 1}},
    "invalid/contact.json": {
        "content": js([station(contact={"nom": PERSONAL[0], "telephone": PERSONAL[1]}, OBSERVATEUR=PERSONAL[0])]), "records": {"measures": 7}, "read": 1,
        "notices": {"unmapped_column": 1, "dropped_personal": 1},
    },
    "invalid/daily.json": {"content": js(forecast(daily={"time": ["2026-11-23"], "temperature_2m_max": [14.0]}, daily_units={})), "records": {"measures": 20}, "read": 3, "notices": {"not_used": 1}},
    "invalid/unknown_variable.json": {"content": js(one("cape", 120.0, "J/kg")), "read": 1, "notices": {"unmapped_column": 1}},
    "invalid/observer.csv": {
        "content": csv(LINE + ";" + PERSONAL[0], head=HEAD + ";OBSERVATEUR"), "records": {"measures": 7}, "read": 1, "notices": {"dropped_personal": 1},
    },
    "invalid/unreadable_hour.csv": {"content": csv(LINE.replace("2026112308", "2026113399"), LINE), "records": {"measures": 7}, "read": 2, "rejects": {"bad_time": 1}},
    "invalid/ragged.csv": {"content": csv("13054001;VILLE-AERO", LINE), "records": {"measures": 7}, "read": 2, "rejects": {"ragged_row": 1}},
    "invalid/unknown_quality.csv": {"content": csv(LINE.replace(";12.0;1;", ";12.0;7;")), "records": {"measures": 7}, "read": 1, "notices": {"unknown_code": 1}},
    "invalid/text_as_number.csv": {"content": csv(LINE.replace(";12.0;", ";doux;")), "read": 1, "rejects": {"bad_number": 1}},
    "invalid/endless_interval.json": {
        "content": js(
            forecast(
                hourly=None,
                current_units=UNITS,
                current={"time": HOURS[0], "interval": 10**9, "temperature_2m": 11.4},
            )
        ),
        "rejects": {"out_of_range": 1},
        "read": 1,
    },
    "invalid/unixtime_without_time.json": {
        "content": js(
            forecast(
                hourly_units={"time": "unixtime", "temperature_2m": "°C"},
                hourly={"time": [None], "temperature_2m": [11.4]},
            )
        ),
        "rejects": {"missing_required": 1},
        "read": 1,
    },
    "invalid/duplicate_rows.csv": {"content": csv(LINE, LINE), "records": {"measures": 14}, "read": 2},
}  # fmt: skip

"""Shared bikes as a GBFS 2.3 feed: where thirty invented stations are, and how full they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import geography, people
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import HOUR_US, MINUTE_US, IntArray, local
from vigie.city.truth import Truth

SOURCE = "bikes"
STATIONS = 30
PERIOD_US = MINUTE_US
HISTORY_US = 3 * HOUR_US
HISTORY_STEP_US = 10 * MINUTE_US
STAFFED = 5
"""Every how many stations one has a keeper, whose telephone stands in the feed."""
CENTRE = (5.3765, 43.2955)
_AWAY_M = 45.0
_SLOT_US = 15 * MINUTE_US
_SWING, _NOISE, _USUAL = 0.32, 0.12, 0.5
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Station:
    """One station.

    Attributes:
        ref: Identifier.
        name: Of the stop nearby, or its own.
        lon: Longitude.
        lat: Latitude.
        capacity: Docks.
        lean: 1 where people work (full by day) to -1 where they live (full at night).
        phone: Of the keeper, or empty.
    """

    ref: str
    name: str
    lon: float
    lat: float
    capacity: int
    lean: float
    phone: str


@cache
def stations(seed: int) -> tuple[Station, ...]:
    """Return the stations, near the stops that are nearest to the centre."""
    chance = stream(seed, SOURCE, "stations")
    stops = list(geography.stops().values())
    x, y = geography.to_metres(np.array([s[1] for s in stops]), np.array([s[2] for s in stops]))
    cx, cy = geography.to_metres(np.array(CENTRE[0]), np.array(CENTRE[1]))
    away = np.hypot(x - cx, y - cy)
    nearest = np.argsort(away, kind="stable")[:STATIONS]
    angle = chance.uniform(0, 2 * np.pi, STATIONS)
    lon, lat = geography.to_degrees(
        x[nearest] + _AWAY_M * np.cos(angle), y[nearest] + _AWAY_M * np.sin(angle)
    )
    docks = chance.integers(6, 16, STATIONS) * 2
    lean = np.clip(1.0 - away[nearest] / 1_500.0 + chance.normal(0, 0.2, STATIONS), -1, 1)
    phones = people.phones(people.draws(chance, STATIONS))
    return tuple(
        Station(
            ref=f"V{number + 1:03d}",
            name=f"Station {stops[stop][0]}",
            lon=round(float(lon[number]), 6),
            lat=round(float(lat[number]), 6),
            capacity=int(docks[number]),
            lean=float(lean[number]),
            phone=phones[number] if number % STAFFED == 0 else "",
        )
        for number, stop in enumerate(nearest.tolist())
    )


def _noise(at_us: int, seed: int) -> FloatArray:
    """Return how far each station is from its usual course, moving slowly."""
    slot, part = divmod(at_us, _SLOT_US)
    before, after = (
        stream(seed, SOURCE, "noise", slot + step).normal(0, _NOISE, STATIONS) for step in (0, 1)
    )
    mixed: FloatArray = before + (after - before) * (part / _SLOT_US)
    return mixed


def bikes_at(at_us: int, seed: int) -> IntArray:
    """Return how many bikes stand at each station at an instant."""
    them = stations(seed)
    hour = local(at_us).hour + local(at_us).minute / 60
    wave = _SWING * np.cos((hour - 13.0) / 24 * 2 * np.pi)
    share = _USUAL + wave * np.array([s.lean for s in them]) + _noise(at_us, seed)
    docks = np.array([s.capacity for s in them])
    bikes: IntArray = np.rint(np.clip(share, 0, 1) * docks).astype(np.int64)
    return bikes


def _file(at_us: int, listed: list[dict[str, Any]]) -> bytes:
    head = {"last_updated": at_us // SECOND_US, "ttl": PERIOD_US // SECOND_US, "version": "2.3"}
    return json.dumps(head | {"data": {"stations": listed}}, ensure_ascii=False).encode("utf-8")


def information(at_us: int, seed: int) -> bytes:
    """Return ``station_information``."""
    listed = []
    for station in stations(seed):
        told: dict[str, Any] = {
            "station_id": station.ref,
            "name": station.name,
            "lat": station.lat,
            "lon": station.lon,
            "capacity": station.capacity,
            "is_virtual_station": False,
        }
        listed.append(told | ({"contact_phone": station.phone} if station.phone else {}))
    return _file(at_us, listed)


def status(at_us: int, seed: int) -> bytes:
    """Return ``station_status``; each station last reported within the minute before."""
    bikes = bikes_at(at_us, seed).tolist()
    listed = [
        {
            "station_id": station.ref,
            "num_bikes_available": bikes[number],
            "num_docks_available": station.capacity - bikes[number],
            "is_installed": True,
            "is_renting": True,
            "is_returning": True,
            "last_reported": at_us // SECOND_US - number % 50,
        }
        for number, station in enumerate(stations(seed))
    ]
    return _file(at_us, listed)


def emit(truth: Truth, folder: Path, ledger: Ledger) -> Feed:
    """Write the stations, and how they stood every ten minutes of the last three hours."""
    (folder / SOURCE).mkdir()
    end_us = truth.now_us // PERIOD_US * PERIOD_US
    name = f"{SOURCE}/station_information.json"
    (folder / name).write_bytes(information(end_us, truth.seed))
    paths = [name]
    for at_us in range(end_us - HISTORY_US, end_us + 1, HISTORY_STEP_US):
        name = f"{SOURCE}/station_status_{at_us // SECOND_US}.json"
        (folder / name).write_bytes(status(at_us, truth.seed))
        paths.append(name)
    phones = [(s.ref, s.phone) for s in stations(truth.seed) if s.phone]
    ledger.plant_fields(SOURCE, "contact_phone", "phone", phones)
    states = (len(paths) - 1) * STATIONS
    return Feed(
        source=SOURCE,
        connector="gbfs",
        mapping="",
        kind="measures",
        paths=tuple(paths),
        rows=STATIONS + states,
        records=2 * states,
        also={"places": STATIONS},
        period_s=PERIOD_US // SECOND_US,
        via="poll",
    )

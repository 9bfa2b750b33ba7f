"""The city's public transport: who runs where, at any instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import numpy as np

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.plans import at_local
from vigie.city.span import HOUR_US, IntArray, local, public_holidays

SERVICES = ("SEM", "SAM", "DIM")
HEADWAY_FACTOR = {"SEM": 1.0, "SAM": 1.3, "DIM": 1.7}
FIRST_S = {"metro": 5 * 3600, "tram": 5 * 3600, "bus": 5 * 3600 + 1800}
LAST_S = {"metro": 24 * 3600 + 1800, "tram": 24 * 3600, "bus": 23 * 3600}
DETOUR = 1.25
DWELL_S = 25
SECOND_US = 1_000_000
MAX_DELAY_S = 240


@dataclass(frozen=True)
class Course:
    """One line in one direction.

    Attributes:
        line: The line.
        direction: 0 outward, 1 back.
        stops: Stop ids in the order of travel.
        lon: Longitude of the stops.
        lat: Latitude of the stops.
        arrive_s: Seconds from the first departure to each arrival.
        leave_s: Seconds from the first departure to each departure.
    """

    line: geography.Line
    direction: int
    stops: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray
    arrive_s: IntArray
    leave_s: IntArray

    def departures(self, service: str) -> IntArray:
        """Return the departures of a service, in seconds after the start of the service day."""
        headway = round(self.line.headway_min * 60 * HEADWAY_FACTOR[service])
        mode = self.line.mode
        return np.arange(
            FIRST_S[mode] + self.direction * 120, LAST_S[mode], headway, dtype=np.int64
        )

    def trip_id(self, service: str, number: int) -> str:
        """Return the id of a trip."""
        return f"{self.line.line_id}-{self.direction}-{service}-{number:03d}"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle at an instant."""

    course: Course
    trip_id: str
    service_day: date
    lon: float
    lat: float
    bearing: float
    speed_ms: float
    next_stop: str
    sequence: int
    stopped: bool
    delay_s: int
    occupancy: int


@cache
def courses() -> tuple[Course, ...]:
    """Return every line in both directions."""
    out = []
    named = geography.stops()
    for line in geography.lines():
        for direction in (0, 1):
            stops = line.stops if direction == 0 else line.stops[::-1]
            lon = np.array([named[s][1] for s in stops])
            lat = np.array([named[s][2] for s in stops])
            x, y = geography.to_metres(lon, lat)
            run = np.rint(np.hypot(np.diff(x), np.diff(y)) * DETOUR / (line.speed_kmh / 3.6))
            arrive = np.concatenate([[0], np.cumsum(run + DWELL_S)])
            arrive[1:] -= DWELL_S
            leave = arrive + DWELL_S
            leave[0] = 0
            out.append(
                Course(
                    line,
                    direction,
                    stops,
                    lon,
                    lat,
                    arrive.astype(np.int64),
                    leave.astype(np.int64),
                )
            )
    return tuple(out)


def service_of(day: date) -> str:
    """Return the service that runs on a day."""
    if day.weekday() == 6 or day in public_holidays(day.year):
        return "DIM"
    return "SAM" if day.weekday() == 5 else "SEM"


def service_start_us(day: date) -> int:
    """Return the start of a service day: noon minus 12 hours (GTFS reference, ``stop_times``)."""
    return at_local(day, 12.0) - 12 * HOUR_US


def vehicles(at_us: int, seed: int) -> list[Vehicle]:
    """Return every vehicle in service at an instant."""
    today = local(at_us).date()
    out = []
    for day in (today - timedelta(days=1), today):
        service = service_of(day)
        now_s = (at_us - service_start_us(day)) / SECOND_US
        for course in courses():
            departures = course.departures(service)
            last = int(course.arrive_s[-1])
            running = np.flatnonzero(
                (departures <= now_s) & (departures + last + MAX_DELAY_S >= now_s)
            )
            for number in running.tolist():
                trip = course.trip_id(service, number)
                found = _vehicle(course, trip, day, now_s - int(departures[number]), seed)
                if found is not None:
                    out.append(found)
    return out


@lru_cache(maxsize=16_384)
def _luck(seed: int, trip: str, ordinal: int) -> tuple[int, int]:
    """Return the delay in seconds and the occupancy in percent of a trip on a day."""
    chance = stream(seed, "vehicle", trip, ordinal)
    delay = int(min(MAX_DELAY_S, chance.exponential(50.0)))
    return delay, int(np.clip(chance.normal(45, 22), 2, 98))


def _vehicle(course: Course, trip: str, day: date, run_s: float, seed: int) -> Vehicle | None:
    delay, load = _luck(seed, trip, day.toordinal())
    along = run_s - delay
    if along < 0 or along > course.arrive_s[-1]:
        return None
    ahead = int(np.searchsorted(course.arrive_s, along, side="left"))
    ahead = max(1, min(ahead, len(course.stops) - 1))
    left, reached = float(course.leave_s[ahead - 1]), float(course.arrive_s[ahead])
    share = float(np.clip((along - left) / max(1.0, reached - left), 0.0, 1.0))
    a, b = ahead - 1, ahead
    x, y = geography.to_metres(course.lon[[a, b]], course.lat[[a, b]])
    dx, dy = float(x[1] - x[0]), float(y[1] - y[0])
    stopped = along <= left
    return Vehicle(
        course=course,
        trip_id=trip,
        service_day=day,
        lon=float(course.lon[a] + share * (course.lon[b] - course.lon[a])),
        lat=float(course.lat[a] + share * (course.lat[b] - course.lat[a])),
        bearing=float(np.degrees(np.arctan2(dx, dy)) % 360.0),
        speed_ms=0.0 if stopped else float(np.hypot(dx, dy) / max(1.0, reached - left)),
        next_stop=course.stops[a if stopped else b],
        sequence=(a if stopped else b) + 1,
        stopped=stopped,
        delay_s=delay,
        occupancy=load,
    )

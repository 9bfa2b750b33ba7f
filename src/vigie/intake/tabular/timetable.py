"""Departures of a timetable by stop and hour: services, trips, frequencies, and the clock change.

Follows the GTFS Schedule reference (gtfs.org): a time of a trip is counted from noon minus 12 hours
of its service day, so that "25:30:00" is half past one in the night after, and hours come out right
on the days that have 23 or 25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import EPOCH
from vigie.model.times import DAY_US, HOUR_US, SECOND_US, day_bounds, resolve_local

Ints = npt.NDArray[np.int64]

HOUR_S = 3_600
MAX_HOURS = 72
MAX_REPEATS = 2_000_000

_CLOCK = r"^(?P<h>[0-9]{1,3}):(?P<m>[0-5][0-9]):(?P<s>[0-5][0-9])$"


@dataclass(frozen=True, slots=True)
class Departures:
    """How many vehicles leave a stop, by service and hour of the service day.

    Attributes:
        stop: Index of the stop.
        service: Index of the service.
        hour: Hour counted from noon minus 12 h; may be 24 and more.
        count: Departures.
    """

    stop: Ints
    service: Ints
    hour: Ints
    count: Ints


def clock_seconds(texts: pa.StringArray) -> Ints:
    """Return seconds of ``H:MM:SS`` texts; -1 where a text is missing or no time."""
    parts = pc.extract_regex(texts, _CLOCK)
    total = pa.nulls(len(texts), pa.int64())
    if pc.any(pc.is_valid(parts)).as_py():
        hours, minutes, seconds = (
            pc.cast(pc.struct_field(parts, name), pa.int64()) for name in ("h", "m", "s")
        )
        total = pc.add(pc.add(pc.multiply(hours, HOUR_S), pc.multiply(minutes, 60)), seconds)
        total = pc.if_else(pc.is_valid(parts), total, pa.scalar(None, pa.int64()))
    return np.asarray(pc.fill_null(total, -1).to_numpy(zero_copy_only=False), np.int64)


def count_departures(stop: Ints, service: Ints, seconds: Ints) -> Departures:
    """Count departures by stop, service and hour."""
    if len(stop) == 0:
        nothing = np.empty(0, np.int64)
        return Departures(nothing, nothing, nothing, nothing)
    hour = seconds // HOUR_S
    services = int(service.max()) + 1
    key = (stop * services + service) * (MAX_HOURS + 1) + hour
    unique, count = np.unique(key, return_counts=True)
    place, hours = np.divmod(unique, MAX_HOURS + 1)
    stops, kinds = np.divmod(place, services)
    return Departures(stops, kinds, hours, count.astype(np.int64))


def repeat_trips(
    trip: Ints, offset: Ints, starts: Mapping[int, list[tuple[int, int, int]]]
) -> tuple[Ints, Ints]:
    """Return the departures of trips that run by headway.

    Args:
        trip: Trip of each stop time, sorted or not.
        offset: Seconds of each stop time after the first of its trip.
        starts: By trip: ``(first, end, headway)`` in seconds; the end is exclusive.

    Returns:
        For each departure: index of the stop time, seconds. At most ``MAX_REPEATS``; what is
        beyond is left out, and the caller sees it by the length.
    """
    indices, seconds, total = [], [], 0
    for number, periods in starts.items():
        own = np.flatnonzero(trip == number)
        for first, end, headway in periods:
            begins = np.arange(first, end, headway, dtype=np.int64)
            total += len(begins) * len(own)
            if total > MAX_REPEATS:
                break
            indices.append(np.repeat(own, len(begins)))
            seconds.append((offset[own][:, None] + begins[None, :]).ravel())
    if not indices:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(indices), np.concatenate(seconds)


def _midday_less_half_day(days: list[date], tz: str) -> Ints:
    walls = np.array([(day - EPOCH.date()).days * DAY_US + DAY_US // 2 for day in days], np.int64)
    noon = resolve_local(walls, tz).at_us.to_numpy(zero_copy_only=False)
    return np.asarray(noon - DAY_US // 2, np.int64)


@dataclass(frozen=True, slots=True)
class HourlyCounts:
    """Departures in one local day: stop, start of the hour (epoch µs), how many."""

    stop: Ints
    from_us: Ints
    count: Ints


def by_day(
    departures: Departures,
    active: Mapping[date, npt.NDArray[np.bool_]],
    first: date,
    days: int,
    tz: str,
) -> Iterator[HourlyCounts]:
    """Yield the departures of each local day, those of the service days around it together.

    Args:
        departures: By stop, service and hour.
        active: By day, which services run.
        first: First local day.
        days: How many.
        tz: Zone of the timetable.
    """
    reach = -(-MAX_HOURS // 24) + 1
    for position in range(days):
        day = first + timedelta(days=position)
        start, end = day_bounds(day, tz)
        around = [day + timedelta(days=shift) for shift in range(-reach, 2)]
        bases = _midday_less_half_day(around, tz)
        stops, hours, counts = [], [], []
        for service_day, base in zip(around, bases.tolist(), strict=True):
            runs = active.get(service_day)
            if runs is None or not runs.any():
                continue
            at_us = base + departures.hour * HOUR_US
            chosen = runs[departures.service] & (at_us >= start) & (at_us < end)
            stops.append(departures.stop[chosen])
            hours.append(at_us[chosen])
            counts.append(departures.count[chosen])
        if stops:
            yield _summed(np.concatenate(stops), np.concatenate(hours), np.concatenate(counts))


def _summed(stop: Ints, at_us: Ints, count: Ints) -> HourlyCounts:
    if len(stop) == 0:
        return HourlyCounts(stop, at_us, count)
    first = int(at_us.min())
    second = (at_us - first) // SECOND_US
    span = int(second.max()) + 1
    unique, inverse = np.unique(stop * span + second, return_inverse=True)
    sums = np.bincount(inverse, weights=count).astype(np.int64)
    stops, seconds = np.divmod(unique, span)
    return HourlyCounts(stops, first + seconds * SECOND_US, sums)

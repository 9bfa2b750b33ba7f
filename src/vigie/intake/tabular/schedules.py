"""What runs when: trips, calendars, exceptions and headways of a timetable feed, by index.

The tables are those of GTFS Schedule, whole and as texts. References that match nothing are counted
and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.tabular.archived import Table
from vigie.intake.tabular.cells import as_number
from vigie.intake.tabular.timetable import (
    HOUR_S,
    MAX_HOURS,
    Departures,
    clock_seconds,
    count_departures,
    repeat_trips,
)

Ints = npt.NDArray[np.int64]
Remark = Callable[..., None]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ADDED, _REMOVED = "1", "2"


class Schedule:
    """The timetable behind a feed's stops.

    Args:
        tables: By name: stops, routes, trips, stop_times, calendar, calendar_dates, frequencies.
        remark: Called with a code, a count and parameters for what is left out.

    Attributes:
        stop: Index in ``stops.txt`` of each stop time; -1 when unknown.
        trip: Index in ``trips.txt`` of each stop time; -1 when unknown.
        services: The services that trips name.
    """

    def __init__(self, tables: Mapping[str, Table], remark: Remark) -> None:
        self._tables = tables
        self._remark = remark
        times, trips = tables["stop_times.txt"], tables["trips.txt"]
        self.stop = index_of(times.text("stop_id"), tables["stops.txt"].text("stop_id"))
        self.trip = index_of(times.text("trip_id"), trips.text("trip_id"))
        self.services = pc.unique(trips.text("service_id").drop_null())

    def stop_routes(self) -> tuple[Ints, Ints]:
        """Return the distinct pairs of stop and route, as indices."""
        trips, routes = self._tables["trips.txt"], self._tables["routes.txt"]
        route = np.append(index_of(trips.text("route_id"), routes.text("route_id")), -1)
        for found, name in ((self.stop, "stops.txt"), (self.trip, "trips.txt")):
            self._remark("broken_reference", int((found < 0).sum()), name=name)
        self._remark("broken_reference", int((route[:-1] < 0).sum()), name="routes.txt")
        of_time = route[self.trip]
        known = (self.stop >= 0) & (self.trip >= 0) & (of_time >= 0)
        pairs = np.unique(np.stack([self.stop[known], of_time[known]]), axis=1)
        return pairs[0], pairs[1]

    def departures(self) -> Departures:
        """Return how many vehicles leave each stop, by service and hour."""
        times, trips = self._tables["stop_times.txt"], self._tables["trips.txt"]
        said = pc.coalesce(times.text("departure_time"), times.text("arrival_time"))
        seconds = clock_seconds(said)
        unreadable = (seconds < 0) & pc.is_valid(said).to_numpy(zero_copy_only=False)
        unreadable |= seconds >= MAX_HOURS * HOUR_S
        self._remark("out_of_range", int(unreadable.sum()), value="…", column="departure_time")
        service = np.append(index_of(trips.text("service_id"), self.services), -1)
        usable = (self.stop >= 0) & (self.trip >= 0) & (seconds >= 0) & ~unreadable
        usable &= (service[self.trip] >= 0) & _leaves(self.trip, times.text("stop_sequence"))
        periods = self._headways()
        by_headway = np.isin(self.trip, np.array(sorted(periods), np.int64))
        plain, rows = np.flatnonzero(usable & ~by_headway), np.flatnonzero(usable & by_headway)
        offset = seconds - _first_of_trip(self.trip, seconds, len(service))
        repeated, at_s = repeat_trips(self.trip[rows], offset[rows], periods)
        chosen = np.concatenate([plain, rows[repeated]])
        all_s = np.concatenate([seconds[plain], at_s])
        inside = all_s < MAX_HOURS * HOUR_S
        chosen, all_s = chosen[inside], all_s[inside]
        return count_departures(self.stop[chosen], service[self.trip[chosen]], all_s)

    def _headways(self) -> dict[int, list[tuple[int, int, int]]]:
        """Return by trip the periods in which it runs by headway: start, end, every, in seconds."""
        table, trips = self._tables["frequencies.txt"], self._tables["trips.txt"]
        trip = index_of(table.text("trip_id"), trips.text("trip_id"))
        starts, ends = (clock_seconds(table.text(name)) for name in ("start_time", "end_time"))
        values = as_number(table.text("headway_secs")).values
        every = pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False)
        fine = (trip >= 0) & (starts >= 0) & (ends >= 0) & (every >= 1)
        fine &= ends <= MAX_HOURS * HOUR_S
        self._remark("broken_reference", int((~fine).sum()), name="frequencies.txt")
        periods: dict[int, list[tuple[int, int, int]]] = {}
        for row in np.flatnonzero(fine).tolist():
            period = (int(starts[row]), int(ends[row]), int(every[row]))
            periods.setdefault(int(trip[row]), []).append(period)
        return periods

    def active(self, days: Sequence[date]) -> dict[date, npt.NDArray[np.bool_]]:
        """Return for each day which services run, exceptions included."""
        active = {day: np.zeros(max(1, len(self.services)), np.bool_) for day in days}
        calendar = self._tables["calendar.txt"]
        service = index_of(calendar.text("service_id"), self.services).tolist()
        since, until = (_dates(calendar.text(name)) for name in ("start_date", "end_date"))
        week = [pc.equal(calendar.text(name), "1").to_pylist() for name in WEEKDAYS]
        broken = 0
        for row, index in enumerate(service):
            begin, end = since[row], until[row]
            if begin is None or end is None:
                broken += 1
                continue
            for day in days:
                if index >= 0 and begin <= day <= end and week[day.weekday()][row]:
                    active[day][index] = True
        self._remark("bad_time", broken, value="…", column="calendar.txt")
        exceptions = self._tables["calendar_dates.txt"]
        service = index_of(exceptions.text("service_id"), self.services).tolist()
        kinds = exceptions.text("exception_type").to_pylist()
        for row, on in enumerate(_dates(exceptions.text("date"))):
            if on in active and service[row] >= 0 and kinds[row] in {_ADDED, _REMOVED}:
                active[on][service[row]] = kinds[row] == _ADDED
        return active


def index_of(references: pa.StringArray, identities: pa.StringArray) -> Ints:
    """Return where each reference stands among identities; -1 for none."""
    found = pc.fill_null(pc.index_in(references, value_set=identities, skip_nulls=True), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _leaves(trip: Ints, sequence: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Say of each stop time whether its vehicle leaves the stop: all but the last of a trip."""
    values = pc.fill_null(as_number(sequence).values, -1.0).to_numpy(zero_copy_only=False)
    last = np.full(int(trip.max(initial=-1)) + 2, -np.inf)
    np.maximum.at(last, trip, values)
    leaves: npt.NDArray[np.bool_] = (values < last[trip]) | (values < 0)
    return leaves


def _first_of_trip(trip: Ints, seconds: Ints, trips: int) -> Ints:
    """Return for each stop time the first second of its trip."""
    first = np.full(trips, np.iinfo(np.int64).max)
    timed = seconds >= 0
    np.minimum.at(first, trip[timed], seconds[timed])
    first[first == np.iinfo(np.int64).max] = 0
    return np.asarray(first[trip], np.int64)


def _dates(texts: pa.StringArray) -> list[date | None]:
    """Return dates written ``YYYYMMDD``; None where a text is none."""
    return [_date(text) for text in texts.to_pylist()]


def _date(text: str | None) -> date | None:
    if text is None or len(text) != len("YYYYMMDD") or not text.isdigit():
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 -- a date has no zone
    except ValueError:
        return None

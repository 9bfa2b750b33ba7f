"""Public transport timetables (GTFS Schedule): stops as places, departures by stop and hour.

A feed is a ZIP of tables. Stops and stations become places; calendars, exceptions, trips and
headways become ``transport.scheduled_departures`` for the days around today. What a partial feed
lacks is remarked upon and the rest gets in. A later edition of a feed wins by the date of its
newest file; an hour that it no longer serves keeps the number of the edition before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.ids import record_ids
from vigie.intake.connector import (
    CHUNK_ROWS,
    Connector,
    Context,
    Parsed,
    Payload,
    listed,
)
from vigie.intake.tabular.archived import Table, TableArchive
from vigie.intake.tabular.block import FileRefused, no_rows
from vigie.intake.tabular.cells import as_number
from vigie.intake.tabular.maps import map_column
from vigie.intake.tabular.problems import Problems, naming, showing
from vigie.intake.tabular.records import empty_parsed, take_rows
from vigie.intake.tabular.schedules import WEEKDAYS, Schedule
from vigie.intake.tabular.timetable import HourlyCounts, by_day
from vigie.model.contracts import MEASURES, PLACES, TIMESTAMP
from vigie.model.notices import Notice
from vigie.model.times import HOUR_US

PAST_DAYS, FUTURE_DAYS, MOST_DAYS = 7, 30, 400
METRIC = "transport.scheduled_departures"

_METRO, _RAIL = {"1", *map(str, range(400, 405))}, {"2", *map(str, range(100, 118))}
_WHEELCHAIR = {"1": "yes", "2": "no"}
_EXPECTED = {
    "agency.txt": ("agency_name", "agency_timezone"),
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("trip_id", "route_id", "service_id"),
    "stop_times.txt": ("trip_id", "stop_id", "departure_time"),
}
_OPTIONAL = {
    "calendar.txt": ("service_id", "start_date", "end_date", *WEEKDAYS),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
}


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one feed into places, then measures.

    Options of the feed: ``past_days`` and ``future_days`` around the day of receipt (7 and 30).
    """
    try:
        feed = _Feed(TableArchive(payload, context), context)
    except FileRefused as refusal:
        yield empty_parsed("places", no_rows(rejects=[refusal.reject]))
        return
    yield from feed.places()
    yield from feed.measures()


class _Feed:
    """The tables of one feed and what can be said from them."""

    def __init__(self, archive: TableArchive, context: Context) -> None:
        self._archive = archive
        self._source = context.source
        self._tables: dict[str, Table] = {}
        self._notices: list[Notice] = []
        for name, columns in (_EXPECTED | _OPTIONAL).items():
            table = archive.table(name, columns)
            if table is None:
                if name in _EXPECTED:
                    self._remark("missing_file", 1, name=name)
                table = Table()
            elif table.size:
                self._check(name, table, columns)
            self._tables[name] = table
        if not {"calendar.txt", "calendar_dates.txt"} & set(archive.names):
            self._remark("missing_file", 1, name="calendar.txt")
        if "stops.txt" not in archive.names:
            raise FileRefused("missing_file", name="stops.txt")
        self._tz = self._timezone(context.timezone)
        self._days = _horizon(context, self._tz)
        self._schedule = Schedule(self._tables, self._remark)
        self._pairs = self._schedule.stop_routes()

    def _remark(self, code: str, count: int, **params: object) -> None:
        if count:
            self._notices.append(Notice(code, count=int(count), params=dict(params)))

    def _check(self, name: str, table: Table, columns: tuple[str, ...]) -> None:
        for column in columns:
            if column not in table.columns:
                self._remark("missing_column", 1, column=f"{name}:{column}")

    def _timezone(self, city: str) -> str:
        named = self._tables["agency.txt"].text("agency_timezone").drop_null()
        name = str(named[0]) if len(named) else city
        if name in available_timezones():
            return name
        self._remark("unknown_code", 1, value=name[:80], column="agency_timezone")
        return city

    # --- Places ---------------------------------------------------------------------------------

    def places(self) -> Iterator[Parsed]:
        """Yield stops and stations; the remarks about the whole feed come with them."""
        stops = self._tables["stops.txt"]
        problems = Problems(stops.size, "stops.txt", stops.rows, stops.raw)
        problems.notices += [*self._archive.notices, *self._notices]
        problems.rejects += self._archive.rejects
        malformed = sum(reject.row is not None for reject in self._archive.rejects)
        if stops.size == 0:
            block = no_rows(notices=problems.notices, rejects=problems.rejects)
            block.read = malformed
            yield empty_parsed("places", block)
            return
        made = self._stops(stops, problems)
        parsed = Parsed(
            kind="places",
            table=PLACES.conform(pa.table(made), only=PLACES.names("given")),
            rows=pa.array(problems.rows, pa.int64()),
            read=stops.size + malformed,
        )
        yield from _in_chunks(take_rows(parsed, problems))

    def _stops(self, stops: Table, problems: Problems) -> dict[str, pa.Array]:
        level = pc.fill_null(stops.text("location_type"), "0")
        used = pc.is_in(level, value_set=pa.array(["0", "1"])).to_numpy(zero_copy_only=False)
        problems.remark_mask(~used, "not_used", what="location_type 2, 3, 4")
        for name in ("stop_id", "stop_name"):
            missing = pc.is_null(stops.text(name)).to_numpy(zero_copy_only=False) & used
            problems.refuse(missing, "missing_required", naming(name))
        places: dict[str, pa.Array] = {}
        for name, target in (("stop_lon", "lon"), ("stop_lat", "lat")):
            said = stops.text(name)
            numbers = as_number(said)
            problems.refuse(
                numbers.bad & used,
                "bad_number",
                showing(said, name),
            )
            missing = pc.is_null(numbers.values).to_numpy(zero_copy_only=False) & used
            problems.refuse(missing, "missing_required", naming(name))
            places[target] = numbers.values
        problems.good &= used
        identity = stops.text("stop_id")
        parent = stops.text("parent_station")
        modes = self._modes(pc.index_in(parent, value_set=identity, skip_nulls=True))
        routes = self._tables["routes.txt"]
        names = pc.coalesce(routes.text("route_short_name"), routes.text("route_id"))
        lines = [",".join(sorted(found)) or None for found in self._at_stops(names.to_pylist())]
        agencies = self._tables["agency.txt"].text("agency_name").drop_null().unique()
        owner = agencies[0] if len(agencies) == 1 else pa.scalar(None, pa.string())
        kinds = [
            _kind(is_station=station, modes=mode)
            for station, mode in zip(pc.equal(level, "1").to_pylist(), modes, strict=True)
        ]
        boarding = stops.text("wheelchair_boarding").to_pylist()
        wheelchair = [_WHEELCHAIR.get(value or "") for value in boarding]
        return places | {
            "source_ref": identity,
            "kind": pa.array(kinds, pa.string()),
            "label": stops.text("stop_name"),
            "owner": pa.repeat(owner, stops.size),
            "attributes": map_column(
                ["parent", "code", "wheelchair", "routes"],
                [
                    self._place_ids(parent),
                    stops.text("stop_code"),
                    pa.array(wheelchair, pa.string()),
                    pa.array(lines, pa.string()),
                ],
                stops.size,
            ),
            "revision": pa.repeat(pa.scalar(self._archive.newest_us, pa.int64()), stops.size),
        }

    def _place_ids(self, references: pa.StringArray) -> pa.StringArray:
        """Return the ids under which this feed's stops are stored."""
        encoded = references.dictionary_encode()
        ids = record_ids(self._source, encoded.dictionary.to_pylist())
        return pa.array(ids, pa.string()).take(encoded.indices)

    def _at_stops(self, values: list[str | None]) -> list[set[str]]:
        """Return for each stop the values of the routes that serve it."""
        found: list[set[str]] = [set() for _ in range(self._tables["stops.txt"].size)]
        for stop, route in zip(*(pair.tolist() for pair in self._pairs), strict=True):
            value = values[route]
            if value is not None:
                found[stop].add(value)
        return found

    def _modes(self, parents: pa.Int32Array) -> list[set[str]]:
        """Return the route types at each stop, those of its platforms included."""
        own = self._at_stops(self._tables["routes.txt"].text("route_type").to_pylist())
        modes = [set(mode) for mode in own]
        for child, parent in enumerate(parents.to_pylist()):
            if parent is not None:
                modes[parent] |= own[child]
        return modes

    # --- Measures -------------------------------------------------------------------------------

    def measures(self) -> Iterator[Parsed]:
        """Yield departures by stop and hour for the days around the day of receipt."""
        self._notices = []
        departures = self._schedule.departures()
        around = [self._days[0] + timedelta(days=n) for n in range(-7, len(self._days) + 7)]
        active = self._schedule.active(around)
        found = by_day(departures, active, self._days[0], len(self._days), self._tz)
        read, size = self._tables["stop_times.txt"].size, 0
        pending: list[HourlyCounts] = []
        for hours in found:
            if len(hours.stop) + size > CHUNK_ROWS and pending:
                yield from self._chunk(pending, read)
                read, pending, size = 0, [], 0
            pending.append(hours)
            size += len(hours.stop)
        yield from self._chunk(pending, read)

    def _chunk(self, pending: list[HourlyCounts], read: int) -> Iterator[Parsed]:
        stops = self._tables["stops.txt"]
        if not pending:
            if self._notices or read:
                block = no_rows(notices=self._notices)
                block.read = read
                yield empty_parsed("measures", block)
            return
        stop = np.concatenate([hours.stop for hours in pending])
        from_us = np.concatenate([hours.from_us for hours in pending])
        taken = pa.array(stop)
        hour = pa.array(from_us).cast(TIMESTAMP)
        text = pc.strftime(hour.cast(pa.timestamp("s", tz="UTC")), format="%Y-%m-%dT%H")
        identity = stops.text("stop_id").take(taken)
        table = pa.table(
            {
                "source_ref": pc.binary_join_element_wise(identity, text, "@"),
                "metric": pa.repeat(METRIC, len(stop)),
                "place_id": self._place_ids(identity),
                "from_at": hour,
                "to_at": pa.array(from_us + HOUR_US).cast(TIMESTAMP),
                "lon": as_number(stops.text("stop_lon")).values.take(taken),
                "lat": as_number(stops.text("stop_lat")).values.take(taken),
                "value": pa.array(np.concatenate([h.count for h in pending]), pa.float64()),
                "unit": pa.repeat("count", len(stop)),
                "quality": pa.repeat("good", len(stop)),
                "revision": pa.repeat(pa.scalar(self._archive.newest_us, pa.int64()), len(stop)),
            }
        )
        parsed = Parsed(
            kind="measures",
            table=MEASURES.conform(table, only=MEASURES.names("given")),
            rows=pa.array(stops.rows[stop], pa.int64()),
            notices=self._notices,
            read=read,
        )
        self._notices = []
        yield from _in_chunks(parsed)


def _kind(*, is_station: bool, modes: set[str]) -> str:
    """Return the kind of a place by what stops there."""
    if modes & _METRO:
        return "place.station.metro"
    if modes & _RAIL:
        return "place.station.rail"
    return "place.station" if is_station else "place.stop"


def _horizon(context: Context, tz: str) -> list[date]:
    """Return the local days that departures are counted for."""
    today = context.now.astimezone(ZoneInfo(tz)).date()
    past = _days_option(context, "past_days", PAST_DAYS)
    future = _days_option(context, "future_days", FUTURE_DAYS)
    return [today + timedelta(days=shift) for shift in range(-past, future + 1)]


def _days_option(context: Context, name: str, default: int) -> int:
    value = context.options.get(name, default)
    return min(max(value, 0), MOST_DAYS) if isinstance(value, int) else default


def _in_chunks(parsed: Parsed) -> Iterator[Parsed]:
    """Yield a chunk in pieces of the allowed size; remarks and counts go with the first."""
    if parsed.table.num_rows <= CHUNK_ROWS:
        yield parsed
        return
    for start in range(0, parsed.table.num_rows, CHUNK_ROWS):
        first, raw = start == 0, parsed.raw
        yield Parsed(
            kind=parsed.kind,
            table=parsed.table.slice(start, CHUNK_ROWS),
            rows=parsed.rows.slice(start, CHUNK_ROWS),
            notices=parsed.notices if first else [],
            rejects=parsed.rejects if first else [],
            read=parsed.read if first else 0,
            raw=None if raw is None else _shifted(raw, start),
        )


def _shifted(raw: Callable[[int], bytes], by: int) -> Callable[[int], bytes]:
    return lambda index: raw(by + index)


# fmt: off
FIELDS = (
    listed("stops.stop_id", "Identifiant de l'arrêt", "Stop identifier", required=True),
    listed("stops.stop_name", "Nom", "Name", required=True),
    listed("stops.stop_lat", "Latitude", "Latitude", "place", required=True),
    listed("stops.stop_lon", "Longitude", "Longitude", "place", required=True),
    listed("stops.location_type", "0 arrêt, 1 station", "0 stop, 1 station"),
    listed("stops.parent_station", "Station de rattachement", "Station the stop is part of"),
    listed("stops.stop_code", "Code affiché", "Code shown"),
    listed("stops.wheelchair_boarding", "Accès en fauteuil roulant", "Wheelchair access"),
    listed("agency.agency_name", "Exploitant", "Operator"),
    listed("agency.agency_timezone", "Fuseau des horaires", "Zone of the times"),
    listed("routes.route_id", "Identifiant de la ligne", "Route identifier"),
    listed("routes.route_short_name", "Nom court de la ligne", "Short name of the route"),
    listed("routes.route_type", "Mode : 1 métro, 0 tramway, 3 bus", "Mode: 1 metro, 0 tram, 3 bus"),
    listed("trips.trip_id", "Identifiant de la course", "Trip identifier"),
    listed("trips.service_id", "Calendrier de la course", "Calendar of the trip"),
    listed("stop_times.departure_time",
           "Départ, compté depuis midi moins 12 h ; peut dépasser 24 h",
           "Departure, from noon minus 12 h; may exceed 24 h"),
    listed("stop_times.stop_sequence", "Ordre dans la course", "Order within the trip"),
    listed("calendar", "Jours de circulation", "Days of operation"),
    listed("calendar_dates", "Jours ajoutés ou supprimés", "Days added or removed"),
    listed("frequencies", "Passages par intervalle", "Departures by headway"),
)
# fmt: on

CONNECTOR = Connector(
    name="gtfs",
    title={"fr": "Horaires de transport public (GTFS)", "en": "Public transport timetables (GTFS)"},
    emits=("places", "measures"),
    suffixes=(".zip",),
    media=("application/zip",),
    fields=FIELDS,
    parse=parse,
    period_s=7 * 86_400,
    revises=True,
    reference="GTFS Schedule Reference, gtfs.org",
)

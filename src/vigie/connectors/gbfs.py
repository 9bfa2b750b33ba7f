"""GBFS 2 and 3: where shared bikes are parked, how many are there, how many docks are free.

One JSON file of a feed a payload. ``station_information`` gives places, ``station_status`` the
bikes and docks available. Single free vehicles (``free_bike_status``, ``vehicle_status``) are
never read: following one bike from place to place is following who rides it. The other files of a
feed are remarked upon by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Parsed, Payload, listed
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.languages import in_language
from vigie.intake.messages.lenient import code, optional
from vigie.intake.messages.reading import RowRefused, first, instant, many, need_text, number, text
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.transport import Transport
from vigie.intake.messages.tree import Tree, read_json, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import SECOND_US

_MAJORS = ("1", "2", "3")
_LATEST_S = 253_402_300_799  # the last second of the year 9999
_MOST = 1_000_000
_STATIONS = "stations"
_AT = f"data.{_STATIONS}"
_VEHICLES = {"bikes": "free_bike_status", "vehicles": "vehicle_status"}
_FILES = {
    "feeds": "gbfs", "versions": "gbfs_versions", "vehicle_types": "vehicle_types",
    "system_id": "system_information", "plans": "system_pricing_plans", "alerts": "system_alerts",
    "regions": "system_regions", "rental_hours": "system_hours", "calendars": "system_calendar",
    "geofencing_zones": "geofencing_zones", "datasets": "manifest",
}  # fmt: skip
_OF_STATUS = ("num_bikes_available", "num_vehicles_available", "num_docks_available",
              "is_installed", "is_renting", "is_returning", "last_reported")  # fmt: skip


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one file of a feed into places or measures.

    Options of the feed: ``static_source``, the feed whose ``station_information`` was taken, where
    it is not this one.
    """
    try:
        tree = _read(payload)
    except FileRefused as refusal:
        yield refused_file("places", refusal)
        return
    rows = Rows("places", "measures")
    what = _unused(tree["data"])
    if what is None:
        _Stations(tree, rows, context).read()
    else:
        rows.remark("not_used", what=what)
        for name in _VEHICLES:
            if tree["data"].get(name):
                rows.remark("dropped_personal", column=f"data.{name}")
    yield from rows.parsed()


def _read(payload: Payload) -> dict[str, Tree]:
    tree = read_json(read_payload(payload))
    if not isinstance(tree, dict) or not isinstance(tree.get("data"), dict):
        raise FileRefused("unreadable", reason=Phrase("reason_gbfs"))
    version = text(tree, "version", 20) or "1.0"
    if version.partition(".")[0] not in _MAJORS:
        raise FileRefused("unknown_version", value=code(version) or "…")
    return tree


def _unused(data: dict[str, Tree]) -> str | None:
    """Return the name of a file that is not used, or None when it is about stations."""
    if _STATIONS in data:
        return None
    if any(many(one, "feeds") for one in data.values()):  # versions 1 and 2: by language
        return "gbfs"
    known = _FILES | _VEHICLES
    return next((known[name] for name in data if name in known), "data")


class _Stations:
    """The stations of one file: what they are, or how they stand."""

    def __init__(self, tree: dict[str, Tree], rows: Rows, context: Context) -> None:
        self._rows, self._context = rows, context
        self._now_us = to_us(context.now)
        self._transport = Transport(rows, context)
        stripped = _ALLOWED.strip(tree)
        rows.remarks(stripped.notices())
        self._tree = stripped.tree

    def read(self) -> None:
        """Read every station once; of one that is listed twice, the latest state."""
        self._check_clock()
        stations = many(self._tree, f"data.{_STATIONS}")
        kept = self._without_duplicates(stations)
        for index, station in enumerate(stations):
            with self._rows.row(self._raw(station)):
                if index not in kept:
                    self._rows.remark("duplicate_row")
                elif _is_status(station):
                    self._status(station)
                else:
                    self._information(station)

    def _raw(self, station: Tree) -> Callable[[], bytes]:
        """Return what makes a file of one station."""
        around = {key: self._tree[key] for key in ("last_updated", "version") if key in self._tree}

        def make() -> bytes:
            return json.dumps(around | {"data": {_STATIONS: [station]}}).encode("ascii")

        return make

    def _check_clock(self) -> None:
        updated_us = optional(self._rows, lambda: self._time(self._tree, "last_updated"))
        if updated_us is not None:
            self._transport.check_clock(int(updated_us))

    def _without_duplicates(self, stations: list[Tree]) -> set[int]:
        """Return which stations to read: of those of one id the last reported, then the first."""
        best: dict[str, tuple[int, int]] = {}
        kept = set(range(len(stations)))
        for index, station in enumerate(stations):
            name = text(station, "station_id")
            if name is None:
                continue
            try:
                reported_us = self._time(station, "last_reported") or 0
            except RowRefused:
                continue
            if name not in best or reported_us > best[name][0]:
                if name in best:
                    kept.discard(best[name][1])
                best[name] = (reported_us, index)
            else:
                kept.discard(index)
        return kept

    def _time(self, tree: Tree, path: str) -> int | None:
        """Return epoch µs: POSIX seconds in versions 1 and 2, RFC 3339 in version 3.

        Raises:
            RowRefused: ``bad_time`` or ``naive_time``.
        """
        said = first(tree, path)
        if isinstance(said, str) and not said.strip().isdecimal():
            return instant(tree, path, self._context.timezone, zoned=True)
        seconds = number(tree, path)
        if seconds is None:
            return None
        if not 0 <= seconds <= _LATEST_S:
            raise RowRefused("bad_time", value=f"{seconds:g}", column=path)
        return int(seconds * SECOND_US)

    def _information(self, station: Tree) -> None:
        """Add a station as a place."""
        reference = need_text(station, "station_id", 200)
        name = in_language(_names(station), self._context.language)
        if name is None:
            raise RowRefused("missing_required", column="name")
        lon, lat = number(station, "lon"), number(station, "lat")
        if lon is None or lat is None:
            raise RowRefused("missing_required", column="lat" if lat is None else "lon")
        updated_us = self._time(self._tree, "last_updated")
        self._rows.add(
            "places",
            {
                "source_ref": reference,
                "revision": (updated_us or 0) // SECOND_US,
                "kind": "place.station.bike",
                "label": name[:200],
                "lon": lon,
                "lat": lat,
                "capacity": _count(station, "capacity"),
                "attributes": {
                    "region": text(station, "region_id", 100),
                    "virtual": _flag(station, "is_virtual_station"),
                },
            },
        )

    def _status(self, station: Tree) -> None:
        """Add how many bikes and docks a station has."""
        reference = need_text(station, "station_id", 200)
        at_us = self._time(station, "last_reported") or self._time(self._tree, "last_updated")
        if at_us is None:
            self._rows.remark("no_timestamp")
            at_us = self._now_us
        bikes = _count(station, "num_bikes_available")
        if bikes is None:
            bikes = _count(station, "num_vehicles_available")
        if bikes is None:
            raise RowRefused("missing_required", column="num_bikes_available")
        docks = _count(station, "num_docks_available")
        if _flag(station, "is_installed") == "false":
            self._rows.remark("not_used", what="is_installed false")
            return
        static = str(self._context.options.get("static_source", self._context.source))
        where = {"place_id": record_id(static, reference)}
        for metric, value, unit, serves in (
            ("transport.bikes_available", bikes, "veh", "is_renting"),
            ("transport.docks_available", docks, "count", "is_returning"),
        ):
            if value is not None:
                quality = "suspect" if _flag(station, serves) == "false" else "good"
                self._transport.measure(
                    metric, reference, at_us, where, value=value, unit=unit, quality=quality
                )


def _is_status(station: Tree) -> bool:
    return isinstance(station, dict) and any(name in station for name in _OF_STATUS)


def _names(station: Tree) -> list[tuple[str | None, str | None]]:
    """Return the names of a station by language: a text in version 2, a list in version 3."""
    return [
        (text(one, "language", 20), text(one, "text"))
        if isinstance(one, dict)
        else (None, text(one))
        for one in many(station, "name")
    ]


def _count(station: Tree, name: str) -> float | None:
    """Return a number of things, or None where there is none.

    Raises:
        RowRefused: ``bad_number`` or ``out_of_range`` when it counts nothing.
    """
    value = number(station, name)
    if value is None:
        return None
    if not value.is_integer():
        raise RowRefused("bad_number", value=f"{value:g}", column=name)
    if not 0 <= value <= _MOST:
        raise RowRefused("out_of_range", value=f"{value:g}", column=name)
    return value


def _flag(station: Tree, name: str) -> str | None:
    """Return ``true`` or ``false``: versions before 2 write 1 and 0."""
    said = text(station, name, 10)
    return {"1": "true", "0": "false"}.get(said or "", said)


# fmt: off
FIELDS = (
    listed("version", "Version du format", "Version of the format"),
    listed("last_updated", "Horodatage du fichier", "Time of the file"),
    listed("ttl", "Durée de validité, en secondes", "Seconds until it is stale"),
    listed(f"{_AT}.station_id", "Identifiant de la station", "Station identifier", required=True),
    listed(f"{_AT}.name", "Nom, par langue en version 3", "Name, by language in version 3"),
    listed(f"{_AT}.lat", "Latitude", "Latitude", "place"),
    listed(f"{_AT}.lon", "Longitude", "Longitude", "place"),
    listed(f"{_AT}.capacity", "Places", "Capacity"),
    listed(f"{_AT}.region_id", "Secteur", "Region"),
    listed(f"{_AT}.is_virtual_station", "Station sans borne", "Station without docks"),
    listed(f"{_AT}.contact_phone", "Téléphone : refusé", "Phone: refused", "personal"),
    listed(f"{_AT}.num_bikes_available", "Vélos disponibles (1, 2)", "Bikes available (1, 2)"),
    listed(f"{_AT}.num_vehicles_available", "Vélos disponibles (3)", "Bikes available (3)"),
    listed(f"{_AT}.num_docks_available", "Bornes libres", "Docks available"),
    listed(f"{_AT}.is_installed", "En service", "Whether installed"),
    listed(f"{_AT}.is_renting", "Prête des vélos", "Whether it rents"),
    listed(f"{_AT}.is_returning", "Reprend des vélos", "Whether it takes bikes back"),
    listed(f"{_AT}.last_reported", "Instant de l'état", "Instant of the state"),
    listed("data.bikes", "Vélos un par un : refusés", "Single bikes: refused", "personal"),
    listed("data.vehicles", "Vélos un par un : refusés", "Single bikes: refused", "personal"),
)
# fmt: on
_ALLOWED = AllowList(FIELDS)

CONNECTOR = Connector(
    name="gbfs",
    title={"fr": "Vélos en libre-service (GBFS)", "en": "Shared bikes (GBFS)"},
    emits=("places", "measures"),
    suffixes=(".json",),
    media=("application/json",),
    fields=FIELDS,
    parse=parse,
    period_s=300,
    revises=True,
    reference="General Bikeshare Feed Specification 2.3 and 3.0, gbfs.org",
)

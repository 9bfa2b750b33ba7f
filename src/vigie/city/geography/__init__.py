"""Marseille in outline: coast, zonings, streets, places, lines; typed from common knowledge.

Nothing here comes from a data set: coordinates were typed by hand and measured against public data
(``tests/city/test_geography_shared.py`` prints the errors). They place a city that can be
recognised; they are no cadastre. All coordinates are ``lon, lat``, WGS 84.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from shapely.affinity import affine_transform
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

ORIGIN_LON, ORIGIN_LAT = 5.3800, 43.2950
M_PER_DEG_LAT = 111_132.0
M_PER_DEG_LON = 111_320.0 * float(np.cos(np.radians(ORIGIN_LAT)))
FRAME = (5.10, 43.10, 5.62, 43.46)

_LANDMARK_KINDS = {
    "square": "place.square",
    "monument": "place.landmark",
    "venue": "place.venue",
    "station": "place.station.rail",
    "beach": "place.beach",
    "museum": "place.venue.museum",
    "administration": "place.government",
    "library": "place.government",
    "park": "place.park",
    "shopping": "place.shopping",
    "cemetery": "place.landmark",
    "calanque": "place.beach",
    "market": "place.market",
    "harbour": "place.port",
    "university": "place.school.university",
}
_VENUE_KINDS = {
    "stadium": "place.venue.stadium",
    "concert_hall": "place.venue.hall",
    "sports_hall": "place.venue.hall",
    "exhibition": "place.venue.hall",
    "theatre": "place.venue.theatre",
    "open_air": "place.venue",
}


@dataclass(frozen=True, slots=True)
class Zoning:
    """A partition of the commune.

    Attributes:
        name: ``arrondissement``, ``secteur_police`` or ``maille``.
        title: French and English.
        ids: One id per zone.
        labels: One label per zone.
        polygons: One geometry per zone; together they tile the commune.
    """

    name: str
    title: Mapping[str, str]
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    polygons: tuple[BaseGeometry, ...]

    def locate(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Return the index of the zone of each point, -1 outside the commune."""
        tree = shapely.STRtree(list(self.polygons))
        found = np.full(len(lon), -1, dtype=np.int64)
        points, zones = tree.query(shapely.points(lon, lat), predicate="intersects")
        found[points[::-1]] = zones[::-1]
        return found

    def geojson(self) -> dict[str, Any]:
        """Return the zones as a GeoJSON FeatureCollection."""
        return _collection(
            [
                (polygon, {"id": zone_id, "label": label})
                for zone_id, label, polygon in zip(
                    self.ids, self.labels, self.polygons, strict=True
                )
            ]
        )


@dataclass(frozen=True, slots=True)
class Street:
    """A street in outline: its name, its rank (axis, main, street) and its course."""

    name: str
    rank: str
    arrondissements: tuple[int, ...]
    line: LineString


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place that people know by name.

    Attributes:
        place_id: Stable id (``venue.velodrome``).
        name: Name in French.
        kind: Taxonomy code under ``place``.
        lon: Longitude.
        lat: Latitude.
        arrondissement: 1 to 16.
        capacity: Persons for a venue, beds for a hospital, 0 where it makes no sense.
    """

    place_id: str
    name: str
    kind: str
    lon: float
    lat: float
    arrondissement: int
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A public transport line in outline.

    Attributes:
        line_id: Short name (``M1``).
        name: Long name.
        mode: ``metro``, ``tram`` or ``bus``.
        colour: Six hexadecimal digits.
        headway_min: Minutes between two departures by day.
        speed_kmh: Commercial speed.
        stops: Stop ids in order.
    """

    line_id: str
    name: str
    mode: str
    colour: str
    headway_min: int
    speed_kmh: float
    stops: tuple[str, ...]


@cache
def _data(name: str) -> dict[str, Any]:
    text = resources.files("vigie.city.geography").joinpath(f"{name}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def to_metres(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return local metres east and north of the centre (flat earth; error under 0.1 % here)."""
    return (lon - ORIGIN_LON) * M_PER_DEG_LON, (lat - ORIGIN_LAT) * M_PER_DEG_LAT


def to_degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of local metres; the inverse of ``to_metres``."""
    return x / M_PER_DEG_LON + ORIGIN_LON, y / M_PER_DEG_LAT + ORIGIN_LAT


def metric(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in local metres."""
    moved: BaseGeometry = affine_transform(
        geometry,
        [
            *(M_PER_DEG_LON, 0.0, 0.0, M_PER_DEG_LAT),
            *(-ORIGIN_LON * M_PER_DEG_LON, -ORIGIN_LAT * M_PER_DEG_LAT),
        ],
    )
    return moved


def area_km2(geometry: BaseGeometry) -> float:
    """Return the area of a geometry in square kilometres."""
    return float(metric(geometry).area / 1e6)


@cache
def _arrondissements() -> Zoning:
    outline = _data("outline")
    faces = list(polygonize(unary_union([LineString(arc) for arc in outline["arcs"].values()])))
    ids, labels, polygons = [], [], []
    for entry in outline["arrondissements"]:
        main = next(face for face in faces if face.contains(Point(entry["inside"])))
        islands = [
            Polygon(island["ring"])
            for island in outline["islands"]
            if island["arrondissement"] == entry["id"]
        ]
        ids.append(entry["id"])
        labels.append(f"{entry['label']} arrondissement")
        polygons.append(MultiPolygon([main, *islands]) if islands else main)
    title = {"fr": "Arrondissements", "en": "Arrondissements"}
    return Zoning(
        "arrondissement", MappingProxyType(title), tuple(ids), tuple(labels), tuple(polygons)
    )


@cache
def commune() -> BaseGeometry:
    """Return the land of the commune, islands included."""
    return unary_union(list(_arrondissements().polygons))


def _voronoi(seeds: np.ndarray, within: BaseGeometry) -> list[BaseGeometry]:
    """Return the part of ``within`` nearest to each seed (lon, lat), in the order of the seeds."""
    x, y = to_metres(seeds[:, 0], seeds[:, 1])
    cells = shapely.voronoi_polygons(
        MultiPoint(np.column_stack([x, y])),
        extend_to=metric(box(*FRAME)),
        ordered=True,
    )
    out = []
    for cell in shapely.get_parts(cells):
        corners = shapely.transform(cell, lambda c: np.column_stack(to_degrees(c[:, 0], c[:, 1])))
        out.append(shapely.intersection(corners, within))
    return out


@cache
def _sectors() -> Zoning:
    sectors = _data("outline")["sectors"]
    polygons = _voronoi(np.array([s["seat"] for s in sectors]), commune())
    title = {"fr": "Secteurs de police (démonstration)", "en": "Police sectors (demonstration)"}
    return Zoning(
        "secteur_police",
        MappingProxyType(title),
        tuple(s["id"] for s in sectors),
        tuple(s["label"] for s in sectors),
        tuple(polygons),
    )


@cache
def _maille() -> Zoning:
    spacing = float(_data("outline")["maille_spacing_m"])
    west, south, east, north = metric(commune()).bounds
    rows = np.arange(south, north + spacing, spacing * np.sqrt(3) / 2)
    seeds = np.array(
        [
            (x + (spacing / 2 if index % 2 else 0.0), y)
            for index, y in enumerate(rows)
            for x in np.arange(west, east + spacing, spacing)
        ]
    )
    lon, lat = to_degrees(seeds[:, 0], seeds[:, 1])
    inside = shapely.contains_xy(commune(), lon, lat)
    polygons = _voronoi(np.column_stack([lon, lat])[inside], commune())
    ids = tuple(f"MA{number:03d}" for number in range(1, len(polygons) + 1))
    title = {"fr": "Mailles de présence (démonstration)", "en": "Presence cells (demonstration)"}
    labels = tuple(f"Maille {zone_id[2:]}" for zone_id in ids)
    return Zoning("maille", MappingProxyType(title), ids, labels, tuple(polygons))


def zonings() -> dict[str, Zoning]:
    """Return the three partitions of the commune, by name; they are not nested in one another."""
    return {z.name: z for z in (_arrondissements(), _sectors(), _maille())}


@cache
def streets() -> tuple[Street, ...]:
    """Return the streets in outline."""
    return tuple(
        Street(name, rank, tuple(arrondissements), LineString(points))
        for name, rank, arrondissements, points in _data("streets")["streets"]
    )


def _kind_of(group: str, entry: Mapping[str, Any]) -> str:
    if group == "landmark":
        return _LANDMARK_KINDS[entry["kind"]]
    if group == "venue":
        return _VENUE_KINDS[entry["kind"]]
    if group == "hospital":
        return "place.hospital.emergency" if entry["emergency"] else "place.hospital"
    return "place.fire_station"


@cache
def places() -> tuple[KnownPlace, ...]:
    """Return landmarks, venues, hospitals and fire stations."""
    data = _data("places")
    groups = (
        ("landmark", data["landmarks"]),
        ("venue", data["venues"]),
        ("hospital", data["hospitals"]),
        ("fire_station", data["fire_stations"]),
    )
    return tuple(
        KnownPlace(
            f"{group}.{p['id']}",
            p["name"] if group != "fire_station" else f"Caserne {p['name']}",
            _kind_of(group, p),
            p["lon"],
            p["lat"],
            p["arrondissement"],
            int(p.get("capacity", p.get("beds", 0))),
        )
        for group, entries in groups
        for p in entries
    )


@cache
def stops() -> Mapping[str, tuple[str, float, float]]:
    """Return the public transport stops: id to name, lon, lat."""
    return MappingProxyType({k: (v[0], v[1], v[2]) for k, v in _data("transit")["stops"].items()})


@cache
def lines() -> tuple[Line, ...]:
    """Return the public transport lines."""
    return tuple(
        Line(
            line["id"],
            line["name"],
            line["mode"],
            line["colour"],
            line["headway_min"],
            float(line["speed_kmh"]),
            tuple(line["stops"]),
        )
        for line in _data("transit")["lines"]
    )


@cache
def sea() -> BaseGeometry:
    """Return the sea inside the frame, islands cut out."""
    outline = _data("outline")
    coast = [
        c
        for name in ("16", "15", "2", "1", "7", "8", "9")
        for c in outline["arcs"][f"coast_{name}"]
    ]
    west, south, east, _north = FRAME
    ring = [*outline["coast_west"], *coast, *outline["coast_east"], (east, south), (west, south)]
    islands = [Polygon(island["ring"]) for island in outline["islands"]]
    return shapely.difference(Polygon(ring), unary_union(islands))


def _collection(features: list[tuple[BaseGeometry, dict[str, Any]]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": mapping(shapely.set_precision(geometry, 1e-6, mode="pointwise")),
            }
            for geometry, properties in features
        ],
    }


def basemap() -> dict[str, dict[str, Any]]:
    """Return the offline outline as GeoJSON: coast, water, streets, metro, arrondissements."""
    named = stops()
    rail = [line for line in lines() if line.mode in {"metro", "tram"}]
    tracks = [
        (LineString([named[s][1:] for s in line.stops]), _line_properties(line)) for line in rail
    ]
    stations = {s: line.mode for line in reversed(rail) for s in line.stops}
    return {
        "coast": _collection([(commune(), {"name": "Marseille"})]),
        "water": _collection([(sea(), {"name": "Méditerranée"})]),
        "streets": _collection([(s.line, {"name": s.name, "rank": s.rank}) for s in streets()]),
        "metro": _collection(
            tracks
            + [
                (Point(named[s][1:]), {"name": named[s][0], "mode": mode})
                for s, mode in sorted(stations.items())
            ]
        ),
        "arrondissements": _arrondissements().geojson(),
    }


def _line_properties(line: Line) -> dict[str, Any]:
    return {"line": line.line_id, "mode": line.mode, "colour": f"#{line.colour}", "name": line.name}

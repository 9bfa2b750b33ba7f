"""Zonings: how a city is cut up, several ways side by side.

Arrondissements, police sectors, statistical blocks and school perimeters cut the same streets
differently. A zoning says in which of its zones a point lies; ``vigie.geo.conversion`` carries
figures from one zoning to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.projection import Projection, local_projection

OUTSIDE = -1
"""What ``assign`` answers for a point in no zone."""

_ID_PROPERTIES = ("zone_id", "id", "code", "insee", "code_qua", "prefixe", "DEPCO")
_LABEL_PROPERTIES = ("label", "nom", "name", "libelle", "NOM_QUA", "NOM_CO")

KNOWN_TITLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "arrondissement": {"fr": "Arrondissements", "en": "Arrondissements"},
        "quartier": {"fr": "Quartiers", "en": "Neighbourhoods"},
        "secteur_police": {"fr": "Secteurs de police", "en": "Police sectors"},
        "iris": {"fr": "IRIS", "en": "Statistical blocks (IRIS)"},
        "maille": {"fr": "Maille", "en": "Grid"},
        "commune": {"fr": "Commune", "en": "Municipality"},
    }
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Zoning:
    """A cutting of the city into zones.

    Attributes:
        name: Name used in queries (``arrondissement``).
        title: French and English.
        ids: One id per zone, unique.
        labels: One label per zone.
        polygons: One polygon or multipolygon per zone, WGS 84, lon lat.
        remarks: What had to be repaired on reading, as ``code:zone`` (``repaired_geometry``,
            ``duplicate_id``, ``no_polygon``).
    """

    name: str
    title: Mapping[str, str]
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    polygons: tuple[BaseGeometry, ...]
    remarks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        sizes = {len(self.ids), len(self.labels), len(self.polygons), len(set(self.ids))}
        if len(sizes) != 1:
            raise WrongUsage(f"zoning {self.name}: ids, labels and polygons differ in number")

    @classmethod
    def from_geojson(
        cls, name: str, collection: Mapping[str, Any], title: Mapping[str, str] | None = None
    ) -> Zoning:
        """Read a zoning from a GeoJSON FeatureCollection (RFC 7946), repairing what it can.

        Args:
            name: Name of the zoning.
            collection: The decoded GeoJSON. Ids come from the first of the properties
                ``zone_id``, ``id``, ``code``, ``insee`` that tells the zones apart, or the
                feature's own ``id``, or its number; labels from ``label``, ``nom``, ``name``, or
                the id. A second zone of one id gets ``~2`` after it; a polygon that crosses
                itself is repaired; a feature without area is left out; ``remarks`` tell it.
            title: French and English; by default the collection's own ``title``, or the name.

        Raises:
            WrongUsage: When it is no FeatureCollection or no zone remains.
        """
        features = collection.get("features")
        if not isinstance(features, list):
            raise WrongUsage(f"zoning {name}: not a FeatureCollection", zoning=name)
        ids: list[str] = []
        labels: list[str] = []
        polygons: list[BaseGeometry] = []
        remarks: list[str] = []
        keys = _id_keys(features)
        for number, feature in enumerate(features, start=1):
            zone_id, label = _names(feature, number, keys)
            polygon, repaired = _polygon(feature.get("geometry"))
            if polygon is None:
                remarks.append(f"no_polygon:{zone_id}")
                continue
            if repaired:
                remarks.append(f"repaired_geometry:{zone_id}")
            if zone_id in ids:
                remarks.append(f"duplicate_id:{zone_id}")
                zone_id = _unused(zone_id, ids)
            ids.append(zone_id)
            labels.append(label)
            polygons.append(polygon)
        if not ids:
            raise WrongUsage(f"zoning {name}: no zone in it", zoning=name)
        own = collection.get("title")
        fallback = own if isinstance(own, Mapping) else KNOWN_TITLES.get(name)
        texts = dict(title or fallback or {"fr": name, "en": name})
        return cls(name, texts, tuple(ids), tuple(labels), tuple(polygons), tuple(remarks))

    def to_geojson(self) -> dict[str, Any]:
        """Return the zones as a GeoJSON FeatureCollection that ``from_geojson`` reads back."""
        return {
            "type": "FeatureCollection",
            "title": dict(self.title),
            "features": [
                {
                    "type": "Feature",
                    "id": zone_id,
                    "properties": {"zone_id": zone_id, "label": label},
                    "geometry": mapping(polygon),
                }
                for zone_id, label, polygon in zip(
                    self.ids, self.labels, self.polygons, strict=True
                )
            ],
        }

    def __len__(self) -> int:
        return len(self.ids)

    def index_of(self, zone_id: str) -> int:
        """Return the index of a zone.

        Raises:
            NotFound: When the zoning has no such zone.
        """
        if zone_id not in self._positions:
            raise NotFound(f"zone {self.name}:{zone_id}", what="zone", name=zone_id)
        return self._positions[zone_id]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {zone_id: number for number, zone_id in enumerate(self.ids)}

    @cached_property
    def _prepared(self) -> tuple[npt.NDArray[np.object_], shapely.STRtree]:
        polygons = np.array(self.polygons, object)
        shapely.prepare(polygons)
        return polygons, shapely.STRtree(shapely.envelope(polygons))

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all zones."""
        west, south, east, north = shapely.total_bounds(np.array(self.polygons, object))
        return float(west), float(south), float(east), float(north)

    @cached_property
    def projection(self) -> Projection:
        """An equal-area projection centred on the zoning."""
        west, south, east, north = self.bounds
        return local_projection(round((west + east) / 2, 3), round((south + north) / 2, 3))

    @cached_property
    def areas_km2(self) -> Floats:
        """Area of each zone, square kilometres."""
        flat = self.projection.geometries_to_metres(np.array(self.polygons, object))
        return np.asarray(shapely.area(flat) / 1e6, np.float64)

    def assign(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Ints:
        """Return the index of the zone each point lies in, ``OUTSIDE`` (-1) when in none.

        A border belongs to its zones; where zones share it or overlap, the first of them wins. Null
        and NaN are outside.
        """
        x, y = _floats(lon), _floats(lat)
        found = np.full(len(x), OUTSIDE, np.int64)
        given = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        polygons, tree = self._prepared
        point, zone = tree.query(shapely.points(x[given], y[given]), predicate="intersects")
        order = np.argsort(zone, kind="stable")
        row, zone = given[point[order]], zone[order]
        edges = np.searchsorted(zone, np.arange(len(polygons) + 1))
        for number in range(len(polygons) - 1, -1, -1):  # backwards: the first zone wins
            candidates = row[edges[number] : edges[number + 1]]
            if len(candidates):
                inside = shapely.intersects_xy(polygons[number], x[candidates], y[candidates])
                found[candidates[inside]] = number
        return found

    def assign_ids(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> pa.StringArray:
        """Return the id of the zone each point lies in; null when in none."""
        index = self.assign(lon, lat)
        positions = pa.array(index, mask=index == OUTSIDE)
        return pa.array(self.ids, pa.string()).take(positions)


def assign_all(
    zonings: Iterable[Zoning], lon: npt.ArrayLike, lat: npt.ArrayLike
) -> dict[str, pa.StringArray]:
    """Return, for each zoning by name, the id of the zone each point lies in."""
    x, y = _floats(lon), _floats(lat)
    return {zoning.name: zoning.assign_ids(x, y) for zoning in zonings}


def _id_keys(features: list[Any]) -> tuple[str, ...]:
    """Return the properties that hold ids, one that tells all the zones apart first."""
    for key in _ID_PROPERTIES:
        values = [(feature.get("properties") or {}).get(key) for feature in features]
        if None not in values and len(set(map(str, values))) == len(values):
            return (key, *_ID_PROPERTIES)
    return _ID_PROPERTIES


def _names(feature: Mapping[str, Any], number: int, keys: tuple[str, ...]) -> tuple[str, str]:
    properties = feature.get("properties") or {}
    candidates = [properties.get(key) for key in keys] + [feature.get("id"), number]
    zone_id = next(str(value) for value in candidates if value is not None and value != "")
    labels = [properties.get(key) for key in _LABEL_PROPERTIES] + [zone_id]
    return zone_id, next(str(value) for value in labels if value is not None and value != "")


def _unused(zone_id: str, taken: list[str]) -> str:
    copy = 2
    while f"{zone_id}~{copy}" in taken:
        copy += 1
    return f"{zone_id}~{copy}"


def _polygon(geometry: Mapping[str, Any] | None) -> tuple[BaseGeometry | None, bool]:
    """Return the valid area of a GeoJSON geometry and whether it had to be repaired."""
    try:
        read = shape(dict(geometry)) if geometry else None
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        shapely.errors.ShapelyError,
    ):
        return None, False
    if read is None or read.is_empty:
        return None, False
    valid = read if read.is_valid else shapely.make_valid(read)
    parts = [part for part in shapely.get_parts(valid) if part.area > 0]
    if not parts:
        return None, False
    whole = valid if valid.geom_type in {"Polygon", "MultiPolygon"} else shapely.union_all(parts)
    return shapely.force_2d(whole), not read.is_valid


def _floats(values: npt.ArrayLike) -> Floats:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return np.asarray(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    return np.asarray(values, np.float64)

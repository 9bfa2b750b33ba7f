"""The city's frame in a home: zonings, outline basemap and gazetteer, as plain files.

``frame/zonings/NAME.geojson``, ``frame/basemap/LAYER.geojson``, ``frame/gazetteer.json``: a city
puts its own files there; the demo writes those of the synthetic city.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from vigie.base.errors import HomeInvalid, NotFound
from vigie.geo.gazetteer import Gazetteer
from vigie.geo.network import KMH, Line, StreetNetwork
from vigie.geo.projection import local_projection
from vigie.geo.snapping import SnapMap, Street
from vigie.geo.zonings import Zoning
from vigie.situation.precision import Masking

FOLDER = "frame"
DISTRICTS = "arrondissement"
"""Zoning that no shown point crosses."""


@dataclass(frozen=True)
class CityFrame:
    """Zonings, basemap and gazetteer of a city.

    Attributes:
        zonings: Zonings by name.
        layers: Basemap files by layer name.
        gazetteer: Offline geocoder, or None without records.
    """

    zonings: Mapping[str, Zoning]
    layers: Mapping[str, Path]
    gazetteer: Gazetteer | None

    @cached_property
    def snaps(self) -> SnapMap:
        """What stands for a place, of the city's streets; without any, cells do."""
        known = [] if self.gazetteer is None else self.gazetteer.streets()
        west, south, east, north = (
            shapely.MultiLineString([line for line, _ in known]).bounds if known else (0.0,) * 4
        )
        plane = local_projection((west + east) / 2, (south + north) / 2)
        streets = (Street(line, numbers) for line, numbers in known)
        return SnapMap(streets, plane, self.zonings.get(DISTRICTS))

    @cached_property
    def streets(self) -> tuple[tuple[str, shapely.LineString], ...]:
        """Names and courses (WGS 84) of the streets the gazetteer knows, by name."""
        return () if self.gazetteer is None else tuple(self.gazetteer.named_courses())

    @cached_property
    def network(self) -> StreetNetwork:
        """The streets of the outline as a graph; no way between streets crosses its water.

        A street's ``rank`` gives its speed, ``oneway`` its direction.
        """
        lines = []
        for feature in self._features("streets"):
            told = feature["properties"]
            kmh = KMH.get(str(told.get("rank")), KMH["street"])
            lines += [
                Line(course, kmh, bool(told.get("oneway")))
                for course in shapely.get_parts(shape(feature["geometry"]))
                if course.geom_type == "LineString"
            ]
        return StreetNetwork(
            lines, barriers=[shape(f["geometry"]) for f in self._features("water")]
        )

    def _features(self, layer: str) -> list[dict[str, Any]]:
        path = self.layers.get(layer)
        return [] if path is None else list(_read(path)["features"])

    @cached_property
    def maskings(self) -> Mapping[str, Masking]:
        """How places are told to who may not see them exactly, by precision; made when asked."""
        return {name: Masking(self.snaps, name) for name in ("street", "public")}

    def zoning(self, name: str) -> Zoning:
        """Return a zoning; raises ``NotFound``."""
        if name not in self.zonings:
            raise NotFound(what="zoning", name=name)
        return self.zonings[name]

    def layer(self, name: str) -> bytes:
        """Return a basemap layer as GeoJSON bytes; raises ``NotFound``."""
        if name not in self.layers:
            raise NotFound(what="layer", name=name)
        return self.layers[name].read_bytes()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HomeInvalid(home=str(path.parent), reason=f"{path.name}: {error}") from error


def load_frame(home: Path) -> CityFrame:
    """Return the frame of a home; an absent folder gives an empty frame.

    Raises:
        HomeInvalid: When a file of the frame cannot be read.
    """
    folder = home / FOLDER
    zonings = {
        path.stem: Zoning.from_geojson(path.stem, _read(path))
        for path in sorted((folder / "zonings").glob("*.geojson"))
    }
    layers = {path.stem: path for path in sorted((folder / "basemap").glob("*.geojson"))}
    names = folder / "gazetteer.json"
    gazetteer = Gazetteer.from_records(_read(names)) if names.is_file() else None
    return CityFrame(zonings, layers, gazetteer)


def save_frame(
    home: Path,
    *,
    zonings: Mapping[str, Mapping[str, Any]],
    basemap: Mapping[str, Mapping[str, Any]],
    gazetteer: list[dict[str, Any]],
) -> None:
    """Write a frame into a home: zonings and basemap as GeoJSON collections, gazetteer records."""
    folder = home / FOLDER
    for part, files in (("zonings", zonings), ("basemap", basemap)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for name, collection in files.items():
            text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
            (folder / part / f"{name}.geojson").write_text(text, encoding="utf-8")
    text = json.dumps(gazetteer, ensure_ascii=False, separators=(",", ":"))
    (folder / "gazetteer.json").write_text(text, encoding="utf-8")

"""What does not move: venues, hospitals, fire stations, sensors, presence cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point, mapping
from shapely.geometry.base import BaseGeometry

from vigie.city import geography
from vigie.city.counters import squares, stations
from vigie.city.feeds.crowds import place_of
from vigie.city.feeds.weather import STATION, STATION_POINT
from vigie.city.feeds.writing import feature_collection
from vigie.city.fire_access import fire_sites
from vigie.city.ledger import Feed
from vigie.city.levels import emergency_sites, noise_sensors, traffic_counters

SOURCE = "places"
OWNERS = {
    "landmark": "Ville",
    "venue": "Exploitant",
    "hospital": "Hôpital",
    "fire_station": "BMPM",
}


def _feature(
    ref: str, kind: str, name: str, where: BaseGeometry, *, owner: str, capacity: int = 0
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": mapping(shapely.set_precision(where, 1e-6, mode="pointwise")),
        "properties": {
            "id": ref,
            "type": kind,
            "nom": name,
            "capacite": capacity or None,
            "gestionnaire": owner,
        },
    }


def features() -> list[dict[str, Any]]:
    """Return every place of the city as a GeoJSON feature."""
    out = [
        _feature(
            emergency_sites().get(p.place_id, p.place_id),
            p.kind,
            p.name,
            Point(p.lon, p.lat),
            owner=OWNERS[p.place_id.partition(".")[0]],
            capacity=p.capacity,
        )
        for p in geography.places()
    ]
    out += [
        _feature(f"sensor.noise.{s.ref}", "place.sensor.noise", f"Bruit {s.name}",
                 Point(s.lon, s.lat), owner="Ville")
        for s in noise_sensors()
    ]  # fmt: skip
    out += [
        _feature(f"sensor.traffic.{s.ref}", "place.sensor.traffic", f"Comptage {s.name}",
                 Point(s.lon, s.lat), owner="Métropole")
        for s in traffic_counters()
    ]  # fmt: skip
    out += [
        _feature(place_of(one), "place.sensor.presence", one.name, Point(one.lon, one.lat),
                 owner=owner)
        for owner, some in (("Ville", squares()), ("Métropole", stations()))
        for one in some
    ]  # fmt: skip
    port = Point(STATION_POINT)
    out.append(_feature(STATION, "place.sensor.weather", "Station météo", port, owner="Météo"))
    out += [_feature(s.ref, s.kind, s.name, s.where, owner="BMPM") for s in fire_sites()]
    maille = geography.zonings()["maille"]
    out += [
        _feature(zone_id, "place.sensor.presence", label, polygon, owner="Opérateur")
        for zone_id, label, polygon in zip(maille.ids, maille.labels, maille.polygons, strict=True)
    ]
    return out


def emit(folder: Path) -> Feed:
    """Write every place into one file."""
    (folder / SOURCE).mkdir()
    name = f"{SOURCE}/lieux.geojson"
    every = features()
    (folder / name).write_bytes(feature_collection(every))
    return Feed(
        source=SOURCE,
        connector="table",
        mapping=f"mappings/{SOURCE}.toml",
        kind="places",
        paths=(name,),
        rows=len(every),
        records=len(every),
    )

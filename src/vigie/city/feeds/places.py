"""What does not move: venues, hospitals, fire stations, cameras, sensors, presence cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point, mapping
from shapely.geometry.base import BaseGeometry

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.feeds.weather import STATION, STATION_POINT
from vigie.city.feeds.writing import feature_collection
from vigie.city.ledger import Feed
from vigie.city.levels import emergency_sites, noise_sensors, traffic_counters
from vigie.city.sites import pick, sites
from vigie.city.truth import Truth

SOURCE = "places"
CAMERAS = 100
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


def camera_points(seed: int) -> list[tuple[str, str, Point]]:
    """Return the cameras: reference, kind, point; more in the centre, none real."""
    chance = stream(seed, "cameras")
    weights = 0.6 * sites().weights["centre"] + 0.4 * sites().weights["commerce"]
    chosen = pick(weights, CAMERAS, chance).tolist()
    kinds = ("place.camera.dome", "place.camera.fixed")
    return [
        (
            f"camera.C{number:03d}",
            kinds[number % 4 == 0],
            Point(round(float(sites().lon[s]), 6), round(float(sites().lat[s]), 6)),
        )
        for number, s in enumerate(chosen, start=1)
    ]


def features(seed: int) -> list[dict[str, Any]]:
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
        _feature(ref, kind, f"Caméra {ref[7:]}", where, owner="CSU")
        for ref, kind, where in camera_points(seed)
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
    port = Point(STATION_POINT)
    out.append(_feature(STATION, "place.sensor.weather", "Station météo", port, owner="Météo"))
    maille = geography.zonings()["maille"]
    out += [
        _feature(zone_id, "place.sensor.presence", label, polygon, owner="Opérateur")
        for zone_id, label, polygon in zip(maille.ids, maille.labels, maille.polygons, strict=True)
    ]
    return out


def emit(truth: Truth, folder: Path) -> Feed:
    """Write every place into one file."""
    (folder / SOURCE).mkdir()
    name = f"{SOURCE}/lieux.geojson"
    every = features(truth.seed)
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

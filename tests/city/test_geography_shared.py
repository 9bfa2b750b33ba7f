"""How far the typed geography is from public data; the figures are printed with ``-s``.

Nothing is copied: the data only measure the error.
"""

from __future__ import annotations

import csv
import gzip
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, shape

from vigie.city import geography

pytestmark = pytest.mark.shared
MEAN_ERROR_M = 400.0
HOMONYM_M = 3_000.0


def plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in bare if c.isalnum() and c.isascii())


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (ax, ay), (bx, by) = (geography.to_metres(np.array(p[0]), np.array(p[1])) for p in (a, b))
    return float(np.hypot(ax - bx, ay - by))


def same(a: str, b: str) -> bool:
    return a == b or (len(a) > 7 and a in b) or (len(b) > 7 and b in a)


@pytest.fixture(scope="module")
def arrondissements(shared_dir: Path) -> dict[str, shapely.Geometry]:
    path = shared_dir / "data" / "marseille_geo" / "arrondissements_16.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {f["properties"]["DEPCO"]: shape(f["geometry"]) for f in features}


def test_places(shared_dir: Path) -> None:
    path = shared_dir / "data" / "marseille_geo" / "landmarks_113.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    known = [(plain(f["properties"]["name"]), f["geometry"]["coordinates"]) for f in features]
    errors = [
        min(metres((p.lon, p.lat), tuple(at)) for name, at in known if same(plain(p.name), name))
        for p in geography.places()
        if any(same(plain(p.name), name) for name, _ in known)
    ]
    print(f"places: {len(errors)}, mean {np.mean(errors):.0f} m, worst {max(errors):.0f} m")
    assert len(errors) >= 25
    assert np.mean(errors) < MEAN_ERROR_M


def test_metro_stations(shared_dir: Path) -> None:
    path = shared_dir / "data" / "marseille_rtm_metro_gtfs" / "stops.txt"
    with path.open(encoding="utf-8-sig") as lines:
        known = [
            (plain(r["stop_name"]), (float(r["stop_lon"]), float(r["stop_lat"])))
            for r in csv.DictReader(lines)
        ]
    metro = {s for line in geography.lines() if line.mode == "metro" for s in line.stops}
    errors = []
    for stop in sorted(metro):
        name, lon, lat = geography.stops()[stop]
        bare = plain(name).removeprefix("gare")
        near = [metres((lon, lat), at) for n, at in known if bare.startswith(n) or n == bare]
        errors += [min(near)] if near else []
    print(f"metro: {len(errors)}, mean {np.mean(errors):.0f} m, worst {max(errors):.0f} m")
    assert len(errors) == len(metro)
    assert np.mean(errors) < MEAN_ERROR_M


def test_streets(shared_dir: Path) -> None:
    path = shared_dir / "data" / "marseille_geo" / "streets_gazetteer.csv.gz"
    known: dict[str, list[Point]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            at = Point(float(row["lon"]), float(row["lat"]))
            known.setdefault(plain(row["name"]), []).append(at)
    errors = []
    for street in geography.streets():
        near = [
            geography.metric(street.line).distance(geography.metric(at))
            for at in known.get(plain(street.name), [])
        ]
        errors += [min(near)] if near and min(near) < HOMONYM_M else []
    print(f"streets: {len(errors)}, mean {np.mean(errors):.0f} m, median {np.median(errors):.0f} m")
    assert len(errors) >= 90
    assert np.mean(errors) < MEAN_ERROR_M


def test_arrondissements(arrondissements: dict[str, shapely.Geometry]) -> None:
    zoning = geography.zonings()["arrondissement"]
    ours = dict(zip(zoning.ids, zoning.polygons, strict=True))
    areas = {
        zone: geography.area_km2(ours[zone]) / geography.area_km2(theirs) - 1
        for zone, theirs in arrondissements.items()
    }
    whole = shapely.union_all(list(arrondissements.values()))
    west, south, east, north = whole.bounds
    points = np.random.default_rng(1).uniform((west, south), (east, north), (20_000, 2))
    points = points[shapely.contains_xy(whole, points[:, 0], points[:, 1])]
    found = zoning.locate(points[:, 0], points[:, 1])
    true = np.full(len(points), -2)
    for index, zone in enumerate(zoning.ids):
        true[shapely.contains_xy(arrondissements[zone], points[:, 0], points[:, 1])] = index
    agreement = float((found == true).mean())
    mean_area = float(np.mean(np.abs(list(areas.values()))))
    print(f"arrondissement: {agreement:.1%} of the area agrees, mean area error {mean_area:.1%}")
    assert agreement > 0.80
    assert mean_area < 0.15


def test_places_lie_in_their_real_arrondissement(
    arrondissements: dict[str, shapely.Geometry],
) -> None:
    checked = [
        (p.place_id, str(13200 + p.arrondissement), zone)
        for p in geography.places()
        for zone, theirs in arrondissements.items()
        if theirs.contains(Point(p.lon, p.lat))
    ]
    wrong = [place for place, ours, theirs in checked if ours != theirs]
    print(f"places: {len(checked)} on land, {len(wrong)} in another arrondissement: {wrong}")
    assert len(checked) >= 80
    assert len(wrong) <= 2

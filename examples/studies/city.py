"""A fresh home for a city of which only a table of points is at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from vigie.base.clock import FixedClock
from vigie.door import Door
from vigie.situation.home import Home, init_home, open_home

MAPPINGS = Path(__file__).resolve().parents[1]
M_PER_DEGREE = 111_320.0
GRID = "grid"
NONE_TOLD = dict.fromkeys(
    ("ambiguous_time", "nonexistent_time", "outside_city", "redacted_text"), 0
)


@dataclass(frozen=True)
class City:
    """What a home must know of a city.

    Attributes:
        name: Name.
        timezone: IANA zone.
        bbox: West, south, east, north, degrees.
        square_m: Side of the squares that stand for its ground.
        least: Facts a square must hold to be ground.
        first: First day of the study.
        after: Day after the last.
        country: Country of the public holidays.
    """

    name: str
    timezone: str
    bbox: tuple[float, float, float, float]
    square_m: float
    least: int
    first: date
    after: date
    country: str = "US"

    @property
    def center(self) -> tuple[float, float]:
        """The middle of the box, lon lat."""
        west, south, east, north = self.bbox
        return (west + east) / 2, (south + north) / 2

    @property
    def clock(self) -> FixedClock:
        """A clock that stands two days after the last: what is studied is read as of then."""
        return FixedClock(datetime.combine(self.after + timedelta(days=2), time(), UTC))


@dataclass(frozen=True)
class Feed:
    """A file and what reads it.

    Attributes:
        mapping: Name of the mapping file, without ending.
        path: The file.
    """

    mapping: str
    path: Path


def make_home(folder: Path, city: City, feeds: Sequence[Feed]) -> dict[str, Any]:
    """Make a home, ingest the feeds through their mappings, and lay a grid over its facts.

    Returns:
        What the intake reported, by mapping, and the grid.

    Raises:
        Conflict: When the folder is not empty.
    """
    place = {
        "name": city.name,
        "timezone": city.timezone,
        "bbox": list(city.bbox),
        "center": list(city.center),
    }
    init_home(folder, {"city": place, "forecast": {"country": city.country}})
    with open_home(folder, clock=city.clock) as home:
        told: dict[str, Any] = {}
        for feed in feeds:
            mapping = MAPPINGS / f"{feed.mapping}.toml"
            report = home.intake.ingest_paths("table", [feed.path], mapping=mapping).as_json()
            wanted = ("read", "accepted", "duplicates", "quarantined", "notices")
            told[feed.mapping] = {name: report[name] for name in wanted}
            told[feed.mapping]["notices"] = {**NONE_TOLD, **report["notices"]}
        told["ground"] = lay_grid(home, city)
    return told


def lay_grid(home: Home, city: City) -> dict[str, Any]:
    """Write the zoning ``grid``: the squares of the box that hold enough facts.

    No boundary of the city is at hand. Where nothing is ever recorded (a lake, an airfield, another
    county) is no ground; a quiet square with too few facts is not either, which is said.
    """
    table = home.lake.scan("facts", from_us=0, to_us=2**62, columns=["lon", "lat"])
    lon, lat = (np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    west, south, east, north = city.bbox
    inside = (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
    high = city.square_m / M_PER_DEGREE
    wide = high / float(np.cos(np.radians(city.center[1])))
    column = np.floor((lon[inside] - west) / wide).astype(np.int64)
    row = np.floor((lat[inside] - south) / high).astype(np.int64)
    squares, held = np.unique(np.stack([column, row], axis=1), axis=0, return_counts=True)
    features = [
        _square(f"{x}-{y}", (west + x * wide, south + y * high), (wide, high))
        for (x, y), n in zip(squares, held, strict=True)
        if n >= city.least
    ]
    folder = home.path / "frame" / "zonings"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / f"{GRID}.geojson").write_text(text, encoding="utf-8")
    return {
        "squares": len(features),
        "square_km": city.square_m / 1_000,
        "least": city.least,
        "km2": len(features) * (city.square_m / 1_000) ** 2,
        "facts_inside": int(held[held >= city.least].sum()),
        "facts_outside": int(table.num_rows - held[held >= city.least].sum()),
    }


def _square(name: str, corner: tuple[float, float], size: tuple[float, float]) -> dict[str, Any]:
    west, south = corner
    east, north = west + size[0], south + size[1]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"id": name, "label": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def open_door(folder: Path, city: City) -> Door:
    """Open the home by the Python door, its clock standing after the study's last day."""
    return Door(open_home(folder, clock=city.clock))

"""Facts of the synthetic city as analyses read them, and cities in which nothing is planted."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.base.clock import to_us
from vigie.city import geography
from vigie.city.kinds import kind_index
from vigie.city.sites import pick, sites
from vigie.city.truth import Truth
from vigie.geo.zonings import Zoning

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ZONE = "Europe/Paris"
DAY_US = 86_400_000_000
JITTER_M = 12.0


def frame_of(days: int) -> Frame:
    """Return the frame of the days before now, with the city's zonings."""
    zonings = {
        name: Zoning.from_geojson(name, {**one.geojson(), "title": dict(one.title)})
        for name, one in geography.zonings().items()
    }
    return Frame(ZONE, to_us(NOW) - days * DAY_US, to_us(NOW), zonings)


def table(lon: np.ndarray, lat: np.ndarray, at_us: np.ndarray, kind: str) -> pa.Table:
    """Return facts of known time."""
    return pa.table(
        {
            "lon": pa.array(lon),
            "lat": pa.array(lat),
            "earliest_us": pa.array(at_us, pa.int64()),
            "latest_us": pa.array(at_us, pa.int64()),
            "kind": pa.array([kind] * len(lon), pa.string()),
        }
    )


def facts_of(truth: Truth, kind: str, days: int) -> pa.Table:
    """Return the true incidents of a kind in the days before now."""
    found = truth.incidents
    number = kind_index()[kind]
    mine = (found.kind == number) & (found.at_us < truth.now_us)
    mine &= found.at_us >= truth.now_us - days * DAY_US
    return table(found.lon[mine], found.lat[mine], found.at_us[mine], kind)


def null_facts(seed: int, count: int, days: int, *, space: str = "residents") -> pa.Table:
    """Return facts at the city's own uneven places and days, each apart from all others.

    Weekends count half as much again; nothing begets anything and nothing is planted.
    """
    chance = np.random.default_rng(seed)
    place = sites()
    site = pick(place.weights[space], count, chance)
    x, y = geography.to_metres(place.lon[site], place.lat[site])
    x, y = x + chance.normal(0, JITTER_M, count), y + chance.normal(0, JITTER_M, count)
    lon, lat = geography.to_degrees(x, y)
    weight = np.where(np.arange(days) % 7 >= 5, 1.5, 1.0)
    day = chance.choice(days, count, p=weight / weight.sum())
    start = to_us(NOW) - days * DAY_US
    at_us = start + day * DAY_US + (chance.random(count) * DAY_US).astype(np.int64)
    return table(lon, lat, at_us, "offence.property.theft.from_vehicle")


def even_facts(seed: int, count: int, days: int, frame: Frame) -> pa.Table:
    """Return facts dropped evenly on the ground of the arrondissements and on the days."""
    chance = np.random.default_rng(seed)
    zoning = frame.zonings["arrondissement"]
    west, south, east, north = zoning.bounds
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < count:
        x, y = (
            chance.uniform(low, high, 4 * count) for low, high in ((west, east), (south, north))
        )
        inside = np.asarray(zoning.assign(x, y)) >= 0
        lon, lat = np.append(lon, x[inside]), np.append(lat, y[inside])
    at_us = frame.from_us + (chance.random(count) * days * DAY_US).astype(np.int64)
    return table(lon[:count], lat[:count], at_us, "offence.property.theft.from_vehicle")

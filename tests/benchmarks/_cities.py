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
from vigie.geo.lixels import LixelNetwork
from vigie.geo.zonings import Zoning

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ZONE = "Europe/Paris"
DAY_US = 86_400_000_000
JITTER_M = 12.0
SURVEYED = "feeling.unsafe_night"


def frame_of(days: int) -> Frame:
    """Return the frame of the days before now, with the city's zonings."""
    zonings = {
        name: Zoning.from_geojson(name, {**one.geojson(), "title": dict(one.title)})
        for name, one in geography.zonings().items()
    }
    streets = tuple((one.name, one.line) for one in geography.streets())
    return Frame(ZONE, to_us(NOW) - days * DAY_US, to_us(NOW), zonings, streets=streets)


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


def facts_before(truth: Truth, days: int) -> pa.Table:
    """Return the true incidents of every kind in the days before now."""
    found = truth.incidents
    mine = (found.at_us < truth.now_us) & (found.at_us >= truth.now_us - days * DAY_US)
    return table(found.lon[mine], found.lat[mine], found.at_us[mine], "other")


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


def street_facts(seed: int, count: int, days: int, frame: Frame) -> pa.Table:
    """Return accidents dropped evenly by metre of the streets, some metres beside them."""
    chance = np.random.default_rng(seed)
    network = LixelNetwork(frame.streets, lixel_m=5.0)
    on = chance.choice(len(network), count, p=network.lixel_m / network.lixel_m.sum())
    places = np.column_stack(network.lixel_places())[on]
    x, y = geography.to_metres(*places.T)
    x, y = x + chance.normal(0, 3, count), y + chance.normal(0, 3, count)
    at_us = frame.from_us + (chance.random(count) * days * DAY_US).astype(np.int64)
    found = table(*geography.to_degrees(x, y), at_us, "road.accident.injury")
    columns = {
        "accuracy_m": pa.array([10.0] * count, pa.float32()),
        "discovered_by": pa.array(["partner"] * count),
        "reported_at": pa.array(at_us, pa.timestamp("us", "UTC")),
        "source": pa.array(["traffic_accidents"] * count),
    }
    for name, values in columns.items():
        found = found.append_column(name, values)
    return found


def felt_measures(seed: int, frame: Frame) -> pa.Table:
    """Return four surveys in which zones differ by chance alone, and lamps out that nobody minds.

    What a zone differs by anyhow stays, what it differs by in one survey does not.
    """
    chance = np.random.default_rng(seed)
    zones = [one.representative_point() for one in frame.zonings["arrondissement"].polygons]
    edges = np.linspace(frame.from_us, frame.to_us, 5).astype(np.int64)
    own, rows = chance.normal(0, 0.3, len(zones)), []
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        for zone, place in enumerate(zones):
            of = {"lon": place.x, "lat": place.y, "from_us": begin, "to_us": end}
            level = own[zone] - 0.6 + chance.normal(0, 0.1)
            many = int(chance.integers(80, 200))
            said = chance.binomial(many, 1 / (1 + np.exp(-level)))
            value = float(round(100 * said / many))
            rows.append(of | {"metric": SURVEYED, "value": value, "group_size": many})
            out = float(chance.lognormal(1.0, 0.5))
            rows.append(of | {"metric": "light.out", "value": out, "group_size": None})
    return pa.Table.from_pylist(rows)


def scattered_facts(seed: int, count: int, days: int, scatter: float) -> pa.Table:
    """Return facts whose daily counts scatter more than chance does, around one level.

    Args:
        seed: Of the draw.
        count: Facts in all, on average.
        days: Days before now.
        scatter: Variance over mean of the daily counts, above 1.
    """
    chance = np.random.default_rng(seed)
    mean = count / days
    level = chance.gamma(mean / (scatter - 1), scatter - 1, days)
    return _days(chance, {"city": chance.poisson(level)}, days)


def apart_facts(seed: int, days: int) -> pa.Table:
    """Return three sources with one week and one season, each with a memory of its own."""
    chance = np.random.default_rng(seed)
    day = np.arange(days)
    common = 12 * np.where(day % 7 >= 5, 1.8, 1.0) * np.exp(0.3 * np.sin(day * 2 * np.pi / 365))
    counts = {}
    for name in ("a", "b", "c"):
        state, steps = np.zeros(days), chance.normal(0, 0.25, days)
        for one in range(1, days):
            state[one] = 0.7 * state[one - 1] + steps[one]
        counts[name] = chance.poisson(common * np.exp(state))
    return _days(chance, counts, days)


def _days(chance: np.random.Generator, counts: dict[str, np.ndarray], days: int) -> pa.Table:
    """Return facts without a place that matters: so many of each source on each day."""
    day = np.concatenate([np.repeat(np.arange(days), many) for many in counts.values()])
    names = np.repeat(list(counts), [many.sum() for many in counts.values()])
    midnight = to_us(NOW.replace(hour=0)) - days * DAY_US
    within = 0.1 + 0.8 * chance.random(len(day))  # of the same local day, in summer and in winter
    at_us = midnight + day * DAY_US + (within * DAY_US).astype(np.int64)
    middle = np.full(len(day), 5.37), np.full(len(day), 43.3)
    found = table(*middle, at_us, "offence.property.theft.from_vehicle")
    return found.append_column("source", pa.array(names.tolist(), pa.string()))

"""The facts of a situation on one timeline, and which of them tell of one incident."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339, to_us
from vigie.geo.distance import haversine_m
from vigie.geo.projection import local_projection
from vigie.judge.linkage import LINKED, Reports, clusters, link, strongest
from vigie.situation.around.asked import HOUR_US, Scene
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.nearest import Disk, nearest_facts
from vigie.situation.rights import View
from vigie.situation.view import NOTHING

MOST = 500
LOOK_BACK_US = 48 * HOUR_US
"""A fact that nobody saw began at most so long before it was found, as far as is looked."""
PROBABLE = 0.8
LINKS_EACH = 5
"""So many links are told of each fact: in a dense place hundreds are above the least probable."""
REMEMBERED = 8
"""Operators look at a handful of places at one time."""
_COMPARED = (
    *("kind", "source", "lon", "lat", "accuracy_m"),
    *("earliest_us", "latest_us", "reported_us"),
)


def facts_around(home: Home, view: View, scene: Scene) -> tuple[list[dict[str, Any]], bool]:
    """Return the facts that can have happened in the window, by time, and whether there are more.

    Beyond 500 the nearest are kept. A caller who is not told exact places gets what is *shown*
    within the radius.
    """
    if not (view.sees("lon") and view.sees("lat")) or view.sources() == NOTHING:
        return [], False
    asked = Filters().within(scene.from_us - LOOK_BACK_US, scene.to_us)
    filters = view.narrow(asked)
    disk = Disk(scene.lon, scene.lat, scene.radius_m)
    since = {"since_us": scene.from_us}
    found = nearest_facts(home, "around_facts", filters, disk, MOST, **since)
    more = found.num_rows > MOST
    kept = found.slice(0, MOST)
    rows = view.rows(kept).sort_by([("earliest_us", "ascending"), ("fact_id", "ascending")])
    away = haversine_m(rows["lon"].to_numpy(), rows["lat"].to_numpy(), scene.lon, scene.lat)
    told = zip(rows.to_pylist(), away.tolist(), strict=True)
    return [_told(row, away_m) for row, away_m in told], more


def _told(row: dict[str, Any], away_m: float) -> dict[str, Any]:
    reported = row.pop("reported_at")
    return {
        **row,
        "distance_m": round(away_m, 1),
        "reported_us": 0 if reported is None else to_us(reported),
    }


class Linked(NamedTuple):
    """Which facts of a situation tell of one incident, as the interface answers it.

    Attributes:
        links: Of each fact its most probable ones, the most probable first.
        found: How many there are in all.
        incidents: Groups of facts that probably tell of one, with how probably.
    """

    links: list[dict[str, Any]]
    found: int
    incidents: list[dict[str, Any]]


class _Found(NamedTuple):
    """The same by positions: nothing of the facts themselves."""

    links: list[tuple[int, int, float]]
    found: int
    groups: list[tuple[tuple[int, ...], float, float]]


_known: OrderedDict[bytes, _Found] = OrderedDict()
_lock = Lock()


def linked(rows: list[dict[str, Any]], view: View) -> Linked:
    """Return the links among the facts of a situation, from what the caller is shown of them.

    Who asks again while the same facts are nearest is told the same: remembered are positions and
    probabilities of the latest ``REMEMBERED`` choices, by a digest of all that was compared. What
    is erased leaves nothing there.
    """
    if len(rows) < 2:  # noqa: PLR2004 -- a pair
        return Linked([], 0, [])
    masking = view.masking
    least_m = 0.0 if masking is None else masking.farthest_m
    compared = [least_m, *([row[name] for name in _COMPARED] for row in rows)]
    digest = blake2b(repr(compared).encode(), digest_size=16).digest()
    with _lock:
        found = _known.get(digest)
    if found is None:
        found = _find(rows, least_m)
        with _lock:
            _known[digest] = found
            while len(_known) > REMEMBERED:
                _known.popitem(last=False)
    ids, sources = ([row[name] for row in rows] for name in ("fact_id", "source"))
    return Linked(
        [{"facts": [ids[a], ids[b]], "probability": p} for a, b, p in found.links],
        found.found,
        [
            {
                "facts": [ids[n] for n in group],
                "sources": sorted({sources[n] for n in group}),
                "probability": round(mean, 3),
                "least": round(least, 3),
                "sure": least >= PROBABLE,
            }
            for group, mean, least in found.groups
        ],
    )


def _find(rows: list[dict[str, Any]], least_m: float) -> _Found:
    links = link(_reports(rows, least_m))
    told = strongest(len(rows), links, LINKS_EACH)
    known = np.zeros((len(rows), len(rows)))
    known[links.left, links.right] = known[links.right, links.left] = links.probability
    groups = []
    for group in clusters(len(rows), links, least=LINKED):
        one, other = np.triu_indices(len(group), 1)
        between = known[np.ix_(group, group)][one, other]
        groups.append((group, float(between.mean()), float(between.min())))
    ends = zip(told.left.tolist(), told.right.tolist(), told.probability.tolist(), strict=True)
    return _Found([(a, b, round(p, 3)) for a, b, p in ends], len(links.left), groups)


def _reports(rows: list[dict[str, Any]], least_m: float) -> Reports:
    columns = {name: [row[name] for row in rows] for name in _COMPARED}
    lon, lat = (np.array(columns[name], np.float64) for name in ("lon", "lat"))
    x, y = local_projection(round(float(lon.mean()), 2), round(float(lat.mean()), 2)).to_metres(
        lon, lat
    )
    accuracy = np.array([np.nan if m is None else m for m in columns["accuracy_m"]], np.float64)
    if least_m:
        accuracy = np.fmax(accuracy, least_m)
    earliest, latest, reported = (
        np.array(columns[name], np.int64) for name in ("earliest_us", "latest_us", "reported_us")
    )
    kinds, sources = columns["kind"], columns["source"]
    return Reports(x, y, accuracy, earliest, latest, reported, kinds, sources)


def fact_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a fact of the timeline as the interface answers it."""
    told = {name: value for name, value in row.items() if not name.endswith("_us")}
    return told | {
        "earliest_at": to_rfc3339(row["earliest_us"]),
        "latest_at": to_rfc3339(row["latest_us"]),
        "reported_at": to_rfc3339(row["reported_us"]) if row["reported_us"] else None,
    }


def fact_row(home: Home, view: View, fact_id: str) -> dict[str, Any] | None:
    """Return one fact as a view shows it; None where it does not."""
    found = view.keep(home.lake.query("fact_by_id", fact_id=fact_id))
    rows: list[dict[str, Any]] = view.rows(found).to_pylist()
    return rows[0] if rows else None


def sources_of(rows: list[dict[str, Any]]) -> set[str]:
    """Return the feeds that a timeline rests on."""
    return {row["source"] for row in rows}


def within(table: pa.Table, scene: Scene) -> list[dict[str, Any]]:
    """Return the rows of a table within the radius with their distance, nearest first."""
    table = table.filter(pc.and_(pc.is_valid(table["lon"]), pc.is_valid(table["lat"])))
    x, y = (np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    away = haversine_m(x, y, scene.lon, scene.lat)
    order = np.argsort(away, kind="stable")
    order = order[away[order] <= scene.radius_m]
    rows: list[dict[str, Any]] = table.take(pa.array(order)).to_pylist()
    return [
        {**row, "distance_m": round(float(d), 1)} for row, d in zip(rows, away[order], strict=True)
    ]

"""The facts nearest to a point, as a caller is shown them.

Who is told places less exactly is told what is *shown* within the radius. That is not what lies in
it: a fact from beside may be shown inside, and none is shown farther from where it is than a
masking says. So of the facts of a little more than the radius those that may be among the nearest
are looked at, whatever else the disk holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.geo.distance import haversine_m
from vigie.situation.filters import Filters, filter_facts, query_params
from vigie.situation.home import Home

FEW = 5_000
"""So many of the nearest nearly always hold all that may be among the nearest as they are shown."""
MANY = 1_000_000
"""No more facts are looked at, however many a disk holds."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A point and a radius in metres."""

    lon: float
    lat: float
    radius_m: float


def nearest_facts(
    home: Home, query: str, filters: Filters, disk: Disk, most: int, **values: Any
) -> pa.Table:
    """Return the facts of a disk, nearest first as they are shown, one more than ``most`` at most.

    They are whole, to be told by the view that the filters come from.

    Args:
        home: The home.
        query: A query of the lake with ``distance_m``, nearest first.
        filters: Narrowed to what the caller may see.
        disk: The disk.
        most: How many are told.
        **values: Further parameters of the query.
    """

    def ask(radius_m: float, limit: int) -> tuple[pa.Table, bool]:
        found = home.lake.query(
            query,
            lon=disk.lon,
            lat=disk.lat,
            radius_m=radius_m,
            limit_rows=limit,
            **values,
            **query_params(filters),
        )
        return filter_facts(found, filters), found.num_rows == limit

    masking = filters.masking
    if masking is None:
        return ask(disk.radius_m, MANY if filters.drawn else most + 1)[0].slice(0, most + 1)
    wide_m = disk.radius_m + masking.farthest_m
    table, cut = ask(wide_m, FEW)
    if cut:
        away = table["distance_m"].to_numpy()
        last_m = away[most] + 2 * masking.farthest_m if len(away) > most else wide_m
        if len(away) <= most or last_m >= away[-1]:
            steps = math.ceil(last_m / masking.farthest_m)  # the same radius is asked for again
            table, _ = ask(min(wide_m, steps * masking.farthest_m), MANY)
    shown = masking.show(table["lon"].to_numpy(), table["lat"].to_numpy())
    distances = haversine_m(shown.lon, shown.lat, disk.lon, disk.lat)
    order = np.argsort(distances, kind="stable")
    return table.take(pa.array(order[distances[order] <= disk.radius_m][: most + 1]))

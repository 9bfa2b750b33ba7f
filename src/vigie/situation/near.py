"""Everything around a point and a time: facts, plans, places, means and measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.foresight.plans import PlanRecord, plans_between
from vigie.geo.distance import haversine_m
from vigie.geo.projection import local_projection
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.freshness import until_now
from vigie.situation.home import Home
from vigie.situation.means import LOOK_BACK_US, latest_states, means_json
from vigie.situation.nearest import Disk, nearest_facts
from vigie.situation.places import place_json, select_places
from vigie.situation.plans import holds_plan, plan_json
from vigie.situation.rights import Subject, View

MAX_RADIUS_M = 20_000.0
MAX_EACH = 500
HOUR_US = 3_600 * 1_000_000
MAX_WINDOW_US = 400 * 24 * HOUR_US


def near(
    home: Home, caller: Caller, filters: Filters, *, lon: float, lat: float, radius_m: float
) -> dict[str, Any]:
    """Return what stands, moves, happens and is planned within a radius and a window.

    The window is the filters'; by default the last 24 hours. Plans are those whose occupation
    touches it, means are shown at their latest state before its end, measures are those that begin
    in it. Nearest first, at most 500 of each.

    Raises:
        Forbidden: When the role may not see facts.
        WrongUsage: When the window is longer than 400 days.
    """
    to_us = until_now(home) if filters.to_us is None else filters.to_us
    from_us = to_us - 24 * HOUR_US if filters.from_us is None else filters.from_us
    if not 0 < to_us - from_us <= MAX_WINDOW_US:
        raise WrongUsage(reason="window: at most 400 days", field="from")
    disk = Disk(lon, lat, radius_m)
    window = filters.within(from_us, to_us)
    around = {**window.subject(), "lon": lon, "lat": lat, "radius_m": radius_m}
    seen = home.rights.ask(caller, "facts", subject=around)
    found = {
        "facts": _facts(home, seen, window, disk),
        "plans": _plans(home, home.rights.ask(caller, "plans"), (from_us, to_us), disk),
        "places": _places(home, home.rights.ask(caller, "places"), disk),
        "means": _means(home, caller, (to_us, filters.to_us or now_us(home.clock)), disk, around),
        "measures": _measures(home, home.rights.ask(caller, "measures"), (from_us, to_us), disk),
    }
    return {
        "lon": lon,
        "lat": lat,
        "radius_m": radius_m,
        "from": to_rfc3339(from_us),
        "to": to_rfc3339(to_us),
        **{name: rows[:MAX_EACH] for name, rows in found.items()},
        "withheld": list(seen.withheld),
        "truncated": any(len(rows) > MAX_EACH for rows in found.values()),
    }


def _facts(home: Home, view: View, asked: Filters, disk: Disk) -> list[dict[str, Any]]:
    if not (view.sees("lon") and view.sees("lat")):
        return []  # a distance would tell the place
    filters = view.narrow(asked)
    table = view.rows(nearest_facts(home, "near_facts", filters, disk, MAX_EACH))
    rows: list[dict[str, Any]]
    rows = table.to_pylist() if filters.masking is None else _within(table, disk)
    for row in rows:
        row["earliest_at"] = to_rfc3339(row.pop("earliest_us"))
        row["latest_at"] = to_rfc3339(row.pop("latest_us"))
    return rows


def _within(table: pa.Table, disk: Disk) -> list[dict[str, Any]]:
    """Return the rows within the radius with their distance, nearest first."""
    x = table["lon"].to_numpy(zero_copy_only=False).astype(np.float64)
    y = table["lat"].to_numpy(zero_copy_only=False).astype(np.float64)
    distances = haversine_m(x, y, disk.lon, disk.lat)
    order = np.argsort(distances, kind="stable")
    order = order[distances[order] <= disk.radius_m][: MAX_EACH + 1]
    rows: list[dict[str, Any]] = table.take(pa.array(order)).to_pylist()
    for row, distance in zip(rows, distances[order], strict=True):
        row["distance_m"] = round(float(distance), 2)
    return rows


def _places(home: Home, view: View, disk: Disk) -> list[dict[str, Any]]:
    rows = _within(view.rows(select_places(home)), disk)
    return [{**place_json(row), "distance_m": row["distance_m"]} for row in rows]


def _means(
    home: Home, caller: Caller, until_at: tuple[int, int], disk: Disk, subject: Subject
) -> list[dict[str, Any]]:
    """Return the means around by their states up to an instant, as old as they are at another."""
    to_us, at_us = until_at
    if not home.rights.may(caller, "means"):
        return []
    view = home.rights.ask(caller, "means", subject=subject)
    states = view.rows(latest_states(home, to_us - LOOK_BACK_US, to_us))
    inside = _within(states, disk)
    distances = {row["means_id"]: row.pop("distance_m") for row in inside}
    shown = means_json(home, pa.Table.from_pylist(inside, schema=states.schema), at_us)
    return [{**row, "distance_m": distances[row["means_id"]]} for row in shown]


def _measures(home: Home, view: View, window: tuple[int, int], disk: Disk) -> list[dict[str, Any]]:
    table = home.lake.query(
        "near_measures",
        from_us=window[0],
        to_us=window[1],
        lon=disk.lon,
        lat=disk.lat,
        radius_m=disk.radius_m,
        limit_rows=MAX_EACH + 1 if view.everywhere else 1_000_000,
    )
    rows: list[dict[str, Any]] = view.rows(table).slice(0, MAX_EACH + 1).to_pylist()
    for row in rows:
        row["from_at"] = to_rfc3339(row.pop("from_us"))
        row["to_at"] = to_rfc3339(row.pop("to_us"))
    return rows


def _distances_m(plans: list[PlanRecord], disk: Disk) -> list[float]:
    """Return the distance from a point to each plan's footprint (0 inside), metres."""
    projection = local_projection(disk.lon, disk.lat)
    shapes = np.array([plan.geometry for plan in plans], dtype=object)
    moved = projection.geometries_to_metres(shapes)
    x, y = projection.to_metres(disk.lon, disk.lat)
    return [float(d) for d in shapely.distance(moved, shapely.Point(float(x), float(y)))]


def _plans(home: Home, view: View, window: tuple[int, int], disk: Disk) -> list[dict[str, Any]]:
    found = filter(holds_plan(view), plans_between(home.plans, *window))
    plans = [plan for plan in found if plan.geometry is not None]
    if not plans:
        return []
    near_ones = sorted(
        (
            (distance, plan.plan_id, plan)
            for distance, plan in zip(_distances_m(plans, disk), plans, strict=True)
            if distance <= disk.radius_m
        ),
        key=lambda one: one[:2],
    )
    return [
        {**view.blank(plan_json(plan)), "distance_m": round(distance, 2)}
        for distance, _, plan in near_ones[: MAX_EACH + 1]
    ]

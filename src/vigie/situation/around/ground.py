"""What stands around a situation: plans and closures, cameras that see it, means and their ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import now_us, to_rfc3339
from vigie.foresight.plans import PlanRecord, plans_between
from vigie.geo.distance import haversine_m
from vigie.geo.field_of_view import FULL_TURN, USUAL_RANGE_M, Sector, Sight, sight
from vigie.geo.network import Travel
from vigie.geo.projection import local_projection
from vigie.situation.around.asked import Scene
from vigie.situation.closures import closure_json, filed_closures
from vigie.situation.freshness import STEP_US, until_now
from vigie.situation.home import Home
from vigie.situation.means import AHEAD_US, LOOK_BACK_US, latest_states, means_json
from vigie.situation.places import select_places
from vigie.situation.plans import clash_json, holds_plan, plan_json
from vigie.situation.view import CAMERA, View
from vigie.watch.recording.index import FILE

MOST_MEANS = 20
MOST_CAMERAS = 12
CARRIERS = "means.transport"
"""Public transport goes its way; it is no means that can be sent."""
LEEWAY_M = 1.0
REACH = "reach_m"
"""Column beside the contract's: how far a camera sees, as its register tells it."""
FIXED = ("means.agents", "means.barrier", "means.diversion", "means.first_aid_post")


def plans_around(home: Home, view: View, scene: Scene) -> list[tuple[PlanRecord, float]]:
    """Return the plans whose ground and time touch the situation, nearest first, with distance."""
    seen = holds_plan(view)
    found = [
        plan
        for plan in plans_between(home.plans, scene.from_us, scene.to_us)
        if seen(plan) and plan.geometry is not None and plan.state != "cancelled"
    ]
    if not found:
        return []
    plane = local_projection(round(scene.lon, 2), round(scene.lat, 2))
    moved = plane.geometries_to_metres(np.array([plan.geometry for plan in found], dtype=object))
    x, y = plane.to_metres(scene.lon, scene.lat)
    away = shapely.distance(moved, shapely.Point(float(x), float(y)))
    near = [(plan, float(d)) for plan, d in zip(found, away, strict=True) if d <= scene.radius_m]
    return sorted(near, key=lambda one: (one[1], one[0].plan_id))


def plan_row(view: View, plan: PlanRecord, away_m: float, at_us: int) -> dict[str, Any]:
    """Return a plan of a situation as the interface answers it."""
    told = view.blank(plan_json(plan))
    kept = ("plan_id", "kind", "title", "state", "declared", "closes", "starts_at", "ends_at",
            "lon", "lat", "geometry", "attendance_likely")  # fmt: skip
    return {
        **{name: told[name] for name in kept},
        "occupied_from": to_rfc3339(plan.from_us),
        "occupied_to": to_rfc3339(plan.to_us),
        "under_way": plan.from_us <= at_us < plan.to_us,
        "distance_m": round(away_m, 1),
    }


@dataclass(frozen=True, slots=True)
class Closed:
    """Ground that means go round.

    Attributes:
        shapes: All of it.
        filed: How many of these are streets that validated event files close.
    """

    shapes: list[BaseGeometry] = field(default_factory=list)
    filed: int = 0


def closed_ground(home: Home, view: View, at_us: int, scene: Scene | None = None) -> Closed:
    """Return the ground of the whole city that is closed to traffic at an instant.

    That of plans, and of the streets that validated event files close to emergency services too.

    Args:
        home: The home.
        view: What the caller may see of plans.
        at_us: The instant, epoch µs.
        scene: A situation whose plans are read, too: then they are read once.
    """
    seen = holds_plan(view)
    from_us, to_us = (at_us, at_us) if scene is None else (scene.from_us, scene.to_us)
    planned = [
        plan.geometry
        for plan in plans_between(home.plans, min(from_us, at_us), max(to_us, at_us + 1))
        if plan.from_us <= at_us < plan.to_us
        and seen(plan)
        and plan.geometry is not None
        and plan.closes_traffic
    ]
    filed = [
        one.shape for one, _ in filed_closures(home, view, at_us, at_us + 1) if one.stops_means
    ]
    return Closed(planned + filed, len(filed))


def streets_closed(home: Home, view: View, scene: Scene) -> list[dict[str, Any]]:
    """Return the streets that event files close around a situation, nearest first."""
    found = filed_closures(home, view, scene.from_us, scene.to_us)
    if not found:
        return []
    plane = local_projection(round(scene.lon, 2), round(scene.lat, 2))
    moved = plane.geometries_to_metres(np.array([one.shape for one, _ in found], dtype=object))
    x, y = plane.to_metres(scene.lon, scene.lat)
    away = shapely.distance(moved, shapely.Point(float(x), float(y)))
    told = [
        closure_json(view, one, plan)
        | {"in_force": one.from_us <= scene.at_us < one.to_us, "distance_m": round(float(d), 1)}
        for (one, plan), d in zip(found, away, strict=True)
        if d <= scene.radius_m
    ]
    return sorted(told, key=lambda one: (one["distance_m"], one["closure_id"]))


def clashes_around(home: Home, view: View, scene: Scene, plans: set[str]) -> list[dict[str, Any]]:
    """Return the clashes among the plans of a situation, where the book of clashes holds them.

    A view with limits, or a time outside the book, gets none: the screen then says so.
    """
    if not clashes_known(home, view, scene):
        return []
    told = []
    for clash in home.clashes.clashes():
        finding = clash.finding
        timely = finding.from_us < scene.to_us and finding.to_us > scene.from_us
        if timely and plans.intersection(finding.subjects):
            told.append(clash_json(clash))
    return told


def clashes_known(home: Home, view: View, scene: Scene) -> bool:
    """Whether the book of clashes can answer for a view and a time."""
    first_us, last_us = home.clashes.window()
    return view.everywhere and first_us <= scene.from_us and scene.to_us <= last_us


def _number(attributes: Mapping[str, str], name: str) -> float | None:
    value = attributes.get(name)
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _cameras(home: Home) -> pa.Table:
    """Return the cameras that stand now; read when the places change, and once a minute."""

    def read() -> pa.Table:
        table = select_places(home)
        table = table.filter(pc.starts_with(table["kind"], pattern=CAMERA))
        table = table.filter(pc.and_(pc.is_valid(table["lon"]), pc.is_valid(table["lat"])))
        told = (_number(dict(some or ()), "range_m") for some in table["attributes"].to_pylist())
        reach = [USUAL_RANGE_M if one is None else one for one in told]
        return table.append_column(REACH, pa.array(reach, pa.float64()))

    stamp = (home.lake.version("places"), now_us(home.clock) // 60_000_000)
    return home.kept.of("cameras", stamp, read)


def _in_question(cameras: pa.Table, view: View, scene: Scene) -> pa.Table:
    """Return the cameras that may stand in the radius or see the centre, however they are shown."""
    masked_m = 0.0 if view.masking is None else view.masking.farthest_m
    x, y, reach = (cameras[name].to_numpy() for name in ("lon", "lat", REACH))
    farthest = np.maximum(scene.radius_m, reach + scene.accuracy_m) + masked_m
    away = haversine_m(x, y, scene.lon, scene.lat)
    return cameras.filter(pa.array(away <= farthest + LEEWAY_M))


def cameras_around(home: Home, view: View, scene: Scene, *, numbered: bool) -> list[dict[str, Any]]:
    """Return the cameras that see the centre, then those nearest, each with how surely it sees.

    Walls, trees and hills are not known.

    Args:
        home: The home.
        view: What the caller may see of places.
        scene: Where and when.
        numbered: Whether the numbers of those that record are told.
    """
    cameras = _cameras(home)
    films = numbered and (home.video.index.root / FILE).exists()
    recording = {one.camera_id for one in home.video.cameras()} if films else set()
    pairs = cameras.select(["place_id", "source_ref"]).to_pylist() if recording else []
    numbers = {p["place_id"]: p["source_ref"] for p in pairs if p["source_ref"] in recording}
    table = view.rows(_in_question(cameras, view, scene)).drop_columns([REACH])
    table = table.filter(pc.and_(pc.is_valid(table["lon"]), pc.is_valid(table["lat"])))
    told = []
    for row in table.to_pylist():
        attributes = dict(row["attributes"] or ())
        azimuth, opening, reach = (
            _number(attributes, name) for name in ("azimuth_deg", "opening_deg", "range_m")
        )
        sector = Sector(row["lon"], row["lat"], azimuth, opening, reach)
        away = float(haversine_m(row["lon"], row["lat"], scene.lon, scene.lat))
        found = sight(sector, scene.lon, scene.lat, margin_m=scene.accuracy_m)
        if found is Sight.NO and away > scene.radius_m:
            continue
        told.append(
            {
                "place_id": row["place_id"],
                "number": numbers.get(row["place_id"]),
                "label": row["label"],
                "lon": row["lon"],
                "lat": row["lat"],
                "owner": row["owner"],
                "sight": str(found),
                "distance_m": round(away, 1),
                "azimuth_deg": azimuth,
                "opening_deg": opening,
                "range_m": reach if reach is not None else USUAL_RANGE_M,
                "complete": reach is not None
                and opening is not None
                and (azimuth is not None or opening >= FULL_TURN),
            }
        )
    rank = list(Sight)
    told.sort(key=lambda one: (rank.index(Sight(one["sight"])), one["distance_m"]))
    return told[:MOST_CAMERAS]


def means_around(
    home: Home, view: View, scene: Scene, closed: Closed, *, most: int | None = MOST_MEANS
) -> list[dict[str, Any]]:
    """Return the means that can be sent, soonest there first, with their way and its basis."""
    at = now_us(home.clock)
    live = scene.from_us <= at <= scene.to_us
    until = until_now(home) + AHEAD_US if live else scene.at_us + 1
    since = min(until, scene.at_us + AHEAD_US) - LOOK_BACK_US
    states = latest_states(home, since // STEP_US * STEP_US, until)
    table = view.rows(states)
    keep = pc.invert(pc.starts_with(table["kind"], pattern=CARRIERS))
    keep = pc.and_(keep, pc.invert(pc.is_in(table["kind"], pa.array(FIXED))))
    keep = pc.and_(keep, pc.and_(pc.is_valid(table["lon"]), pc.is_valid(table["lat"])))
    rows = means_json(home, table.filter(keep), at if live else scene.at_us)
    if not rows:
        return []
    ways = home.frame.network.travel(
        (scene.lon, scene.lat),
        [row["lon"] for row in rows],
        [row["lat"] for row in rows],
        closed=closed.shapes,
    )
    told = [means_row(row, ways, n) for n, row in enumerate(rows)]
    told.sort(key=lambda one: (one["travel_s"] is None, one["travel_s"] or 0, one["means_id"]))
    return told[:most]


def means_row(row: dict[str, Any], ways: Travel, n: int) -> dict[str, Any]:
    """Return one means with its way."""
    reached = math.isfinite(ways.seconds[n])
    return {
        **{name: row[name] for name in ("means_id", "unit_ref", "kind", "label", "source", "at",
                                        "lon", "lat", "status", "age_s", "stale")},
        "travel_s": round(float(ways.seconds[n])) if reached else None,
        "way_m": round(float(ways.metres[n])) if reached else None,
        "guessed": round(float(ways.guessed[n]), 2) if reached else None,
        "way": [{"guessed": leg.guessed, "line": leg.line} for leg in ways.ways[n]],
    }  # fmt: skip


def silent_sources(home: Home, view: View, feeding: set[str]) -> list[dict[str, Any]]:
    """Return the feeds that a situation rests on or that are silent, the silent ones first."""
    told = []
    for one in home.intake.health(now_us(home.clock), batches=0):
        if not view.holds(one.source) and view.limits.sources is not None:
            continue
        if one.state == "never" or (one.state != "stale" and one.source not in feeding):
            continue
        told.append(
            {
                "source": one.source,
                "title": dict(one.title),
                "stale": one.state == "stale",
                "age_s": one.age_s,
                "period_s": one.period_s,
                "feeds": one.source in feeding,
            }
        )
    return sorted(told, key=lambda one: (not one["stale"], not one["feeds"], one["source"]))

"""One situation: everything within a radius and a window of an alert, a fact or a point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NotFound
from vigie.desk.alerts import Alert
from vigie.geo.distance import haversine_m
from vigie.geo.network import DETOUR, LINK_KMH
from vigie.judge.linkage import GAP_US, LINKED, REACH_M, SHOWN
from vigie.situation.alerts_read import find, group_heads, seen, told_place
from vigie.situation.around import ground, reports
from vigie.situation.around.asked import (
    CELL_RADIUS_M,
    MOST_ALERTS,
    Scene,
    Wanted,
    check,
    scene_of_alert,
    scene_of_fact,
    scene_of_point,
)
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import View

WITH = ("alerts", "means", "plans", "places", "sources")
METRES_A_DEGREE = 110_500.0
"""Of latitude, at the least."""
TOLD_ASIDE_M = 1_500.0
"""A place may be told as the middle of a large cell: that far from it at most."""
Views = Mapping[str, View]


def read_situation(home: Home, caller: Caller, wanted: Wanted) -> dict[str, Any]:
    """Return a situation.

    Facts of all sources are on one timeline with the links among them; plans, closures, cameras,
    means and alerts around; the sources that are silent. What the caller may not see is left out
    and named in ``left_out``; the whole is one line of the audit.

    Raises:
        Forbidden: When the role may not see facts.
        NotFound: When there is no such alert or fact for the caller.
        WrongUsage: When what is asked has no place, or is too wide.
    """
    check(wanted)
    views, left_out = home.rights.ask_together(caller, "facts", WITH, wanted.subject())
    scene = scene_of(home, views, wanted)
    rows, more = reports.facts_around(home, views["facts"], scene)
    linked = reports.linked(rows, views["facts"])
    told: dict[str, Any] = {
        "about": scene.about,
        "lon": scene.lon,
        "lat": scene.lat,
        "accuracy_m": scene.accuracy_m,
        "radius_m": scene.radius_m,
        "at": to_rfc3339(scene.at_us),
        "from": to_rfc3339(scene.from_us),
        "to": to_rfc3339(scene.to_us),
        "facts": [reports.fact_json(row) for row in rows],
        "truncated": more,
        "links": linked.links,
        "links_found": linked.found,
        "incidents": linked.incidents,
        "linkage": {"reach_m": REACH_M, "gap_s": GAP_US // 1_000_000, "linked": LINKED,
                    "shown": SHOWN, "each": reports.LINKS_EACH},
        "withheld": list(views["facts"].withheld),
        "left_out": list(left_out),
    }  # fmt: skip
    told |= _planned(home, views, scene)
    told["alerts"] = _alerts(home, views, scene)
    told["cameras"] = (
        ground.cameras_around(
            home, views["places"], scene, numbered=home.rights.may(caller, "cameras")
        )
        if "places" in views
        else []
    )
    told |= _means(home, views, scene)
    feeding = reports.sources_of(rows) | {one["source"] for one in told["means"]}
    told["sources"] = (
        ground.silent_sources(home, views["sources"], feeding) if "sources" in views else []
    )
    return told


def scene_of(home: Home, views: Views, wanted: Wanted) -> Scene:
    """Return where and when a situation stands, as it is shown to the caller.

    Raises:
        NotFound: When there is no such alert or fact for the caller.
        WrongUsage: When it has no place.
    """
    kind, _, name = wanted.about.partition(":")
    if kind == "alert":
        if "alerts" not in views:
            raise NotFound(what="alert", name=name[:60])
        alert = find(home, views["alerts"], name)
        return scene_of_alert(wanted, alert, told_place(views["alerts"], alert))
    if kind == "fact":
        view = views.get("facts")
        row = None if view is None else reports.fact_row(home, view, name)
        if view is None or row is None:
            raise NotFound(what="fact", name=name[:60])
        masking = view.masking
        masked_m = 0.0 if masking is None else masking.farthest_m
        return scene_of_fact(wanted, row, masked_m=masked_m)
    return scene_of_point(home, wanted)


def _planned(home: Home, views: Views, scene: Scene) -> dict[str, Any]:
    view = views.get("plans")
    if view is None:
        return {
            "plans": [],
            "clashes": [],
            "clashes_known": False,
            "closures": [],
            "streets_closed": [],
        }
    found = ground.plans_around(home, view, scene)
    rows = [ground.plan_row(view, plan, away, scene.at_us) for plan, away in found]
    closing = {plan.plan_id for plan, _ in found if plan.closes_traffic}
    return {
        "plans": rows,
        "clashes": ground.clashes_around(home, view, scene, {row["plan_id"] for row in rows}),
        "clashes_known": ground.clashes_known(home, view, scene),
        "closures": [one["plan_id"] for one in rows if one["plan_id"] in closing],
        "streets_closed": ground.streets_closed(home, view, scene),
    }


def _means(home: Home, views: Views, scene: Scene) -> dict[str, Any]:
    view = views.get("means")
    plans = views.get("plans")
    closed = (
        ground.Closed() if plans is None else ground.closed_ground(home, plans, scene.at_us, scene)
    )
    basis = travel_basis(home, closed)
    if view is None:
        return {"means": [], "travel": basis}
    return {"means": ground.means_around(home, view, scene, closed), "travel": basis}


def travel_basis(home: Home, closed: ground.Closed) -> dict[str, Any]:
    """Return what travel times rest on."""
    return {
        "network_km": round(home.frame.network.street_m / 1_000, 1),
        "detour": DETOUR,
        "link_kmh": LINK_KMH,
        "closed": len(closed.shapes),
        "closed_filed": closed.filed,
        "siren": False,
    }


def _alerts(home: Home, views: Views, scene: Scene) -> list[dict[str, Any]]:
    """Return the alerts about the ground and the time of a situation, the gravest first.

    Each names the storm it belongs to among them, so that one line can stand for all of it.
    """
    view = views.get("alerts")
    if view is None:
        return []
    reach_m = scene.radius_m + CELL_RADIUS_M / 2
    near: list[tuple[float, Alert]] = []
    for alert in home.desk.alerts.around(
        (scene.from_us, scene.to_us),
        _box(scene, reach_m + TOLD_ASIDE_M),
        limit=MOST_ALERTS,
        without=BULK_READ,
    ):
        lon, lat = told_place(view, alert)
        if lon is None or lat is None or not seen(view, alert):
            continue
        away = float(haversine_m(lon, lat, scene.lon, scene.lat))
        if away <= reach_m:
            near.append((away, alert))
    heads = group_heads([alert for _, alert in near])
    told = [
        {
            "alert_id": alert.alert_id,
            "rule": alert.rule,
            "severity": alert.severity,
            "state": alert.state,
            "at": to_rfc3339(alert.at_us),
            "explanation": dict(alert.explanation),
            "distance_m": round(away, 1),
            "group": heads[alert.alert_id][0],
            "group_size": heads[alert.alert_id][1],
        }
        for away, alert in near
    ]
    return sorted(told, key=lambda one: (-one["severity"], one["distance_m"], one["alert_id"]))


def _box(scene: Scene, reach_m: float) -> tuple[float, float, float, float]:
    """Return the box that holds everything within a reach of a scene's centre."""
    high = reach_m / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(scene.lat)), 0.01)
    return (scene.lon - wide, scene.lat - high, scene.lon + wide, scene.lat + high)

"""After an event: what was planned, what was to be expected and what happened, side by side.

Facts are counted as they are shown (``view.masking``), around the plan's own footprint and not
around a perimeter that somebody draws: outlines drawn at will would give back what masking hides.
Counts below the view's least count are withheld with what would give them away
(``foresight.dossier.after``). Facts that are no evidence are left out as everywhere
(``foresight.forecasting.evidence``): what patrols and cameras found says where they were.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.analyse.running import Selection, select_facts
from vigie.base.clock import now_us, to_rfc3339
from vigie.foresight.clashes import clashes_between
from vigie.foresight.dossier.after import (
    AROUND_US,
    CONTROL_WEEKS,
    LEVEL,
    RINGS_M,
    WEEK_US,
    Counted,
    Seen,
    control_shifts,
    count_around,
    distances_m,
    engaged,
    seen_presence,
)
from vigie.foresight.forecasting.evidence import evidence
from vigie.foresight.plans import PlanRecord, plans_between
from vigie.geo.distance import grow_box
from vigie.geo.projection import local_projection
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import clash_json, holds_plan
from vigie.situation.rights import View
from vigie.situation.tomorrow.event_files import Opened, open_file
from vigie.situation.tomorrow.foreseen import foreseen_and_happened

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PRESENCE = "presence.total"
PRESENCE_M = 600.0
"""Places that measure presence count up to this distance from the footprint."""
BUSY_PEOPLE = 3_000.0
BUSY_M = 2_000.0
"""A week in which another event of that size stood as near is no control."""
_COLUMNS = ("lon", "lat", "earliest_us", "latest_us", "kind", "discovered_by")


def after_action(home: Home, caller: Caller, plan_id: str) -> dict[str, Any]:
    """Return the after-action of an event; before its end only what is planned.

    Raises:
        Forbidden: When the role may not see event files or count facts.
        NotFound: When there is no such plan.
    """
    opened = open_file(home, caller, plan_id)
    subject = {"plan": opened.plan.plan_id, "question": "after_action"}
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject=subject)
    return look_back(home, caller, opened, view)


def is_over(home: Home, plan: PlanRecord) -> bool:
    """Say whether the hours that are counted of an event have passed."""
    return plan.ends_us + AROUND_US <= now_us(home.clock)


def look_back(home: Home, caller: Caller, opened: Opened, view: View) -> dict[str, Any]:
    """Return the after-action of an opened file, counted within a view of ``figures``."""
    plan, content = opened.plan, opened.content
    over = is_over(home, plan)
    low, likely, high = plan.attendance
    shifts = _controls(home, plan) if over else []
    facts = _facts(home, view, plan, shifts) if over else []
    seen = _presence(home, caller, plan, shifts) if over else None
    return {
        "plan_id": plan.plan_id,
        "version": opened.number,
        "state": opened.state,
        "over": over,
        "attendance": {
            "planned": {"low": low, "likely": likely, "high": high},
            "entered": content.after.attendance,
            "entered_source": content.after.attendance_source or None,
            "seen": None if seen is None else _seen_json(seen),
        },
        "facts": [_cell_json(one) for one in facts],
        "facts_level": LEVEL,
        "facts_least": view.least,
        "foreseen": foreseen_and_happened(home, view, plan) if over else None,
        "controls": [to_rfc3339(plan.starts_us + shift) for shift in shifts],
        "means": asdict(engaged(content)),
        "after": content.after.model_dump(mode="json"),
        "figures": [one.model_dump(mode="json") for one in content.figures],
        "clashes": _clashes(home, caller, opened),
    }


def _cell_json(cell: Counted) -> dict[str, Any]:
    return {
        "ring_from_m": cell.ring_m[0],
        "ring_to_m": cell.ring_m[1],
        "phase": cell.phase,
        "from": to_rfc3339(cell.from_us),
        "to": to_rfc3339(cell.to_us),
        "happened": cell.happened,
        "expected": cell.expected,
        "low": cell.low,
        "high": cell.high,
        "controls": cell.controls,
        "beyond": cell.beyond,
    }


def _seen_json(seen: Seen) -> dict[str, Any]:
    return {name: round(value) for name, value in asdict(seen).items()}


def _controls(home: Home, plan: PlanRecord) -> list[int]:
    """Return the shifts of the event's control weeks: none with another large event near."""
    footprint = plan.geometry
    if footprint is None:
        return []
    reach = 2 * CONTROL_WEEKS * WEEK_US + AROUND_US
    first, last = plan.starts_us - reach, plan.ends_us + reach
    plane = local_projection(round(footprint.centroid.x, 1), round(footprint.centroid.y, 1))
    busy = []
    for other in plans_between(home.plans, first, last):
        likely = other.attendance[1] or 0.0
        away = other.plan_id == plan.plan_id or other.state == "cancelled"
        if away or likely < BUSY_PEOPLE or other.geometry is None:
            continue
        point = other.geometry.representative_point()
        apart = distances_m(footprint, np.array([point.x]), np.array([point.y]), plane)
        if apart[0] <= BUSY_M:
            busy.append((other.starts_us - AROUND_US, other.ends_us + AROUND_US))
    known = (0, now_us(home.clock))
    oldest = home.lake.extent("facts")
    return control_shifts(
        plan.starts_us, plan.ends_us, busy, known if oldest is None else (oldest[0], known[1])
    )


def _facts(home: Home, view: View, plan: PlanRecord, shifts: list[int]) -> list[Counted]:
    if plan.geometry is None:
        return []
    start = plan.starts_us - AROUND_US + min([0, *shifts])
    end = plan.ends_us + AROUND_US + max([0, *shifts])
    selection = view.select(Selection(start, end))
    table = select_facts(home.lake, selection, _COLUMNS, home.frame.zonings)
    table = _near(evidence(table)[0], plan, view)
    lon, lat = (_floats(table, name) for name in ("lon", "lat"))
    if view.masking is not None and len(lon):
        shown = view.masking.show(lon, lat)
        lon, lat = shown.lon, shown.lat
    at = plan.geometry.centroid
    plane = local_projection(round(at.x, 1), round(at.y, 1))
    earliest, latest = (
        np.asarray(table[name].to_numpy(), np.int64) for name in ("earliest_us", "latest_us")
    )
    return count_around(
        distances_m(plan.geometry, lon, lat, plane),
        earliest + (latest - earliest) // 2,
        event=(plan.starts_us, plan.ends_us),
        shifts=shifts,
        least=view.least,
    )


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)


def _near(table: pa.Table, plan: PlanRecord, view: View) -> pa.Table:
    """Return the rows that may be shown within the rings: a box around them is enough."""
    margin = RINGS_M[-1] + (0.0 if view.masking is None else view.masking.farthest_m)
    west, south, east, north = grow_box(shapely.bounds(plan.geometry).tolist(), margin)
    lon, lat = (_floats(table, name) for name in ("lon", "lat"))
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return table.filter(pa.array(inside))


def _presence(home: Home, caller: Caller, plan: PlanRecord, shifts: list[int]) -> Seen | None:
    """Return the people measured near the footprint, where measures of presence exist."""
    if plan.geometry is None:
        return None
    view = home.rights.ask(caller, "measures", subject={"plan": plan.plan_id})
    columns = ["metric", "place_id", "from_us", "value", "lon", "lat", "source", "quality"]
    tables = []
    for shift in [0, *shifts]:
        start, end = plan.starts_us + shift, plan.ends_us + shift
        tables.append(
            home.lake.scan("measures", from_us=start - AROUND_US, to_us=end, columns=columns)
        )
    table = view.keep(pa.concat_tables(tables))
    good = pc.fill_null(pc.not_equal(table["quality"], "bad"), True)
    table = table.filter(pc.and_(pc.equal(table["metric"], PRESENCE), good))
    if not table.num_rows:
        return None
    at = plan.geometry.centroid
    plane = local_projection(round(at.x, 1), round(at.y, 1))
    lon, lat = (_floats(table, name) for name in ("lon", "lat"))
    near = distances_m(plan.geometry, lon, lat, plane) <= PRESENCE_M
    table = table.filter(pa.array(near))
    return seen_presence(
        np.asarray(table["from_us"].to_numpy(), np.int64),
        _floats(table, "value"),
        np.unique(table["place_id"].to_pylist(), return_inverse=True)[1].astype(np.int64),
        event=(plan.starts_us, plan.ends_us),
        shifts=shifts,
    )


def _clashes(home: Home, caller: Caller, opened: Opened) -> list[dict[str, Any]]:
    plan = opened.plan
    seen = home.rights.ask(caller, "plans", subject={"plan": plan.plan_id})
    found = clashes_between(
        home.plans,
        home.rules,
        plan.from_us,
        plan.to_us,
        now_us=min(now_us(home.clock), plan.from_us),
        seen=holds_plan(seen),
        ground=home.clashes.ground(),
    )
    return [clash_json(one) for one in found if plan.plan_id in one.finding.subjects]

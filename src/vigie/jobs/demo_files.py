"""The event files of the demonstration: a past match's, and the next one's taken from it.

The content is invented (``demo_file.toml``); it goes through the same use cases as everybody's.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import from_us, now_us
from vigie.foresight.dossier.after import engaged
from vigie.foresight.dossier.model import Content, State
from vigie.foresight.dossier.starting import first_content
from vigie.foresight.plans import PlanRecord, plans_between
from vigie.geo.projection import Projection, local_projection
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.event_writing import reuse, save_file

PLANNER: Final = Caller("planner", "planner", purpose="event_planning")
MATCH: Final = "event.sport.match"
DAY_US: Final = 86_400_000_000
WEEK_US: Final = 7 * DAY_US
"""An after-action is closed a week later: the late facts have come by then."""
BACK_US, AHEAD_US = 60 * DAY_US, 30 * DAY_US


def make_demo_files(home: Home) -> list[str]:
    """Write the files of a past and the next match; returns their plans, none without matches."""
    at = now_us(home.clock)
    matches = [
        plan
        for plan in plans_between(home.plans, at - BACK_US, at + AHEAD_US)
        if plan.kind == MATCH and plan.state != "cancelled" and plan.geometry is not None
    ]
    past = [plan for plan in matches if plan.ends_us < at - DAY_US // 4]
    ahead = [plan for plan in matches if plan.starts_us > at]
    if not past or not ahead or home.desk.event_files.list_all():
        return []
    settled = [plan for plan in past if plan.ends_us < at - WEEK_US]
    last, coming = (settled or past)[-1], ahead[0]
    _close(home, last)
    taken = reuse(home, PLANNER, coming.plan_id, from_plan=last.plan_id, from_version=4, after=0)
    content = Content.model_validate(taken["content"])
    first = first_content(coming)
    aid = content.first_aid.model_copy(
        update={name: getattr(first.first_aid, name) for name in ("level", "responders", "risk")}
    )
    content = content.model_copy(update={"first_aid": aid})
    _save(home, coming, content, State.UNDER_REVIEW, after=1, why="Envoyé en relecture")
    return [last.plan_id, coming.plan_id]


def _close(home: Home, plan: PlanRecord) -> None:
    """Write the file of a past match as its planner would have, version by version."""
    content = sample_content(home, plan)
    planned = content.planned
    _save(home, plan, planned, State.DRAFT, after=0, why="Première version")
    _save(home, plan, planned, State.UNDER_REVIEW, after=1, why="Envoyé en relecture")
    _save(home, plan, planned, State.VALIDATED, after=2, why="Validé en réunion de sécurité")
    _save(home, plan, content, State.VALIDATED, after=3, why="Retour d'expérience")
    _save(home, plan, content, State.CLOSED, after=4, why="Clos")


def _save(home: Home, plan: PlanRecord, content: Content, state: State, **told: Any) -> None:
    save_file(home, PLANNER, plan.plan_id, content=content, state=state, **told)


class _Setting:
    """From the sample's metres and minutes to a plan's degrees and instants."""

    def __init__(self, plan: PlanRecord, streets: Mapping[str, BaseGeometry]) -> None:
        if plan.geometry is None:
            msg = "a plan without a place"
            raise ValueError(msg)
        middle = plan.geometry.centroid
        self.lon, self.lat = middle.x, middle.y
        self.plane: Projection = local_projection(round(middle.x, 2), round(middle.y, 2))
        self.start, self.end = from_us(plan.starts_us), from_us(plan.ends_us)
        self._streets = streets

    def instant(self, told: int | str) -> datetime:
        """Return the instant that a text like ``end+60`` or a number of minutes tells."""
        if isinstance(told, str):
            return self.end + timedelta(minutes=int(told.removeprefix("end")))
        return self.start + timedelta(minutes=told)

    def points(self, metres: list[list[float]]) -> list[list[float]]:
        """Return points in degrees."""
        x0, y0 = self.plane.to_metres(self.lon, self.lat)
        xy = np.asarray(metres, dtype=np.float64)
        lon, lat = self.plane.to_degrees(xy[:, 0] + float(x0), xy[:, 1] + float(y0))
        return [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]

    def street(self, name: str, reach_m: float) -> dict[str, Any] | None:
        """Return the piece of a street within reach of the venue."""
        line = self._streets.get(name)
        if line is None:
            return None
        disk = self.plane.buffer(shapely.Point(self.lon, self.lat), reach_m)
        parts = [
            part
            for part in shapely.get_parts(shapely.intersection(line, disk))
            if part.geom_type == "LineString"
        ]
        if not parts:
            return None
        longest = max(parts, key=lambda part: part.length)
        return {"type": "LineString", "coordinates": shapely.get_coordinates(longest).tolist()}


def _timed(item: Mapping[str, Any], setting: _Setting) -> dict[str, Any]:
    found = dict(item)
    for short, name in (("from", "from_at"), ("to", "to_at"), ("at", "at")):
        if short in found and not isinstance(found[short], list):
            found[name] = setting.instant(found.pop(short) if short != name else found[short])
    if isinstance(found.get("at"), list):
        place = setting.points([found.pop("at")])[0]
        found["place"] = {"type": "Point", "coordinates": place}
    if "line" in found:
        line = {"type": "LineString", "coordinates": setting.points(found["line"])}
        found["line"] = line
    if "reach" in found:
        found["line"] = setting.street(found["street"], found.pop("reach"))
    return found


def sample_content(home: Home, plan: PlanRecord) -> Content:
    """Return the sample's content at the place and hours of a plan."""
    text = files("vigie.jobs").joinpath("demo_file.toml").read_text("utf-8")
    told = tomllib.loads(text)
    setting = _Setting(plan, _streets(home))
    start = first_content(plan)
    lists = ("posts", "shifts", "barriers", "closures", "diversions", "messages")
    value: dict[str, Any] = {name: [_timed(one, setting) for one in told[name]] for name in lists}
    value |= {name: told[name] for name in ("summary", "contacts", "documents", "checklist")}
    value["reflex_cards"] = [
        {**card, "steps": [{"action": a, "function": f} for a, f in card["steps"]]}
        for card in told["reflex_cards"]
    ]
    value["perimeter"] = {"type": "Polygon", "coordinates": [setting.points(told["perimeter"])]}
    value["first_aid"] = {**start.first_aid.model_dump(), **told["first_aid"]}
    value["figures"] = [one.model_dump() for one in start.figures]
    content = Content.model_validate(value)
    after = {
        "lessons": told["after"]["lessons"],
        "timeline": [_timed(one, setting) for one in told["after"]["timeline"]],
        "used": [_used(one, content) for one in told["after"]["used"]],
    }
    return Content.model_validate({**content.model_dump(), "after": after})


def _used(item: Mapping[str, Any], content: Content) -> dict[str, Any]:
    means = engaged(content)
    planned = {
        "agents": sum(means.headcount.values()),
        "barriers": sum(means.barriers.values()),
        "first_aid": means.responders,
    }[item["of"]]
    told = {name: item[name] for name in ("id", "what")}
    return {**told, "planned": planned, "used": round(planned * item["share"])}


def _streets(home: Home) -> dict[str, BaseGeometry]:
    if "streets" not in home.frame.layers:
        return {}
    features = json.loads(home.frame.layer("streets"))["features"]
    return {
        str(one["properties"].get("name")): shapely.geometry.shape(one["geometry"])
        for one in features
    }

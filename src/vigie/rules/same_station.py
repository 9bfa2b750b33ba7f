"""Two crowds leave by the same station within an hour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import DayView, Finding, PlaceView, PlanView, Rule, Wanted
from vigie.judge.wording import HOUR_US

MIN_CROWD = 2_000.0
BIG_CROWD = 20_000.0
WITHIN_M = 800.0
MEETING_M = 800.0
"""Crowds closer than this are ``crowds_meeting`` when both are large."""
MEETING_CROWD = 3_000.0


def judge(day: DayView) -> list[Finding]:
    """Find two crowds of 2,000 or more, nearest to one station (800 m), leaving within an hour.

    The day is that of the later end.
    """
    return list(_found(day))


def _found(day: DayView) -> Iterator[Finding]:
    leaving: dict[str, tuple[PlaceView, list[PlanView]]] = {}
    for plan in day.plans:
        station = _station(plan, day)
        if station is not None:
            leaving.setdefault(station.place_id, (station, []))[1].append(plan)
    for station, plans in leaving.values():
        for left, right in combinations(plans, 2):
            from_us, to_us = sorted((left.ends_us, right.ends_us))
            if to_us - from_us >= HOUR_US or not day.from_us <= to_us < day.to_us:
                continue
            near = left.geometry.distance(right.geometry) <= MEETING_M
            if near and min(left.likely, right.likely) >= MEETING_CROWD:
                continue
            total = left.high + right.high
            minutes = (to_us - from_us) // 60_000_000
            yield Finding(
                severity=4 if total >= BIG_CROWD else 3,
                explanation={
                    "fr": f"« {left.title} » et « {right.title} » envoient {number(total)}"
                    f" personnes vers la station « {station.label} » à {minutes} min d'écart.",
                    "en": f'"{left.title}" and "{right.title}" send {number(total, "en")} people'
                    f' to the station "{station.label}" {minutes} min apart.',
                },
                from_us=from_us,
                to_us=to_us + HOUR_US,
                subjects=(left.plan_id, right.plan_id),
                numbers={"people": total, "minutes": minutes, "station": station.place_id},
                geometry=station.geometry,
            )


def _station(plan: PlanView, day: DayView) -> PlaceView | None:
    near = [(plan.geometry.distance(p.geometry), p.place_id, p) for p in day.places]
    apart_m, _, station = min(near, key=lambda one: one[:2], default=(float("inf"), "", None))
    return station if apart_m <= WITHIN_M else None


RULE = Rule(
    name="same_station",
    kind="clash_day",
    title={"fr": "Deux foules pour une station", "en": "Two crowds for one station"},
    why={
        "fr": "Les quais et les escaliers ont une capacité, et l'exploitant doit prévoir des rames."
        " La règle prend la station la plus proche à vol d'oiseau, et ne sait pas combien la"
        " prennent.",
        "en": "Platforms and stairs have a capacity and the operator must plan trains. The rule"
        " takes the nearest station as the crow flies and does not know how many use it.",
    },
    judge=judge,
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    places=("place.station.metro", "place.station.rail"),
)

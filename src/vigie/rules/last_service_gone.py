"""A crowd leaves after the last metro or train from the nearest station."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlaceView, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import HOUR_US, duration

MIN_CROWD = 2_000.0
WITHIN_M = 800.0
LEAVING_H = 0.5
DAWN_H = 5.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find an event whose crowd reaches the nearest station after its ``last_departure``.

    Half an hour is given to leave and walk. A departure before five in the morning belongs to the
    evening before. Stations that do not tell it are not judged.
    """
    known = [(plan.geometry.distance(p.geometry), p) for p in around.places if _last_h(p)]
    if not known:
        return []
    apart_m, station = min(known, key=lambda one: (one[0], one[1].place_id))
    last_h = _last_h(station) or 0.0
    late_us = round((plan.end_h + LEAVING_H - last_h) * HOUR_US)
    if late_us <= 0:
        return []
    clock = station.attributes["last_departure"]
    return [
        Finding(
            severity=3,
            explanation={
                "fr": f"« {plan.title} » finit trop tard pour le dernier départ de"
                f" « {station.label} » ({clock}) : {number(plan.high)} personnes y arrivent"
                f" {duration(late_us)} après.",
                "en": f'"{plan.title}" ends too late for the last departure from'
                f' "{station.label}" ({clock}): {number(plan.high, "en")} people reach it'
                f" {duration(late_us, 'en')} after.",
            },
            from_us=plan.ends_us,
            to_us=plan.ends_us + HOUR_US,
            subjects=(plan.plan_id,),
            numbers={
                "people": plan.high,
                "late_min": late_us // 60_000_000,
                "apart_m": round(apart_m, 1),
                "station": station.place_id,
            },
            geometry=station.geometry,
        )
    ]


def _last_h(place: PlaceView) -> float | None:
    hours, _, minutes = place.attributes.get("last_departure", "").partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes[:2].isdigit()):
        return None
    at = int(hours) + int(minutes[:2]) / 60.0
    return at + 24.0 if at < DAWN_H else at


RULE = Rule(
    name="last_service_gone",
    kind="clash_place",
    title={"fr": "Dernier départ manqué", "en": "Last departure missed"},
    why={
        "fr": "Des milliers de personnes sans transport de nuit restent en ville ou reprennent la"
        " voiture. Le dernier départ est celui inscrit pour la station (``last_departure``).",
        "en": "Thousands without night transport stay in town or take the car. The last departure"
        " is the one entered for the station (``last_departure``).",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    places=("place.station.metro", "place.station.rail"),
)

"""A loud event goes on at night near a hospital."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.kinds import LOUD
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import HOUR_US, duration

MIN_CROWD = 300.0
WITHIN_M = 300.0
NIGHT_FROM_H, NIGHT_TO_H = 22.0, 31.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a loud event outdoors within 300 m of a hospital, between 22:00 and 7:00."""
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    from_h, to_h = max(plan.start_h, NIGHT_FROM_H), min(plan.end_h, NIGHT_TO_H)
    if from_h >= to_h or not plan.outdoors:
        return
    from_us = plan.starts_us + round((from_h - plan.start_h) * HOUR_US)
    to_us = from_us + round((to_h - from_h) * HOUR_US)
    for place in around.places:
        apart_m = plan.geometry.distance(place.geometry)
        yield Finding(
            severity=4 if place.kind == "place.hospital.emergency" else 3,
            explanation={
                "fr": f"« {plan.title} », {number(plan.high)} personnes, est à"
                f" {number(apart_m)} m de « {place.label} » pendant {duration(to_us - from_us)}"
                " de nuit.",
                "en": f'"{plan.title}", {number(plan.high, "en")} people, is'
                f' {number(apart_m, "en")} m from "{place.label}" for'
                f" {duration(to_us - from_us, 'en')} of the night.",
            },
            from_us=from_us,
            to_us=to_us,
            subjects=(plan.plan_id,),
            numbers={"apart_m": round(apart_m, 1), "people": plan.high, "place": place.place_id},
            geometry=place.geometry,
            identity=(plan.plan_id, place.place_id),
        )


RULE = Rule(
    name="noise_near_hospital",
    kind="clash_place",
    title={"fr": "Bruit de nuit près d'un hôpital", "en": "Noise at night near a hospital"},
    why={
        "fr": "Le bruit de nuit atteint les malades et couvre les signaux du service. La règle ne"
        " mesure aucun bruit : elle ne connaît que la distance, l'heure et la sorte d'événement.",
        "en": "Noise at night reaches patients and covers the signals of the ward. The rule"
        " measures no noise: it knows distance, hour and kind alone.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    reference="Code de la santé publique, art. R1336-4 à R1336-10",
    first=Wanted(kinds=LOUD, crowd=MIN_CROWD),
    places=("place.hospital",),
)

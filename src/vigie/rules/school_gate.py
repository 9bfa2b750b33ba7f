"""A street is closed, or lorries set up, before a school when pupils come and go."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import HOUR_US, listed

WITHIN_M = 60.0
HOURS = ((8.0, 8.75), (11.25, 12.0), (13.25, 13.75), (16.25, 17.0))
SCHOOL_DAYS = frozenset({0, 1, 3, 4})
LONGEST_H = 36.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a closure or a set-up within 60 m of a school, at the hours of its gate.

    Monday, Tuesday, Thursday, Friday, no public holiday. What lasts more than a day and a half
    (works of weeks) is known to the school and is not judged. One finding for all its schools.
    """
    if plan.day is None or plan.day.weekday() not in SCHOOL_DAYS or plan.holiday:
        return []
    if (plan.to_us - plan.from_us) / HOUR_US > LONGEST_H:
        return []
    until_h = plan.end_h if plan.blocks else plan.start_h
    met = [(a, b) for a, b in HOURS if plan.setup_h < b and until_h > a]
    if not met:
        return []
    from_us = plan.starts_us + round((met[0][0] - plan.start_h) * HOUR_US)
    to_us = plan.starts_us + round((met[-1][1] - plan.start_h) * HOUR_US)
    names = [place.label for place in around.places]
    fr = "ferme la voie" if plan.blocks else "s'installe"
    en = "closes the street" if plan.blocks else "sets up"
    return [
        Finding(
            severity=3,
            explanation={
                "fr": f"« {plan.title} » {fr} à moins de {number(WITHIN_M)} m d'une école"
                f" ({listed(names)}) à"
                f" {number(len(met))} heure{'s' if len(met) > 1 else ''} d'entrée ou de sortie.",
                "en": f'"{plan.title}" {en} within {number(WITHIN_M, "en")} m of'
                f" {listed(names, 'en')} at {number(len(met), 'en')} of the hours when pupils come"
                " or go.",
            },
            from_us=max(from_us, plan.from_us),
            to_us=max(from_us, plan.from_us) + max(1, to_us - max(from_us, plan.from_us)),
            subjects=(plan.plan_id,),
            numbers={"schools": len(names), "gate_hours": len(met)},
            geometry=plan.ground.intersection(_gates(around)),
        )
    ]


def _gates(around: Surroundings) -> BaseGeometry:
    area: BaseGeometry = around.places[0].geometry.buffer(WITHIN_M + 10.0)
    for place in around.places[1:]:
        area = area.union(place.geometry.buffer(WITHIN_M + 10.0))
    return area


RULE = Rule(
    name="school_gate",
    kind="clash_place",
    title={"fr": "Sortie d'école gênée", "en": "School gate hindered"},
    why={
        "fr": "Enfants et camions se croisent sur la chaussée. La règle prend des heures usuelles"
        " et ne connaît pas les vacances scolaires.",
        "en": "Children and lorries cross in the road. The rule takes usual hours and does not know"
        " school holidays.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(apart_from=(*GROUNDLESS, "event.demonstration", "event.gathering")),
    places=("place.school",),
)

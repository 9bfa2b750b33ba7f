"""A fire hydrant stands inside the footprint of an event or works."""

from __future__ import annotations

import shapely

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration, listed

FREE_M = 1.5
STRUCTURES = ("event.culture.festival", "event.film", "event.market.christmas", "event.works")
"""Kinds that put fences, stages, chalets or lorries on their ground."""


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find the hydrants within 1.5 m of an area that structures occupy; one finding for them all.

    An open market leaves them free, and a line (route, closure) covers nothing.
    """
    covered = [p for p in around.places if plan.geometry.distance(p.geometry) <= FREE_M]
    if plan.geometry.area <= 0 or not covered:
        return []
    names = [place.label for place in covered]
    length = plan.to_us - plan.from_us
    return [
        Finding(
            severity=3,
            explanation={
                "fr": f"« {plan.title} » englobe {_points(len(covered))}"
                f" ({listed(names)}) pendant {duration(length)}.",
                "en": f'"{plan.title}" encloses {_hydrants(len(covered))}'
                f" ({listed(names, 'en')}) for {duration(length, 'en')}.",
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"hydrants": len(covered)},
            geometry=shapely.union_all([place.geometry for place in covered]),
        )
    ]


def _points(count: int) -> str:
    return f"{number(count)} point{'s' if count > 1 else ''} d'eau incendie"


def _hydrants(count: int) -> str:
    return f"{number(count, 'en')} fire hydrant{'s' if count > 1 else ''}"


RULE = Rule(
    name="hydrant_covered",
    kind="clash_place",
    title={"fr": "Poteau d'incendie englobé", "en": "Fire hydrant enclosed"},
    why={
        "fr": "Un poteau d'incendie doit rester visible et dégagé, stands et barrières compris. La"
        " règle prend l'emprise entière pour occupée.",
        "en": "A hydrant must stay in sight and clear of stands and barriers. The rule takes the"
        " whole footprint as occupied.",
    },
    judge=judge,
    reach_m=FREE_M,
    reference="Référentiel national de la DECI, arrêté du 15 décembre 2015",
    first=Wanted(kinds=STRUCTURES),
    places=("place.hydrant",),
)

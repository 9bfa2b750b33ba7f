"""An evacuation route runs through works or the footprint of an event."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration

MIN_CUT_M = 3.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a footprint that takes 3 m or more of an evacuation route's length."""
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    for place in around.places:
        cut = place.geometry.intersection(plan.ground)
        if cut.length < MIN_CUT_M:
            continue
        works = plan.within(*WORKS)
        length = plan.to_us - plan.from_us
        yield Finding(
            severity=5 if works else 4,
            explanation={
                "fr": f"L'itinéraire d'évacuation « {place.label} » passe par"
                f" {number(cut.length)} m de « {plan.title} » pendant {duration(length)}.",
                "en": f'The evacuation route "{place.label}" passes through'
                f' {number(cut.length, "en")} m of "{plan.title}" for {duration(length, "en")}.',
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"cut_m": round(cut.length, 1), "place": place.place_id, "works": works},
            geometry=cut,
            identity=(plan.plan_id, place.place_id),
        )


RULE = Rule(
    name="evacuation_blocked",
    kind="clash_place",
    title={"fr": "Itinéraire d'évacuation occupé", "en": "Evacuation route occupied"},
    why={
        "fr": "Un itinéraire d'évacuation n'est utile que libre sur toute sa longueur. La règle ne"
        " connaît que ceux de la table des lieux, et non la largeur qui reste.",
        "en": "An evacuation route is of use only if free over its whole length. The rule knows"
        " only those of the table of places, and not the width that is left.",
    },
    judge=judge,
    reach_m=5.0,
    reference="Guide des bonnes pratiques de sécurisation d'un événement de voie publique (2018)",
    first=Wanted(apart_from=(*GROUNDLESS, "event.decree")),
    places=("place.evacuation_route",),
)

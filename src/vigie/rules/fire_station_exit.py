"""The street before a fire station is closed or full of people."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration

WITHIN_M = 60.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a closure that lets nothing through within 60 m of a fire station."""
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    for place in around.places:
        apart_m = plan.geometry.distance(place.geometry)
        yield Finding(
            severity=5,
            explanation={
                "fr": f"« {plan.title} » ferme la voie à {number(apart_m)} m de « {place.label} »"
                f" pendant {duration(plan.to_us - plan.from_us)}.",
                "en": f'"{plan.title}" closes the street {number(apart_m, "en")} m from'
                f' "{place.label}" for {duration(plan.to_us - plan.from_us, "en")}.',
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"apart_m": round(apart_m, 1), "place": place.place_id},
            geometry=plan.ground.intersection(place.geometry.buffer(WITHIN_M + 10.0)),
            identity=(plan.plan_id, place.place_id),
        )


RULE = Rule(
    name="fire_station_exit",
    kind="clash_place",
    title={"fr": "Sortie de caserne fermée", "en": "Fire station exit closed"},
    why={
        "fr": "Les engins partent en une minute et par une seule rue. La règle ne sait pas de quel"
        " côté ils sortent.",
        "en": "Engines leave within a minute and by one street. The rule does not know on which"
        " side they leave.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(apart_from=("event.transport", "environment"), blocks=True),
    places=("place.fire_station",),
)

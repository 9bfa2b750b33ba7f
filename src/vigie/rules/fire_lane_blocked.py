"""A lane kept for fire engines is occupied."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration

LANE_HALF_M = 1.5
MIN_BLOCKED_M2 = 3.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a footprint that takes 3 m2 or more of a fire lane three metres wide.

    Orders that forbid parking clear the lane, and are not judged.
    """
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    for place in around.places:
        lane = place.geometry if place.geometry.area > 0 else place.geometry.buffer(LANE_HALF_M)
        taken = lane.intersection(plan.ground)
        if taken.area < MIN_BLOCKED_M2:
            continue
        length = plan.to_us - plan.from_us
        yield Finding(
            severity=5,
            explanation={
                "fr": f"« {plan.title} » occupe {number(taken.area)} m² de la voie engins"
                f" « {place.label} » pendant {duration(length)}.",
                "en": f'"{plan.title}" takes {number(taken.area, "en")} m² of the fire lane'
                f' "{place.label}" for {duration(length, "en")}.',
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"taken_m2": round(taken.area, 1), "place": place.place_id},
            geometry=taken,
            identity=(plan.plan_id, place.place_id),
        )


RULE = Rule(
    name="fire_lane_blocked",
    kind="clash_place",
    title={"fr": "Voie engins occupée", "en": "Fire lane blocked"},
    why={
        "fr": "Les façades se défendent depuis une voie de 3 m au moins, libre en tout temps. La"
        " règle ne connaît que les voies engins inscrites dans la table des lieux.",
        "en": "Buildings are defended from a lane of at least 3 m, free at all times. The rule"
        " knows only the fire lanes entered in the table of places.",
    },
    judge=judge,
    reach_m=5.0,
    reference="Arrêté du 25 juin 1980, art. CO 2 ; arrêté du 31 janvier 1986, art. 4",
    first=Wanted(apart_from=(*GROUNDLESS, "event.decree")),
    places=("place.fire_lane",),
)

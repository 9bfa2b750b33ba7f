"""The street to an emergency department is closed."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration

WITHIN_M = 120.0


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a closure that lets nothing through within 120 m of an emergency department."""
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    for place in around.places:
        apart_m = plan.geometry.distance(place.geometry)
        length = plan.to_us - plan.from_us
        yield Finding(
            severity=5,
            explanation={
                "fr": f"« {plan.title} » ferme la voie à {number(apart_m)} m des urgences"
                f" « {place.label} » pendant {duration(length)}.",
                "en": f'"{plan.title}" closes the street {number(apart_m, "en")} m from the'
                f' emergency department "{place.label}" for {duration(length, "en")}.',
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"apart_m": round(apart_m, 1), "place": place.place_id},
            geometry=plan.ground.intersection(place.geometry.buffer(WITHIN_M + 10.0)),
            identity=(plan.plan_id, place.place_id),
        )


RULE = Rule(
    name="hospital_access_closed",
    kind="clash_place",
    title={"fr": "Accès aux urgences fermé", "en": "Emergency access closed"},
    why={
        "fr": "Une ambulance détournée perd des minutes. La règle ne sait pas quelle rue mène à"
        " l'entrée des ambulances, ni si un couloir de secours est tenu.",
        "en": "An ambulance sent round loses minutes. The rule does not know which street leads to"
        " the ambulance entrance, nor whether a rescue lane is kept.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(apart_from=("event.transport", "environment"), blocks=True),
    places=("place.hospital.emergency",),
)

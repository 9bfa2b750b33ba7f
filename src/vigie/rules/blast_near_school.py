"""Blank shots or pyrotechnics of a film shoot are near a school or a hospital."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import listed

WITHIN_M = 250.0
BLASTS = frozenset({"blank_fire", "pyrotechnics", "explosion"})


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a shoot whose ``effects`` are blasts within 250 m of a school or hospital.

    One finding for all its places.
    """
    effects = {word.strip() for word in plan.attributes.get("effects", "").split(",")} & BLASTS
    if not effects:
        return []
    apart_m = min(plan.geometry.distance(place.geometry) for place in around.places)
    names = [place.label for place in around.places]
    return [
        Finding(
            severity=4,
            explanation={
                "fr": f"« {plan.title} » fait entendre des détonations à {number(apart_m)} m au"
                f" plus près ({listed(names)}).",
                "en": f'"{plan.title}" fires blasts {number(apart_m, "en")} m at the nearest from'
                f" {listed(names, 'en')}.",
            },
            from_us=plan.starts_us,
            to_us=plan.ends_us,
            subjects=(plan.plan_id,),
            numbers={
                "apart_m": round(apart_m, 1),
                "places": len(names),
                "effects": ",".join(sorted(effects)),
            },
            geometry=plan.geometry,
        )
    ]


RULE = Rule(
    name="blast_near_school",
    kind="clash_place",
    title={"fr": "Détonations près d'une école", "en": "Blasts near a school"},
    why={
        "fr": "Des détonations entendues sans prévenir font appeler la police et confiner une"
        " école. La règle ne sait pas si l'établissement a été prévenu.",
        "en": "Blasts heard without warning bring calls to the police and lock a school down. The"
        " rule does not know whether the school was told.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=("event.film",)),
    places=("place.school", "place.hospital"),
)

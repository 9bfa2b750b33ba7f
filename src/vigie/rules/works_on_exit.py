"""Works close the street by which a crowd leaves."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import HOUR_US

MIN_CROWD = 2_000.0
BIG_CROWD = 20_000.0
WITHIN_M = 150.0


def judge(crowd: PlanView, works: PlanView) -> Finding | None:
    """Find works that let nothing through, within 150 m of 2,000 people, in the hour they leave."""
    from_us, to_us = crowd.ends_us, crowd.ends_us + HOUR_US
    if not works.blocks or works.from_us >= to_us or works.to_us <= from_us:
        return None
    if works.geometry.distance(crowd.geometry) > WITHIN_M:
        return None
    near = works.geometry.intersection(crowd.geometry.buffer(WITHIN_M))
    length_m = near.length
    return Finding(
        severity=4 if crowd.high >= BIG_CROWD else 3,
        explanation={
            "fr": f"« {works.title} » ferme {number(length_m)} m de voie à moins de"
            f" {number(WITHIN_M)} m de « {crowd.title} », d'où sortent {number(crowd.high)}"
            " personnes.",
            "en": f'"{works.title}" closes {number(length_m, "en")} m of street within'
            f' {number(WITHIN_M, "en")} m of "{crowd.title}", which {number(crowd.high, "en")}'
            " people leave.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((crowd.plan_id, works.plan_id))),
        numbers={"people": crowd.high, "closed_m": round(length_m, 1), "within_m": WITHIN_M},
        geometry=near,
    )


RULE = Rule(
    name="works_on_exit",
    kind="clash_pair",
    title={"fr": "Sortie de foule par un chantier", "en": "Crowd leaving through works"},
    why={
        "fr": "Une foule qui sort doit pouvoir se répandre : une rue barrée devant la sortie fait"
        " monter la densité. La règle ne connaît ni les portes ni la largeur laissée aux piétons.",
        "en": "A crowd that leaves must be able to spread: a street closed before the exit raises"
        " density. The rule knows neither the doors nor the width left to people on foot.",
    },
    judge=judge,
    reach_m=WITHIN_M + 10.0,
    reach_s=3_600,
    reference="Guide des bonnes pratiques de sécurisation d'un événement de voie publique (2018)",
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    second=Wanted(kinds=WORKS, blocks=True),
)

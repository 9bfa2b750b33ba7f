"""An official visit passes near a gathering, a demonstration or works."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import DEMONSTRATIONS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

WITHIN_M = 300.0


def judge(visit: PlanView, other: PlanView) -> Finding | None:
    """Find a demonstration, a gathering or works within 300 m of a visit, at its hour."""
    from_us, to_us = max(visit.from_us, other.from_us), min(visit.to_us, other.to_us)
    apart_m = visit.geometry.distance(other.geometry)
    if from_us >= to_us or apart_m > WITHIN_M:
        return None
    return Finding(
        severity=3 if other.within(*WORKS) else 4,
        explanation={
            "fr": f"« {other.title} » est à {number(apart_m)} m de « {visit.title} » pendant"
            f" {duration(to_us - from_us)}, préparation comprise.",
            "en": f'"{other.title}" is {number(apart_m, "en")} m from "{visit.title}" for'
            f" {duration(to_us - from_us, 'en')}, preparation included.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((visit.plan_id, other.plan_id))),
        numbers={"apart_m": round(apart_m, 1), "people": other.high},
        geometry=other.geometry,
    )


RULE = Rule(
    name="visit_exposed",
    kind="clash_pair",
    title={"fr": "Visite officielle exposée", "en": "Official visit exposed"},
    why={
        "fr": "Une visite attire, et un chantier offre matériaux et cachettes ; l'un ou l'autre se"
        " règle à l'avance. La règle ne connaît que le lieu publié de la visite.",
        "en": "A visit attracts, and works offer materials and hiding places; either is settled"
        " beforehand. The rule knows only the published place of the visit.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=("event.visit",)),
    second=Wanted(kinds=(*DEMONSTRATIONS, "event.gathering", *WORKS)),
)

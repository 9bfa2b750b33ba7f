"""Blank shots or pyrotechnics of a film shoot are near a crowd."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_CROWD = 500.0
WITHIN_M = 300.0
BLASTS = frozenset({"blank_fire", "pyrotechnics", "explosion"})


def judge(shoot: PlanView, crowd: PlanView) -> Finding | None:
    """Find a shoot whose ``effects`` are blank fire, pyrotechnics or explosions near 500 people."""
    effects = {word.strip() for word in shoot.attributes.get("effects", "").split(",")} & BLASTS
    from_us, to_us = max(shoot.starts_us, crowd.starts_us), min(shoot.ends_us, crowd.ends_us)
    apart_m = shoot.geometry.distance(crowd.geometry)
    if not effects or from_us >= to_us or apart_m > WITHIN_M:
        return None
    return Finding(
        severity=4,
        explanation={
            "fr": f"« {shoot.title} » fait entendre des détonations à {number(apart_m)} m de"
            f" « {crowd.title} » ({number(crowd.high)} personnes) pendant"
            f" {duration(to_us - from_us)}.",
            "en": f'"{shoot.title}" fires blasts {number(apart_m, "en")} m from "{crowd.title}"'
            f" ({number(crowd.high, 'en')} people) for {duration(to_us - from_us, 'en')}.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((shoot.plan_id, crowd.plan_id))),
        numbers={"apart_m": round(apart_m, 1), "people": crowd.high, **_told(effects)},
        geometry=shoot.geometry,
    )


def _told(effects: set[str]) -> dict[str, str]:
    return {"effects": ",".join(sorted(effects))}


RULE = Rule(
    name="blast_near_crowd",
    kind="clash_pair",
    title={"fr": "Détonations près d'une foule", "en": "Blasts near a crowd"},
    why={
        "fr": "Des tirs à blanc entendus par une foule peuvent la faire fuir et appeler les"
        " secours. La règle ne connaît que les effets écrits au dossier du tournage.",
        "en": "Blank shots heard by a crowd may make it flee and call for rescue. The rule knows"
        " only the effects written in the file of the shoot.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=("event.film",)),
    second=Wanted(apart_from=(*NOT_CROWDS, "event.film"), crowd=MIN_CROWD),
)

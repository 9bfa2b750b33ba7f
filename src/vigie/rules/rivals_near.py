"""Two demonstrations that may oppose each other are close at the same hour."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import DEMONSTRATIONS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_CROWD = 100.0
WITHIN_M = 500.0
OPPOSED = "opposed_to"


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find two demonstrations of 100 or more, 500 m apart or less, at the same hour.

    Two of the same cause (attribute ``cause``) do not oppose each other; where one names the other
    or its cause as opposed (``opposed_to``), the clash is graver.
    """
    from_us, to_us = max(left.starts_us, right.starts_us), min(left.ends_us, right.ends_us)
    apart_m = left.geometry.distance(right.geometry)
    cause = left.attributes.get("cause", "")
    if from_us >= to_us or apart_m > WITHIN_M:
        return None
    if cause and cause == right.attributes.get("cause"):
        return None
    opposed = _names(left, right) or _names(right, left)
    total = left.high + right.high
    return Finding(
        severity=5 if opposed else 3,
        explanation={
            "fr": f"« {left.title} » et « {right.title} », {number(total)} personnes en tout, sont"
            f" à {number(apart_m)} m l'une de l'autre pendant {duration(to_us - from_us)}"
            + (" et s'opposent." if opposed else "."),
            "en": f'"{left.title}" and "{right.title}", {number(total, "en")} people in all, are'
            f" {number(apart_m, 'en')} m apart for {duration(to_us - from_us, 'en')}"
            + (" and oppose each other." if opposed else "."),
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={"people": total, "apart_m": round(apart_m, 1), "opposed": opposed},
        geometry=left.geometry.union(right.geometry),
    )


def _names(one: PlanView, other: PlanView) -> bool:
    named = {name.strip() for name in one.attributes.get(OPPOSED, "").split(",") if name.strip()}
    return bool(named & {other.plan_id, other.attributes.get("cause", "")})


RULE = Rule(
    name="rivals_near",
    kind="clash_pair",
    title={"fr": "Deux manifestations voisines", "en": "Two demonstrations close by"},
    why={
        "fr": "Deux cortèges voisins peuvent se rejoindre ou s'affronter, et demandent un espace"
        " tampon. La règle ne lit aucune opinion : seules comptent la place et l'heure, et ce que"
        " le dossier dit lui-même.",
        "en": "Two neighbouring marches may join or confront each other and need a buffer between"
        " them. The rule reads no opinion: place and hour count, and what the file itself says.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    reference="Code de la sécurité intérieure, art. L211-4",
    first=Wanted(kinds=DEMONSTRATIONS, crowd=MIN_CROWD),
)

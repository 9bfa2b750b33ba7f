"""Two crowds arrive or leave within sight of each other, within the same hour."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Wanted

MIN_CROWD = 3_000.0
WITHIN_M = 800.0
WITHIN_US = 3_600_000_000
MINUTE_US = 60_000_000


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find two gatherings of 3,000 or more whose entry or exit fall within one hour, 800 m apart.

    The likely attendance counts; a plan without one is not judged.
    """
    first, second = left.attendance[1], right.attendance[1]
    if first is None or second is None or min(first, second) < MIN_CROWD:
        return None
    moments = [
        (abs(a - b), min(a, b), max(a, b))
        for a in (left.starts_us, left.ends_us)
        for b in (right.starts_us, right.ends_us)
    ]
    gap_us, from_us, to_us = min(moments)
    apart_m = left.geometry.distance(right.geometry)
    if gap_us >= WITHIN_US or apart_m > WITHIN_M:
        return None
    total = first + second
    minutes = gap_us // MINUTE_US
    return Finding(
        severity=4 if total >= 10 * MIN_CROWD else 3,
        explanation={
            "fr": f"« {left.title} » et « {right.title} » font entrer ou sortir {number(total)}"
            f" personnes à {minutes} min d'écart et {number(apart_m)} m de distance.",
            "en": f'"{left.title}" and "{right.title}" move {number(total, "en")} people in or out'
            f" {minutes} min and {number(apart_m, 'en')} m apart.",
        },
        from_us=from_us,
        to_us=max(to_us, from_us + MINUTE_US),
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={"people": total, "minutes": minutes, "apart_m": round(apart_m, 1)},
        geometry=left.geometry.union(right.geometry).centroid,
    )


RULE = Rule(
    name="crowds_meeting",
    kind="clash_pair",
    title={"fr": "Deux foules se croisent", "en": "Two crowds meet"},
    why={
        "fr": "Deux foules qui entrent ou sortent ensemble saturent rues et transports et peuvent"
        " s'affronter. La règle ne connaît ni les itinéraires ni l'humeur des foules.",
        "en": "Two crowds moving at once fill streets and transport and may confront each other."
        " The rule knows neither their routes nor their mood.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    reach_s=3_600,
    first=Wanted(crowd=MIN_CROWD),
)
